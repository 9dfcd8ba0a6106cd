import { expect, test } from "vitest";
import { Prng } from "../base/prng.ts";
import { Degradation } from "./degradation.ts";

/** Bars until the first demotion, or Infinity; the mean changes from `before` to `after` at bar 1,000. */
function barsUntilDemotion(seed: number, before: number, after: number, bars = 5000): number {
  const prng = new Prng(seed);
  const watch = new Degradation();
  for (let bar = 0; bar < bars; bar++) {
    watch.add((bar < 1000 ? before : after) + 0.01 * prng.normal());
    if (watch.demotion !== null) return bar;
  }
  return Infinity;
}

test("a strategy that does not change is seldom demoted, one that turns bad is", () => {
  const seeds = Array.from({ length: 40 }, (_, seed) => seed);
  const steady = seeds.map((seed) => barsUntilDemotion(seed, 0.0003, 0.0003));
  const watched = steady.reduce((sum, bars) => sum + Math.min(bars, 5000), 0);
  const alarms = steady.filter((bars) => bars < Infinity).length;
  expect(watched / alarms).toBeGreaterThan(6000);
  const delays = seeds
    .map((seed) => barsUntilDemotion(500 + seed, 0.001, -0.001) - 1000)
    .sort((a, b) => a - b);
  expect(delays[0]).toBeGreaterThan(0);
  expect(delays[20]).toBeLessThan(450);
  expect(delays[39]).toBeLessThan(1500);
});

test("a demotion says why, stays for the cooldown, and ends once something has been earned since", () => {
  const options = {
    historyBars: 20,
    drawdownFactor: 1.5,
    drawdownDeviations: 3,
    driftTolerated: 0.05,
    driftLimit: 60,
    cooldownBars: 30,
  };
  const watch = new Degradation(options);
  for (let bar = 0; bar < 40; bar++) watch.add(bar % 2 === 0 ? 0.011 : -0.01);
  expect(watch.demotion).toBeNull();
  let fallen = 0;
  while (watch.demotion === null) {
    watch.add(-0.02);
    fallen += 1;
  }
  expect(fallen).toBeLessThan(10);
  expect(watch.demotion).toMatch(/^unusual drawdown: \d+\.\d %, and 1\.0 % was the deepest before$/);
  for (let bar = 0; bar < 29; bar++) watch.add(0.001);
  expect(watch.demotion).not.toBeNull();
  watch.add(0.001);
  expect(watch.demotion).toBeNull();
});

test("a demoted strategy that earns nothing stays out", () => {
  const watch = new Degradation();
  for (let bar = 0; bar < 300; bar++) watch.add(bar % 2 === 0 ? 0.011 : -0.01);
  for (let bar = 0; bar < 1000; bar++) watch.add(-0.002);
  expect(watch.demotion).not.toBeNull();
});

test("returns that never move demote nobody", () => {
  const watch = new Degradation();
  for (let bar = 0; bar < 2000; bar++) watch.add(0);
  expect(watch.demotion).toBeNull();
});

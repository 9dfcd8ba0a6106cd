import { expect, test } from "vitest";
import { wireTrial } from "./wire-trial.ts";

/** A hundredth of what `npm run prove wire` runs. */
const seeds = Array.from({ length: 12 }, (_, k) => k);

test.each(seeds)(
  "over a faulty wire no order is doubled and both books agree afterwards (seed %i)",
  async (seed) => {
    const trial = await wireTrial(seed);
    expect(trial.violations, trial.faults).toEqual([]);
  },
  60_000,
);

test("the faults are there: orders were unknown, and lines were lost", async () => {
  const trials = [];
  for (const seed of [100, 101, 102, 103, 104, 105]) trials.push(await wireTrial(seed));
  expect(trials.reduce((sum, { unknown }) => sum + unknown, 0)).toBeGreaterThan(0);
  expect(trials.reduce((sum, { fills }) => sum + fills, 0)).toBeGreaterThan(0);
}, 60_000);

test("somebody who sends again under another name is found out", async () => {
  const found: string[] = [];
  for (let seed = 0; seed < 12 && found.length === 0; seed++)
    found.push(...(await wireTrial(seed, true)).violations);
  expect(found.join("; ")).toMatch(/is 2 orders/);
}, 60_000);

import { expect, test } from "vitest";
import { barsFrom, make } from "../../test/plugin-tools.ts";
import { foldRegime, plantedMarket } from "../../test/regime-harness.ts";
import { bullBear } from "./bull-bear.ts";

/** Bars that rise and fall by one per cent each, `rises[k]` saying which. */
function steps(rises: readonly boolean[]) {
  let price = 100;
  return barsFrom(
    rises.map((rises_) => {
      const before = price;
      price *= rises_ ? 1.01 : 1 / 1.01;
      return [before, Math.max(before, price), Math.min(before, price), price] as const;
    }),
  );
}

test("a price above a rising average is bullish, one below a falling average bearish", () => {
  const rises = Array.from({ length: 400 }, (_, row) => (row < 200 ? row % 4 !== 0 : row % 4 === 0));
  const { columns, labels } = foldRegime(make(bullBear, { averageBars: 50, slopeBars: 10 }), steps(rises));
  expect(new Set(labels.slice(0, 59))).toEqual(new Set(["unknown"]));
  expect(new Set(labels.slice(60, 200))).toEqual(new Set(["trend-up"]));
  expect(new Set(labels.slice(280))).toEqual(new Set(["trend-down"]));
  expect(columns[0]![199]).toBeGreaterThan(0.95);
  expect(columns[0]![399]).toBeLessThan(0.05);
});

test("the share is the logistic function that the formula says, by hand", () => {
  // Rises of 1 % every bar: deviation = 0.00995 / 1.5958, average = close less (n - 1) / 2 steps, slope = s steps.
  const bars = steps(Array.from({ length: 60 }, () => true));
  const { columns } = foldRegime(make(bullBear, { averageBars: 20, slopeBars: 5, softness: 5 }), bars);
  const inDeviations = 2 * Math.sqrt(2 / Math.PI);
  const distance = (9.5 * inDeviations) / Math.sqrt(20 / 3);
  const slope = (5 * inDeviations) / (5 / Math.sqrt(20));
  expect(columns[0]![59]).toBeCloseTo(1 / (1 + Math.exp(-(distance + slope) / 2 / 5)), 9);
  expect(columns[1]![59]).toBeCloseTo(1 - columns[0]![59]!, 12);
});

test("no market is anything but bullish, bearish or unknown, and trends of half a deviation are told apart", () => {
  const { bars, truth } = plantedMarket({ seed: 15, bars: 6_000, drift: 0.5 });
  const { columns, labels } = foldRegime(make(bullBear), bars);
  expect([...columns[2]!, ...columns[3]!].every((share) => share === 0)).toBe(true);
  let [right, trends] = [0, 0];
  for (let row = 300; row < bars.length; row++) {
    if (!truth[row]!.startsWith("trend")) continue;
    trends += 1;
    right += labels[row] === truth[row] ? 1 : 0;
  }
  expect(right / trends).toBeGreaterThan(0.75);
});

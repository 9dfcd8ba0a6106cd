import { expect, test } from "vitest";
import { plantedMarket } from "../../test/regime-harness.ts";
import { HmmFeatures, trainingRows } from "./hmm-features.ts";

test("a block is its return in deviations, and the logarithm of the deviation that its mean range tells", () => {
  const features = new HmmFeatures(2);
  features.next(100, 100, 100);
  expect(features.next(110, 100, 105)).toBe(true);
  expect(features.logReturn).toBeCloseTo(Math.log(1.05), 12);
  expect([...features.row]).toEqual([Number.NaN, Number.NaN]);
  // The close before, 105, is above the high: the gap belongs to the range.
  features.next(104, 101, 102);
  const deviation = (Math.log(1.1) + Math.log(105 / 101)) / 2 / (2 * Math.sqrt(2 / Math.PI));
  expect(features.row[0]).toBeCloseTo(Math.log(1.02) / (deviation * Math.SQRT2), 12);
  expect(features.row[1]).toBeCloseTo(Math.log(deviation), 12);
});

test("where nothing moves and where a price is no price there is no row", () => {
  const features = new HmmFeatures(3);
  for (let k = 0; k < 10; k++) {
    expect(features.next(100, 100, 100)).toBe(true);
    expect([...features.row].every(Number.isNaN)).toBe(true);
  }
  expect(features.next(0, 0, 0)).toBe(false);
  expect(features.next(Infinity, 1, 2)).toBe(false);
  for (let k = 0; k < 3; k++) features.next(101, 99, 100);
  expect(features.row.every(Number.isFinite)).toBe(true);
});

test("ranges tell the deviation that the bars were made with", () => {
  const { bars, truth } = plantedMarket({ seed: 3, bars: 4_000, drift: 0 });
  const features = new HmmFeatures(20);
  let [sum, count] = [0, 0];
  for (let row = 0; row < bars.length; row++) {
    features.next(bars.high[row]!, bars.low[row]!, bars.close[row]!);
    // The planted deviation of a sideways bar is 0.7 x 0.002.
    if (truth.slice(Math.max(0, row - 19), row + 1).every((label) => label === "sideways") && row > 20) {
      sum += Math.exp(features.row[1]!) / 0.0014;
      count += 1;
    }
  }
  expect(count).toBeGreaterThan(400);
  // Four steps with exact extremes make the range of continuous trading; the reach of 20 bars leaves chance.
  expect(sum / count).toBeGreaterThan(0.97);
  expect(sum / count).toBeLessThan(1.03);
});

test("training rows are the rows at the ends of blocks that do not overlap", () => {
  const { bars } = plantedMarket({ seed: 5, bars: 100, drift: 0.2 });
  const { values, length } = trainingRows(bars, 12, 3, 95);
  const features = new HmmFeatures(12);
  const seen: number[] = [];
  for (let row = 3; row < 95; row++) {
    features.next(bars.high[row]!, bars.low[row]!, bars.close[row]!);
    if ((94 - row) % 12 === 0 && features.row.every(Number.isFinite)) seen.push(...features.row);
  }
  expect(length).toBe(7);
  expect([...values]).toEqual(seen);
  expect(trainingRows(bars, 12, 0, 12).length).toBe(0);
  expect(trainingRows(bars, 12, 0, 13).length).toBe(1);
});

import fc from "fast-check";
import { expect, test } from "vitest";
import { Prng } from "../../../base/prng.ts";
import { minMax, visibleCandles } from "./thinning.ts";
import type { CandleSeries } from "./time-figure.ts";

function walk(rows: number, spanS: number, seed: number): CandleSeries {
  const prng = new Prng(seed);
  const made = { open: [] as number[], high: [] as number[], low: [] as number[], close: [] as number[] };
  let price = 100;
  for (let row = 0; row < rows; row++) {
    const close = price * (1 + 0.01 * prng.normal());
    made.open.push(price);
    made.close.push(close);
    made.high.push(Math.max(price, close) * (1 + 0.002 * prng.next()));
    made.low.push(Math.min(price, close) * (1 - 0.002 * prng.next()));
    price = close;
  }
  return { spanS, closeS: made.open.map((_, row) => (row + 1) * spanS), ...made };
}

test("grouped candles are few, begin at the first open, end at the last close, and keep both extremes", () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 2, max: 900 }),
      fc.integer({ min: 5, max: 200 }),
      fc.nat(99),
      (rows, most, seed) => {
        const bars = walk(rows, 3600, seed);
        const grouped = visibleCandles(bars, 0, rows * 3600, most);
        // The first and the last group may be parts of their period.
        expect(grouped.closeS.length).toBeLessThanOrEqual(most + 2);
        expect(grouped.open[0]).toBe(bars.open[0]);
        expect(grouped.close.at(-1)).toBe(bars.close.at(-1));
        expect(Math.max(...grouped.high)).toBe(Math.max(...bars.high));
        expect(Math.min(...grouped.low)).toBe(Math.min(...bars.low));
      },
    ),
    { seed: 31, numRuns: 60 },
  );
});

test("every group is exactly its bars", () => {
  const bars = walk(48, 3600, 1);
  const days = visibleCandles(bars, 0, 48 * 3600, 2);
  expect(days.spanS).toBe(86_400);
  expect(days.closeS).toEqual([86_400, 172_800]);
  expect(days.open).toEqual([bars.open[0], bars.open[24]]);
  expect(days.close).toEqual([bars.close[23], bars.close[47]]);
  expect(days.high).toEqual([Math.max(...bars.high.slice(0, 24)), Math.max(...bars.high.slice(24))]);
  expect(days.low).toEqual([Math.min(...bars.low.slice(0, 24)), Math.min(...bars.low.slice(24))]);
});

test("few bars are drawn as they are, and only those that are seen", () => {
  const bars = walk(50, 60, 2);
  expect(visibleCandles(bars, 0, 50 * 60, 100)).toEqual(bars);
  const part = visibleCandles(bars, 10 * 60, 20 * 60, 100);
  expect(part.closeS[0]).toBe(600);
  expect(part.closeS.length).toBeLessThanOrEqual(12);
});

test("thinning keeps every extreme, both ends and the order of time, in at most two points per column", () => {
  fc.assert(
    fc.property(
      fc.array(fc.double({ min: -1e6, max: 1e6, noNaN: true }), { minLength: 2, maxLength: 600 }),
      fc.integer({ min: 1, max: 50 }),
      (values, columns) => {
        const times = values.map((_, row) => row * 10);
        const thin = minMax(times, values, 0, times.at(-1)!, columns);
        expect(thin.value.length).toBeLessThanOrEqual(2 * (columns + 1) + 2);
        expect(Math.min(...thin.value)).toBe(Math.min(...values));
        expect(Math.max(...thin.value)).toBe(Math.max(...values));
        expect(thin.timeS[0]).toBe(0);
        expect(thin.timeS.at(-1)).toBe(times.at(-1));
        for (let k = 1; k < thin.timeS.length; k++) expect(thin.timeS[k]).toBeGreaterThan(thin.timeS[k - 1]!);
      },
    ),
    { seed: 32 },
  );
});

test("one spike in a million values is drawn", () => {
  const values = new Float64Array(1_000_000);
  values[654_321] = 1;
  const times = values.map((_, row) => row);
  expect(Math.max(...minMax(times, values, 0, 999_999, 900).value)).toBe(1);
});

import fc from "fast-check";
import { expect, test } from "vitest";
import { logTicks, niceTicks, tickText, timeTicks } from "./ticks.ts";

const dayMs = 86_400_000;

test("ticks lie inside the axis, are evenly spaced and about as many as asked for", () => {
  const ends = fc.tuple(
    fc.double({ min: -1e6, max: 1e6, noNaN: true }),
    fc.double({ min: 1e-3, max: 1e6, noNaN: true }),
  );
  fc.assert(
    fc.property(ends, fc.integer({ min: 2, max: 12 }), ([low, span], count) => {
      const high = low + span;
      const ticks = niceTicks(low, high, count);
      expect(ticks.length).toBeLessThanOrEqual(count + 1);
      for (const tick of ticks) {
        expect(tick).toBeGreaterThanOrEqual(low - span * 1e-6);
        expect(tick).toBeLessThanOrEqual(high + span * 1e-6);
      }
      const steps = ticks.slice(1).map((tick, k) => tick - ticks[k]!);
      for (const step of steps) expect(step / steps[0]!).toBeCloseTo(1, 6);
    }),
    { seed: 21 },
  );
});

test("an axis without length has no ticks", () => {
  expect(niceTicks(3, 3, 5)).toEqual([]);
  expect(niceTicks(Number.NaN, 3, 5)).toEqual([]);
});

test("a logarithmic axis has ones, twos and fives, and a short one is cut evenly", () => {
  expect(logTicks(2500, 90_000, 8)).toEqual([3000, 5000, 10_000, 20_000, 30_000, 50_000]);
  expect(logTicks(100, 200, 5)).toEqual(niceTicks(100, 200, 5));
});

test("a tick says as many decimals as its step needs", () => {
  expect(tickText(0.2, 0.2, "percent")).toBe("20 %");
  expect(tickText(-0.4, 0.19999999999999996, "percent")).toBe("−40 %");
  expect(tickText(0.025, 0.025, "percent")).toBe("2.5 %");
  expect(tickText(67.5, 2.5, "price")).toBe("67.5");
  expect(tickText(0.0002, 0.0001, "price")).toBe("0.0002");
  expect(tickText(45_000, 5000, "price")).toBe("45,000");
  expect(tickText(150_000, 50_000, "money")).toBe("150 k");
  expect(tickText(1_200_000, 200_000, "money")).toBe("1.2 M");
});

test("time ticks are round, inside the range, rising, and not more than fit", () => {
  const spans = fc.double({ min: 3, max: 11, noNaN: true }).map((power) => 10 ** power * 10);
  const starts = fc.integer({ min: 0, max: Date.UTC(2030, 0, 1) });
  fc.assert(
    fc.property(starts, spans, (fromMs, spanMs) => {
      const ticks = timeTicks(fromMs, fromMs + spanMs, 8);
      // Years are short words, and more of them fit.
      expect(ticks.length).toBeLessThanOrEqual(16);
      for (const [k, { timeMs, label }] of ticks.entries()) {
        expect(timeMs).toBeGreaterThanOrEqual(fromMs);
        expect(timeMs).toBeLessThanOrEqual(fromMs + spanMs);
        expect(timeMs % 60_000).toBe(0);
        expect(label).not.toMatch(/undefined|NaN/);
        if (k > 0) expect(timeMs).toBeGreaterThan(ticks[k - 1]!.timeMs);
      }
    }),
    { seed: 22 },
  );
});

test("labels say what changes from one tick to the next", () => {
  const labels = (fromMs: number, toMs: number) => timeTicks(fromMs, toMs, 8).map((tick) => tick.label);
  const start = Date.UTC(2021, 0, 1);
  expect(labels(start, start + 18 * 3_600_000)).toEqual([
    "1 Jan 21",
    "03:00",
    "06:00",
    "09:00",
    "12:00",
    "15:00",
    "18:00",
  ]);
  expect(labels(start, start + 10 * dayMs)[1]).toBe("3 Jan 21");
  expect(labels(start, start + 365 * dayMs)).toEqual(
    ["2021", "Mar 21", "May 21", "Jul 21", "Sep 21", "Nov 21", "2022"].slice(
      0,
      labels(start, start + 365 * dayMs).length,
    ),
  );
  expect(labels(Date.UTC(2001, 5, 1), Date.UTC(2012, 5, 1))[0]).toBe("2002");
});

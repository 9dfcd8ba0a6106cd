import * as fc from "fast-check";
import { expect, test } from "vitest";
import { hourMs } from "../../base/time.ts";
import { utcCalendar } from "../../domain/calendar/always-open.ts";
import { finiteOrNull } from "../statistics/finite-or-null.ts";
import { dailyReturns } from "./daily-returns.ts";
import { totalReturn } from "./growth.ts";
import { sessionEnds } from "./sessions.ts";
import { sharpe } from "./sharpe.ts";
import { sharpeOf, totalReturnOf } from "./sweep-score.ts";

const calendar = utcCalendar("UTC");

test("a sweep's Sharpe ratio and return are those of the full report, bit for bit", () => {
  const bars = fc.array(
    fc.record({
      gapHours: fc.integer({ min: 1, max: 60 }),
      equity: fc.double({ min: 1, max: 3000, noNaN: true }),
    }),
    { maxLength: 80 },
  );
  fc.assert(
    fc.property(bars, fc.constantFrom(0, 0.0001), (rows, riskFreeReturn) => {
      let timeMs = 0;
      const closeTimeMs = Float64Array.from(rows, ({ gapHours }) => (timeMs += gapHours * hourMs));
      const equity = Float64Array.from(rows, (row) => row.equity);
      const ends = sessionEnds(closeTimeMs, rows.length, calendar);
      const curve = { closeTimeMs, equity, length: rows.length, startEquity: 1000 };
      const { returns } = dailyReturns(curve, calendar);
      const fast = finiteOrNull(sharpeOf(equity, ends, 1000, 365, riskFreeReturn));
      expect(fast).toBe(sharpe(returns, 365, riskFreeReturn));
      expect(totalReturnOf(equity, ends, 1000)).toBe(totalReturn(1000, equity.at(-1) ?? 1000));
    }),
    { seed: 52 },
  );
});

test("a flat curve and a single day have no Sharpe ratio", () => {
  const flat = new Float64Array(5).fill(1000);
  expect(sharpeOf(flat, Int32Array.of(0, 1, 2, 3, 4), 1000, 365)).toBeNaN();
  expect(sharpeOf(Float64Array.of(1100), Int32Array.of(0), 1000, 365)).toBeNaN();
});

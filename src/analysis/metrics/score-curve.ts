import { finiteOrNull } from "../statistics/finite-or-null.ts";
import { simpleReturn } from "./daily-returns.ts";
import { totalReturn } from "./growth.ts";
import { periodsMin } from "./measured-time.ts";
import { sharpeFrom } from "./sharpe.ts";

/** What a run is ranked by; `null` where a number does not exist. */
export type CurveScore = { readonly totalReturn: number | null; readonly sharpe: number | null };

/**
 * The score of an equity curve whose periods end in the rows `ends`: a report and a sweep both ask here, and a sweep
 * asks a thousand times a second, so nothing is copied. The risk-free return is per period.
 */
export function scoreCurve(
  equity: Float64Array,
  ends: Int32Array,
  startEquity: number,
  periodsPerYear: number,
  riskFreeReturn = 0,
): CurveScore {
  const final = ends.length === 0 ? startEquity : equity[ends[ends.length - 1]!]!;
  return {
    totalReturn: totalReturn(startEquity, final),
    sharpe:
      ends.length < periodsMin
        ? null
        : finiteOrNull(sharpeOf(equity, ends, startEquity, periodsPerYear, riskFreeReturn)),
  };
}

/** The Sharpe ratio of the returns from one end of a period to the next; NaN where it does not exist. */
function sharpeOf(
  equity: Float64Array,
  ends: Int32Array,
  startEquity: number,
  periodsPerYear: number,
  riskFreeReturn: number,
): number {
  const count = ends.length;
  let total = 0;
  let previous = startEquity;
  for (let i = 0; i < count; i++) {
    const current = equity[ends[i]!]!;
    total += simpleReturn(previous, current);
    previous = current;
  }
  const mean = total / count;
  let squares = 0;
  previous = startEquity;
  for (let i = 0; i < count; i++) {
    const current = equity[ends[i]!]!;
    const distance = simpleReturn(previous, current) - mean;
    squares += distance * distance;
    previous = current;
  }
  return sharpeFrom(mean, Math.sqrt(squares / (count - 1)), periodsPerYear, riskFreeReturn);
}

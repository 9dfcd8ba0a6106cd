import { simpleReturn } from "./daily-returns.ts";
import { sharpeFrom } from "./sharpe.ts";

/**
 * The Sharpe ratio of an equity curve by trading day, without allocating: bit for bit the number of the full report.
 * `ends` comes from `sessionEnds`; the risk-free return is per period. NaN where the ratio does not exist.
 */
export function sharpeOf(
  equity: Float64Array,
  ends: Int32Array,
  startEquity: number,
  periodsPerYear: number,
  riskFreeReturn = 0,
): number {
  const count = ends.length;
  if (count < 2) return Number.NaN;
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

/** The total return of an equity curve with at least one trading day; NaN where it does not exist. */
export function totalReturnOf(equity: Float64Array, ends: Int32Array, startEquity: number): number {
  return ends.length === 0 ? 0 : simpleReturn(startEquity, equity[ends[ends.length - 1]!]!);
}

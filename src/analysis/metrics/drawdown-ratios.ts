import { finiteOrNull, ratioOrNull } from "../statistics/finite-or-null.ts";
import { underwater } from "./drawdown.ts";

/** CAGR / maximum drawdown over the whole sample; `null` without a drawdown. Source: Young, Futures 20 (1991). */
export function calmar(cagr: number | null, maxDrawdown: number): number | null {
  return cagr === null ? null : ratioOrNull(cagr, maxDrawdown);
}

/**
 * Ulcer index: root mean square of the fraction below the running peak, at the end of each day; `null` of nothing.
 * Source: Martin and McCann, The Investor's Guide to Fidelity Funds (1989), as a fraction and not in per cent.
 */
export function ulcerIndex(dailyEquity: Float64Array, startEquity: number): number | null {
  let total = 0;
  for (const depth of underwater(dailyEquity, dailyEquity.length, startEquity)) total += depth * depth;
  return finiteOrNull(Math.sqrt(total / dailyEquity.length));
}

/** Number of days that ended below an earlier equity. */
export function underwaterDays(dailyEquity: Float64Array, startEquity: number): number {
  let days = 0;
  for (const depth of underwater(dailyEquity, dailyEquity.length, startEquity)) if (depth > 1e-12) days += 1;
  return days;
}

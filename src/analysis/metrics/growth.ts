import { finiteOrNull } from "../statistics/finite-or-null.ts";
import { simpleReturn } from "./daily-returns.ts";
import { isLongEnough } from "./measured-time.ts";

/** E_end / E_0 - 1. */
export function totalReturn(startEquity: number, finalEquity: number): number | null {
  return finiteOrNull(simpleReturn(startEquity, finalEquity));
}

/**
 * Compound growth rate per year, (E_end / E_0)^(N / n) - 1 with n periods and N periods per year; `null` without a
 * period or when the account ended below zero.
 */
export function cagr(
  startEquity: number,
  finalEquity: number,
  periods: number,
  periodsPerYear: number,
): number | null {
  if (!(periods > 0) || !(startEquity > 0)) return null;
  return finiteOrNull((finalEquity / startEquity) ** (periodsPerYear / periods) - 1);
}

/** Compound growth rate over the years that passed, (E_end / E_0)^(1 / years) - 1; `null` below 90 days. */
export function growthPerYear(startEquity: number, finalEquity: number, years: number): number | null {
  return isLongEnough(years) ? cagr(startEquity, finalEquity, years, 1) : null;
}

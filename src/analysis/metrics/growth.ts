import { finiteOrNull } from "../statistics/finite-or-null.ts";
import { simpleReturn } from "./daily-returns.ts";

/** E_end / E_0 - 1. */
export function totalReturn(startEquity: number, finalEquity: number): number | null {
  return finiteOrNull(simpleReturn(startEquity, finalEquity));
}

/**
 * Compound annual growth rate, (E_end / E_0)^(N / n) - 1 with n periods and N periods per year; `null` without a period
 * or when the account ended below zero.
 */
export function cagr(
  startEquity: number,
  finalEquity: number,
  periods: number,
  periodsPerYear: number,
): number | null {
  if (periods < 1 || !(startEquity > 0)) return null;
  return finiteOrNull((finalEquity / startEquity) ** (periodsPerYear / periods) - 1);
}

/** Compound annual growth rate by the calendar, (E_end / E_0)^(365.25 / calendar days) - 1. */
export function calendarCagr(startEquity: number, finalEquity: number, calendarDays: number): number | null {
  return cagr(startEquity, finalEquity, calendarDays, 365.25);
}

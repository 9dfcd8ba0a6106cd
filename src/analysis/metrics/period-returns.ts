import { dayMs } from "../../base/time.ts";
import { finiteOrNull } from "../statistics/finite-or-null.ts";
import { simpleReturn, type DailyReturns } from "./daily-returns.ts";

/** What a return table is made of. */
type DailyEquity = Pick<DailyReturns, "days" | "equity">;

/** One row of a return table: a calendar month, or a calendar year with `month` null. */
export type PeriodReturn = {
  readonly year: number;
  /** 1 to 12. */
  readonly month: number | null;
  /** From the last equity before the period to its last equity. */
  readonly returnFraction: number | null;
  /** Trading days seen in the period; a first or last row with few is a part of its period. */
  readonly days: number;
};

/** Returns per calendar month of the session date, oldest first; months without a session are absent. */
export function monthlyReturns(daily: DailyEquity, startEquity: number): PeriodReturn[] {
  return periodReturns(daily, startEquity, (date) => date.getUTCMonth() + 1);
}

/** Returns per calendar year of the session date, oldest first. */
export function yearlyReturns(daily: DailyEquity, startEquity: number): PeriodReturn[] {
  return periodReturns(daily, startEquity, () => null);
}

function periodReturns(
  daily: DailyEquity,
  startEquity: number,
  monthOf: (date: Date) => number | null,
): PeriodReturn[] {
  const rows: PeriodReturn[] = [];
  let before = startEquity;
  for (let from = 0; from < daily.days.length;) {
    const { year, month } = periodOf(daily.days[from]!, monthOf);
    let to = from + 1;
    for (; to < daily.days.length; to++) {
      const next = periodOf(daily.days[to]!, monthOf);
      if (next.year !== year || next.month !== month) break;
    }
    const last = daily.equity[to - 1]!;
    rows.push({ year, month, returnFraction: finiteOrNull(simpleReturn(before, last)), days: to - from });
    before = last;
    from = to;
  }
  return rows;
}

function periodOf(day: number, monthOf: (date: Date) => number | null) {
  const date = new Date(day * dayMs);
  return { year: date.getUTCFullYear(), month: monthOf(date) };
}

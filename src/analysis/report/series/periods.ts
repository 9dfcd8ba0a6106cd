import { dayMs } from "../../../base/time.ts";

/** Trading days `from` to `to` (rows of a daily series, both inclusive) that lie in one calendar period. */
export type Period = { readonly from: number; readonly to: number };

const units = ["day", "week", "month", "quarter", "year"] as const;

/** The name of a period's length. */
export type PeriodUnit = (typeof units)[number];

/** Cuts trading days into the shortest calendar periods of which there are at most `most`. */
export function periodsOf(
  days: Int32Array,
  most: number,
): { readonly unit: PeriodUnit; readonly periods: readonly Period[] } {
  for (const unit of units) {
    const periods = cut(days, unit);
    if (periods.length <= most || unit === "year") return { unit, periods };
  }
  return { unit: "year", periods: [] };
}

function cut(days: Int32Array, unit: PeriodUnit): readonly Period[] {
  const periods: Period[] = [];
  for (let from = 0; from < days.length;) {
    const number = periodNumber(days[from]!, unit);
    let to = from;
    while (to + 1 < days.length && periodNumber(days[to + 1]!, unit) === number) to += 1;
    periods.push({ from, to });
    from = to + 1;
  }
  return periods;
}

function periodNumber(day: number, unit: PeriodUnit): number {
  if (unit === "day") return day;
  // Day 0 was a Thursday: weeks begin on Monday.
  if (unit === "week") return Math.floor((day + 3) / 7);
  const date = new Date(day * dayMs);
  const month = date.getUTCFullYear() * 12 + date.getUTCMonth();
  return Math.floor(month / { month: 1, quarter: 3, year: 12 }[unit]);
}

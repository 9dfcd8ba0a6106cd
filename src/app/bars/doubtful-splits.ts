import { dayMs, formatTime } from "../../base/time.ts";
import type { Bars } from "../../domain/bars.ts";
import type { Calendar } from "../../domain/calendar/calendar.ts";
import type { CorporateAction } from "../../domain/corporate-action.ts";

const shownMax = 3;

/** Splits that the prices show nothing of: they are adjusted already, and would be adjusted twice. */
export function doubtfulSplits(
  bars: readonly Bars[],
  actions: readonly CorporateAction[],
  calendarOf: (bars: Bars) => Calendar,
): readonly string[] {
  const doubtful = bars.flatMap((table) => {
    const own = actions.filter(({ symbol, kind }) => kind === "split" && symbol === table.symbol);
    if (own.length === 0) return [];
    const calendar = calendarOf(table);
    return own.filter(
      (action) => action.kind === "split" && !showsSplit(table, calendar, action.day, action.ratio),
    );
  });
  if (doubtful.length === 0) return [];
  const named = doubtful
    .slice(0, shownMax)
    .map(({ symbol, day }) => `${symbol} on ${formatTime(day * dayMs)}`);
  const more = doubtful.length > shownMax ? ` and ${doubtful.length - shownMax} more` : "";
  return [
    `the prices show no jump at the split of ${named.join(", ")}${more}: where they are adjusted already, --actions adjusts them twice`,
  ];
}

/** Whether the first open of the day is nearer to the old price over the ratio than to the old price. */
function showsSplit(bars: Bars, calendar: Calendar, day: number, ratio: number): boolean {
  let row = 0;
  while (row < bars.length && calendar.sessionOf(bars.closeTimeMs[row]!) < day) row += 1;
  // Outside the bars there is nothing to see.
  if (row === 0 || row === bars.length) return true;
  const move = Math.log(bars.open[row]! / bars.close[row - 1]!);
  return Math.abs(move + Math.log(ratio)) < Math.abs(move);
}

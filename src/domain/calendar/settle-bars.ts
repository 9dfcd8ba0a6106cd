import { dayMs } from "../../base/time.ts";
import { barsOf, type Bars } from "../bars.ts";
import { timeframeMs } from "../timeframe.ts";
import { barCalendar } from "./detect-calendar-name.ts";
import { settledCloses } from "./settle-closes.ts";

/** Bars whose closes are those of their calendar, and where two of them are one. */
export type SettledBars = {
  readonly bars: Bars;
  /** The first of the bars of a day or longer that closes less than half a bar after the one before; -1 for none. */
  readonly doubled: number;
};

/** Puts closes where the calendar ends the bars, the named one or the one that they show, which they keep. */
export function settleBars(bars: Bars, named: string | undefined): SettledBars {
  const calendar = barCalendar(bars, named);
  const closeTimeMs = settledCloses(bars, calendar);
  const { open, high, low, close, volume, symbol, timeframe } = bars;
  return {
    bars: barsOf(symbol, timeframe, {
      closeTimeMs,
      open,
      high,
      low,
      close,
      volume,
      calendarName: calendar.name,
    }),
    doubled: doubledRow(closeTimeMs, timeframeMs(timeframe)),
  };
}

function doubledRow(closes: Float64Array, spanMs: number): number {
  if (spanMs < dayMs) return -1;
  for (let row = 1; row < closes.length; row++) if (closes[row]! - closes[row - 1]! < spanMs / 2) return row;
  return -1;
}

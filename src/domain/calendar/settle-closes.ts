import { dayMs } from "../../base/time.ts";
import type { Bars } from "../bars.ts";
import { timeframeMs } from "../timeframe.ts";
import type { Calendar } from "./calendar.ts";

type Timed = Pick<Bars, "closeTimeMs" | "length" | "timeframe">;

/**
 * When bars closed whose stamps only say how long they are: a bar is over with the trading in it. The last hour of a
 * US share, from 15:30, closes at 16:00, and its day at 16:00 as well, whether the source begins it at midnight in New
 * York, at midnight UTC or with the bell. Bars that follow each other at once, and those without trading, stay.
 */
export function settledCloses({ closeTimeMs, length, timeframe }: Timed, calendar: Calendar): Float64Array {
  const spanMs = timeframeMs(timeframe);
  const closes = closeTimeMs.slice(0, length);
  for (let row = 0; row < length; row++) {
    const closeMs = closeTimeMs[row]!;
    // Inside a session nothing has to be looked up; days are few, and their sources differ.
    if (spanMs < dayMs && row + 1 < length && closeTimeMs[row + 1]! - closeMs <= spanMs) continue;
    const untilMs = calendar.tradedUntil(closeMs);
    if (untilMs > closeMs - spanMs) closes[row] = untilMs;
  }
  return closes;
}

/** Whether the market was open at some time within a bar. */
export function isTraded(closeMs: number, spanMs: number, calendar: Pick<Calendar, "tradedUntil">): boolean {
  return calendar.tradedUntil(closeMs) > closeMs - spanMs;
}

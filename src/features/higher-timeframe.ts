import { dayMs } from "../base/time.ts";
import { timeframeMs, type Timeframe } from "../domain/timeframe.ts";

/**
 * The timeframe that shows the larger picture behind bars of `timeframe`: days behind hours and minutes, weeks behind
 * days, months behind weeks, years behind months. It can be built from every timeframe below it.
 */
export function higherTimeframe(timeframe: Timeframe): Timeframe {
  const spanMs = timeframeMs(timeframe);
  if (spanMs < dayMs) return "1d";
  if (spanMs < 7 * dayMs) return "1w";
  return spanMs < 28 * dayMs ? "1M" : "12M";
}

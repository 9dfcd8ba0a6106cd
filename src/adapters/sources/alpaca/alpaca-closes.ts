import { minuteMs } from "../../../base/time.ts";
import { calendarNamed } from "../../../domain/calendar/calendar-named.ts";
import { parseTimeframe, type Timeframe } from "../../../domain/timeframe.ts";
import { sessionCloses, utcCloses, type CloseOf } from "../shared/bar-grid.ts";
import type { AlpacaMarket } from "./alpaca-messages.ts";

/** Crypto days were seen to begin at midnight in Chicago; which midnight a stamp is, the stamp itself tells. */
const cryptoDays = ["24/7@America/Chicago", "24/7@America/New_York", "24/7"];

/** Auctions and late prints still change a session's bar for a while after the close. */
const sessionSettleMs = 20 * minuteMs;

/** Every length that is asked for here; Alpaca makes others too, and so does resampling. */
export const alpacaTimeframes = {
  "1m": "1Min",
  "5m": "5Min",
  "15m": "15Min",
  "30m": "30Min",
  "1h": "1Hour",
  "2h": "2Hour",
  "4h": "4Hour",
  "1d": "1Day",
  "1w": "1Week",
  "1M": "1Month",
} as const;

/** Alpaca's name of a timeframe that it has. */
export function alpacaTimeframe(timeframe: Timeframe): string {
  return alpacaTimeframes[timeframe as keyof typeof alpacaTimeframes];
}

/** When Alpaca's bars close. */
export function alpacaCloses(market: AlpacaMarket, timeframe: Timeframe): CloseOf {
  if (market === "stocks") return sessionCloses(timeframe, calendarNamed("us-equity"));
  if (isIntraday(timeframe)) return utcCloses(timeframe);
  const calendars = cryptoDays.map(calendarNamed);
  return (openMs) => {
    const calendar = calendars.find((one) => one.bucketEnd(openMs, timeframe) === openMs);
    return calendar === undefined ? null : calendar.bucketEnd(openMs + 1, timeframe);
  };
}

/** How long a bar is left to settle. */
export function alpacaSettleMs(market: AlpacaMarket, timeframe: Timeframe, settleMs: number): number {
  return market === "crypto" || isIntraday(timeframe) ? settleMs : Math.max(settleMs, sessionSettleMs);
}

function isIntraday(timeframe: Timeframe): boolean {
  const { unit } = parseTimeframe(timeframe);
  return unit === "s" || unit === "m" || unit === "h";
}

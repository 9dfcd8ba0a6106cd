import { dayMs, minuteMs } from "../../../base/time.ts";
import { calendarNamed } from "../../../domain/calendar/calendar-named.ts";
import { timeframeMs, type Timeframe } from "../../../domain/timeframe.ts";
import { sessionCloses, utcCloses, type CloseOf } from "../shared/bar-grid.ts";
import type { TiingoMarket } from "./tiingo-messages.ts";

const intraday = { "1m": "1min", "5m": "5min", "15m": "15min", "30m": "30min", "1h": "1hour", "4h": "4hour" };

/** How Tiingo names the lengths of bars, per market. Days of currencies are left out: where they end is not said. */
const frequencies: Readonly<Record<TiingoMarket, Readonly<Partial<Record<Timeframe, string>>>>> = {
  daily: { "1d": "daily" },
  iex: intraday,
  crypto: { ...intraday, "1d": "1day" },
  fx: intraday,
};

/** Rows that an answer holds at most, and minutes of a day that have bars. */
const windows: Readonly<Record<TiingoMarket, { readonly rows: number; readonly minutesPerDay: number }>> = {
  daily: { rows: 10_000, minutesPerDay: 1_440 },
  iex: { rows: 10_000, minutesPerDay: 390 },
  crypto: { rows: 5_000, minutesPerDay: 1_440 },
  fx: { rows: 5_000, minutesPerDay: 1_440 },
};

/** Stocks: auctions and late prints still change a session's bar for a while after the close. */
const sessionSettleMs = 20 * minuteMs;

/** Every length that a market has bars of. */
export function tiingoTimeframes(market: TiingoMarket): readonly Timeframe[] {
  return Object.keys(frequencies[market]) as Timeframe[];
}

/** Tiingo's name of a timeframe that the market has. */
export function tiingoFrequency(market: TiingoMarket, timeframe: Timeframe): string {
  return frequencies[market][timeframe]!;
}

/** Rows in one answer. */
export function tiingoPageRows(market: TiingoMarket): number {
  return windows[market].rows;
}

/** Whole days that one question may cover without its answer being cut off. */
export function tiingoWindowDays(market: TiingoMarket, timeframe: Timeframe): number {
  const { rows, minutesPerDay } = windows[market];
  const spanMs = timeframeMs(timeframe);
  const rowsPerDay = spanMs >= dayMs ? dayMs / spanMs : Math.ceil((minutesPerDay * minuteMs) / spanMs);
  // One day less: windows overlap by a day.
  return Math.max(1, Math.floor(rows / rowsPerDay) - 1);
}

/** When a market's bars close. End-of-day bars carry the date of their session. */
export function tiingoCloses(market: TiingoMarket, timeframe: Timeframe): CloseOf {
  return market === "daily" || market === "iex"
    ? sessionCloses(timeframe, calendarNamed("us-equity"))
    : utcCloses(timeframe);
}

/** How long a bar is left to settle. */
export function tiingoSettleMs(market: TiingoMarket, settleMs: number): number {
  return market === "daily" ? Math.max(settleMs, sessionSettleMs) : settleMs;
}

import { dayMs } from "../../base/time.ts";
import type { Timeframe } from "../timeframe.ts";
import type { Calendar } from "./calendar.ts";
import { bucketOfDay, firstDayOfBucket, frameOf, type Frame } from "./day-buckets.ts";

/** A stretch of uninterrupted trading; intraday bars are counted from `anchorMs`. */
type OpenStretch = { readonly openMs: number; readonly closeMs: number; readonly anchorMs: number };

/** What one market must say about its hours; `sessionCalendar` derives the rest. */
export interface TradingHours {
  readonly name: string;
  readonly timeZone: string;
  readonly periodsPerYear: number;
  /** The trading day that an instant belongs to; instants outside the hours go to a neighbouring day. */
  dayOf(instantMs: number): number;
  isOpen(timeMs: number): boolean;
  isTradingDay(day: number): boolean;
  /** Whether a bar of several days may end with this day. */
  mayEndWith(day: number): boolean;
  closeMs(day: number): number;
  /** End of the intraday bar of `spanMs` that contains the instant just before `closeTimeMs`, within `day`. */
  intradayEnd(closeTimeMs: number, day: number, spanMs: number): number;
  /** The first stretch that closes after `timeMs`. */
  stretchAfter(timeMs: number): OpenStretch;
}

type DayFrame = Extract<Frame, { kind: "days" }>;
type IntradayFrame = Extract<Frame, { kind: "intraday" }>;

/** A timeframe together with the last bucket that was asked for: the next bar nearly always falls into the same. */
type Memo = IntradayFrame | (DayFrame & { firstDay: number; lastDay: number; endMs: number });

/** A calendar from a market's hours. */
export function sessionCalendar(hours: TradingHours): Calendar {
  const memos = new Map<Timeframe, Memo>();
  const memoOf = (timeframe: Timeframe): Memo => memos.get(timeframe) ?? remember(memos, timeframe);
  return {
    name: hours.name,
    timeZone: hours.timeZone,
    periodsPerYear: hours.periodsPerYear,
    sessionOf: (closeTimeMs) => hours.dayOf(closeTimeMs - 1),
    isOpen: (timeMs) => hours.isOpen(timeMs),
    opensAt: (timeMs) => (hours.isOpen(timeMs) ? timeMs : hours.stretchAfter(timeMs).openMs),
    tradedUntil: (timeMs) => (hours.isOpen(timeMs - 1) ? timeMs : lastCloseBefore(hours, timeMs)),
    bucketEnd(closeTimeMs, timeframe) {
      const memo = memoOf(timeframe);
      const day = hours.dayOf(closeTimeMs - 1);
      if (memo.kind === "intraday") return hours.intradayEnd(closeTimeMs, day, memo.spanMs);
      if (day < memo.firstDay || day > memo.lastDay) moveTo(memo, day, hours);
      return memo.endMs;
    },
    missingBars(previousCloseMs, nextCloseMs, timeframe) {
      const memo = memoOf(timeframe);
      return memo.kind === "intraday"
        ? missingIntraday(hours, previousCloseMs, nextCloseMs, memo.spanMs)
        : missingDays(hours, dayOfDailyBar(hours, previousCloseMs), dayOfDailyBar(hours, nextCloseMs), memo);
    },
  };
}

/** The last session's close at or before an instant. */
function lastCloseBefore(hours: TradingHours, timeMs: number): number {
  let day = hours.dayOf(timeMs - 1);
  while (!hours.isTradingDay(day) || hours.closeMs(day) > timeMs) day -= 1;
  return hours.closeMs(day);
}

function remember(memos: Map<Timeframe, Memo>, timeframe: Timeframe): Memo {
  const frame = frameOf(timeframe);
  const memo: Memo = frame.kind === "intraday" ? frame : { ...frame, firstDay: 0, lastDay: -1, endMs: 0 };
  memos.set(timeframe, memo);
  return memo;
}

function moveTo(memo: Extract<Memo, { kind: "days" }>, day: number, hours: TradingHours): void {
  const bucket = bucketOfDay(day, memo);
  let lastDay = firstDayOfBucket(bucket + 1, memo) - 1;
  while (lastDay > day && !hours.mayEndWith(lastDay)) lastDay -= 1;
  // A day after the bucket's last session (a weekend's stray bar) speaks for itself alone.
  memo.firstDay = hours.mayEndWith(lastDay) ? firstDayOfBucket(bucket, memo) : day;
  memo.lastDay = lastDay;
  memo.endMs = hours.closeMs(lastDay);
}

/** Daily bars from files often close at 24:00 UTC of their date, whatever the market's own roll. */
function dayOfDailyBar(hours: TradingHours, closeTimeMs: number): number {
  return closeTimeMs % dayMs === 0 ? closeTimeMs / dayMs - 1 : hours.dayOf(closeTimeMs - 1);
}

function missingDays(hours: TradingHours, previousDay: number, nextDay: number, frame: DayFrame): number {
  const nextBucket = bucketOfDay(nextDay, frame);
  let counted = bucketOfDay(previousDay, frame);
  let missing = 0;
  for (let day = previousDay + 1; day < nextDay; day++) {
    const bucket = bucketOfDay(day, frame);
    if (bucket === counted || bucket === nextBucket || !hours.isTradingDay(day)) continue;
    counted = bucket;
    missing += 1;
  }
  return missing;
}

/** Counts the bars that would cover the open time between one bar's close and the next bar's start. */
function missingIntraday(hours: TradingHours, previousMs: number, nextMs: number, spanMs: number): number {
  const nextStartMs = nextMs - spanMs;
  let missing = 0;
  let fromMs = previousMs;
  while (fromMs < nextStartMs) {
    const stretch = hours.stretchAfter(fromMs);
    if (stretch.openMs >= nextStartMs) break;
    const untilMs = Math.min(nextStartMs, stretch.closeMs);
    // Inside a stretch the bars seen so far show their own grid, which need not be the calendar's.
    const anchorMs = previousMs > stretch.openMs ? previousMs : stretch.anchorMs;
    const firstMs = Math.max(fromMs, stretch.openMs);
    missing += Math.ceil((untilMs - anchorMs) / spanMs) - Math.floor((firstMs - anchorMs) / spanMs);
    fromMs = untilMs;
  }
  return missing;
}

import { calendarNamed } from "../../../../domain/calendar/calendar-named.ts";
import { dayMs } from "../../../../base/time.ts";
import { parseTimeframe, timeframeMs, type Timeframe } from "../../../../domain/timeframe.ts";
import type { Labels } from "./day-labels.ts";
import { addToDate, type LocalZone } from "./local-zone.ts";

/** Days that can be a coincidence are fewer. */
const week = 5;

/** What the stamps of a file mean. */
export type StampRule = {
  readonly timeframe: Timeframe;
  readonly stamp: "open" | "close";
  /** The stamp names the last day of a bar and not an instant: the bar closes when that day is over. */
  readonly isLastDay: boolean;
  /** The stamps are the instants at which sessions end. */
  readonly isSessionEnd?: boolean;
  /** The stamps only name the session of a bar, which begins here. */
  readonly labels?: Labels | null;
  /** The zone of naked stamps, null for UTC. */
  readonly zone: LocalZone | null;
};

/**
 * Whether stamps can only be labels of the day on which a bar ended, as pandas and many vendors write months and
 * weeks: midnights, months all dated at the end of the month (the last one may still run), weeks all on Fridays.
 */
export function areLastDays(
  timesMs: Float64Array,
  length: number,
  timeframe: Timeframe,
  zone: LocalZone | null,
): boolean {
  const { unit } = parseTimeframe(timeframe);
  if (unit !== "M" && unit !== "w") return false;
  let labels = 0;
  for (let row = 0; row < length; row++) {
    const wallMs = zone === null ? timesMs[row]! : zone.wallOf(timesMs[row]!);
    const date = new Date(wallMs);
    if (wallMs % dayMs !== 0) return false;
    // 25: the earliest day that can be the last trading day of a month (holidays and a weekend may follow).
    const isLabel = unit === "M" ? date.getUTCDate() >= 25 : date.getUTCDay() === 5;
    if (isLabel) labels += 1;
  }
  return unit === "M" ? labels >= length - 1 : labels >= 0.8 * length;
}

/**
 * Whether the stamps of daily bars are the instants at which sessions end, of US shares or of the currency week: such a
 * stamp names the close. Of currencies each end is the next day's begin, so the week tells: Fridays have one, Sundays none.
 */
export function areSessionEnds(timesMs: Float64Array, length: number, timeframe: Timeframe): boolean {
  if (timeframe !== "1d" || length < week) return false;
  return ["us-equity", "24/5"].some((name) => {
    const calendar = calendarNamed(name);
    let [ends, begins] = [0, 0];
    for (let row = 0; row < length; row++) {
      const timeMs = timesMs[row]!;
      if (calendar.isOpen(timeMs - 1) && calendar.bucketEnd(timeMs, "1d") === timeMs) ends += 1;
      if (calendar.isOpen(timeMs)) begins += 1;
    }
    return ends >= 0.8 * length && ends > begins;
  });
}

/**
 * Whether the stamps of bars within the day run from the first close of each session of US shares to its last: none
 * names a bell that opens, nearly every session has the one that closes, and none lies outside.
 */
export function areClosesOfSessions(timesMs: Float64Array, length: number, timeframe: Timeframe): boolean {
  const spanMs = timeframeMs(timeframe);
  if (spanMs >= dayMs) return false;
  const calendar = calendarNamed("us-equity");
  let [sessions, whole, outside] = [0, 0, 0];
  let endMs = -Infinity;
  for (let row = 0; row < length; row++) {
    const timeMs = timesMs[row]!;
    if (timeMs > endMs) {
      endMs = calendar.isOpen(timeMs - 1) ? calendar.bucketEnd(timeMs, "1d") : -Infinity;
      // A bar that began with the session has the bell before it, and no more than its own length.
      const isFirst = endMs > 0 && !calendar.isOpen(timeMs - 1 - spanMs);
      if (isFirst) sessions += 1;
      else outside += 1;
    }
    if (timeMs === endMs) whole += 1;
  }
  return sessions >= week && whole >= 0.95 * sessions && outside <= 0.02 * sessions;
}

/** Turns stamps into close times, in place. */
export function stampsToCloses(timesMs: Float64Array, length: number, rule: StampRule): void {
  const { count, unit } = parseTimeframe(rule.timeframe);
  const { zone, labels } = rule;
  if (labels !== undefined && labels !== null)
    for (let row = 0; row < length; row++)
      timesMs[row] = zone === null ? labels.startsMs[row]! : zone.toUtc(labels.startsMs[row]!);
  if (rule.stamp === "close" && !rule.isLastDay) return closeFully(timesMs, length);
  let days = unit === "d" ? count : unit === "w" ? 7 * count : 0;
  let months = unit === "M" ? count : 0;
  if (rule.isLastDay) [days, months] = [1, 0];
  const spanMs = timeframeMs(rule.timeframe);
  for (let row = 0; row < length; row++) {
    const timeMs = timesMs[row]!;
    if (days === 0 && months === 0) timesMs[row] = timeMs + spanMs;
    else timesMs[row] = zone === null ? addToDate(timeMs, days, months) : zone.add(timeMs, days, months);
  }
}

/** Binance writes the last millisecond of a bar (`...59.999`) as its close: the bar is known one later. */
function closeFully(timesMs: Float64Array, length: number): void {
  for (let row = 0; row < length; row++) if (timesMs[row]! % 1000 === 999) timesMs[row] = timesMs[row]! + 1;
}

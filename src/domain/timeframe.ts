import { KiwiError } from "../base/errors.ts";
import { dayMs, hourMs, minuteMs, secondMs } from "../base/time.ts";

/** `"1m"`, `"4h"`, `"1d"`, `"1w"`, `"1M"`: a whole number and a unit; `M` is the calendar month. */
export type Timeframe = `${number}${TimeframeUnit}`;
export type TimeframeUnit = "s" | "m" | "h" | "d" | "w" | "M";

/** A month counts 30 days here: use this for orders of magnitude and never for bar boundaries. */
const unitMs: Record<TimeframeUnit, number> = {
  s: secondMs,
  m: minuteMs,
  h: hourMs,
  d: dayMs,
  w: 7 * dayMs,
  M: 30 * dayMs,
};

/** Splits a timeframe into its number and its unit. Throws `TIMEFRAME_UNKNOWN` on anything else. */
export function parseTimeframe(text: string): { count: number; unit: TimeframeUnit } {
  const match = /^([1-9]\d{0,3})([smhdwM])$/.exec(text);
  if (match === null) {
    throw new KiwiError({
      code: "TIMEFRAME_UNKNOWN",
      exit: "usage",
      message: `"${text}" is not a timeframe`,
      why: "a timeframe is a whole number and one of s, m, h, d, w, M (month)",
      fix: "use for example 1m, 5m, 15m, 1h, 4h, 1d, 1w or 1M",
      topic: "timeframes",
    });
  }
  return { count: Number(match[1]), unit: match[2] as TimeframeUnit };
}

/** Length of a timeframe in milliseconds; a month counts 30 days. */
export function timeframeMs(timeframe: Timeframe): number {
  const { count, unit } = parseTimeframe(timeframe);
  return count * unitMs[unit];
}

/** The timeframe whose bars are `spanMs` long, or null when no unit divides it. */
export function timeframeOf(spanMs: number): Timeframe | null {
  if (spanMs >= 28 * dayMs && spanMs <= 31 * dayMs) return "1M";
  for (const unit of ["w", "d", "h", "m", "s"] as const) {
    const count = spanMs / unitMs[unit];
    if (Number.isInteger(count) && count > 0) return `${count}${unit}`;
  }
  return null;
}

/** Lengths that markets are commonly recorded in, longest first. */
const commonTimeframes = ["1h", "15m", "5m", "1m"] as const satisfies readonly Timeframe[];
/** So many shorter bars in a longer one tell most of its way. */
const partsWanted = 12;

/** A common timeframe that tells what happened inside bars of this one: the longest that cuts them fine; null below two minutes. */
export function finerTimeframe(timeframe: Timeframe): Timeframe | null {
  const spanMs = timeframeMs(timeframe);
  const parts = (finer: Timeframe): number => spanMs / timeframeMs(finer);
  const isWhole = (finer: Timeframe): boolean => Number.isInteger(parts(finer));
  return (
    commonTimeframes.find((finer) => isWhole(finer) && parts(finer) >= partsWanted) ??
    commonTimeframes.findLast((finer) => isWhole(finer) && parts(finer) > 1) ??
    null
  );
}

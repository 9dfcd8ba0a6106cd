import { parseTimeframe, timeframeMs, type Timeframe } from "../timeframe.ts";
import { firstDayOfMonth, monthIndexOf } from "./days.ts";

/** A timeframe, read once: within the day it counts milliseconds, above it counts calendar days. */
export type Frame =
  | { readonly kind: "intraday"; readonly spanMs: number }
  | { readonly kind: "days"; readonly unit: "d" | "w" | "M"; readonly count: number };

/** Reads a timeframe. Throws `TIMEFRAME_UNKNOWN`. */
export function frameOf(timeframe: Timeframe): Frame {
  const { count, unit } = parseTimeframe(timeframe);
  return unit === "d" || unit === "w" || unit === "M"
    ? { kind: "days", unit, count }
    : { kind: "intraday", spanMs: timeframeMs(timeframe) };
}

type DayFrame = Extract<Frame, { kind: "days" }>;

/** Number of the bucket that a day falls into; buckets of several days, weeks or months count from 1970. */
export function bucketOfDay(day: number, { unit, count }: DayFrame): number {
  switch (unit) {
    case "d":
      return Math.floor(day / count);
    case "w":
      // Weeks start on Monday: 1969-12-29 was one, three days before day 0.
      return Math.floor(Math.floor((day + 3) / 7) / count);
    case "M":
      return Math.floor(monthIndexOf(day) / count);
  }
}

/** First calendar day of a bucket. */
export function firstDayOfBucket(bucket: number, { unit, count }: DayFrame): number {
  switch (unit) {
    case "d":
      return bucket * count;
    case "w":
      return bucket * count * 7 - 3;
    case "M":
      return firstDayOfMonth(bucket * count);
  }
}

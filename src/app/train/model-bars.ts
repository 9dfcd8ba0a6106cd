import { bytesOf, sha256Of } from "../../base/hash.ts";
import type { Bars } from "../../domain/bars.ts";
import type { Calendar } from "../../domain/calendar/calendar.ts";
import { barCalendar } from "../../domain/calendar/detect-calendar-name.ts";
import type { Timeframe } from "../../domain/timeframe.ts";
import { ResampledFrame } from "../../engine/columns/frame.ts";
import { hmmFeatureFields } from "../../regimes/hmm-features.ts";
import { instrumentConfig, type RunConfig } from "../config/run-config.ts";

/** The calendar of bars: as configured, else as the bars themselves tell. */
export function calendarOf(bars: Bars, config: RunConfig): Calendar {
  return barCalendar(bars, instrumentConfig(config, bars.symbol).calendar);
}

/** Bars of a timeframe: these, or made of these. */
export function barsOfTimeframe(bars: Bars, timeframe: Timeframe, calendar: Calendar): Bars {
  if (bars.timeframe === timeframe) return bars;
  const frame = new ResampledFrame(bars, timeframe, calendar);
  frame.extend();
  return frame.bars;
}

/** SHA-256 over all that a regime model reads of the bars that close from `fromMs` to `throughMs`. */
export function trainingFingerprint(bars: Bars, fromMs: number, throughMs: number): string {
  const [from, to] = [rowsBefore(bars, fromMs), rowsBefore(bars, throughMs + 1)];
  const fields = ["closeTimeMs", ...hmmFeatureFields] as const;
  return sha256Of(fields.map((name) => bytesOf(bars[name].subarray(from, to))));
}

/** Rows that close before a time. */
export function rowsBefore({ closeTimeMs, length }: Bars, timeMs: number): number {
  let [low, high] = [0, length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (closeTimeMs[middle]! < timeMs) low = middle + 1;
    else high = middle;
  }
  return low;
}

import { findUnheld } from "../../data/repair/find-unheld.ts";
import { missingBetween } from "../../data/repair/find-faults.ts";
import { joinRanges } from "../../data/pipeline/time-ranges.ts";
import type { Finding } from "../../data/validation/bar-report.ts";
import { countOf } from "../../data/validation/finding-list.ts";
import { formatTime } from "../../base/time.ts";
import type { Bars } from "../../domain/bars.ts";
import type { Calendar } from "../../domain/calendar/calendar.ts";
import type { Timeframe } from "../../domain/timeframe.ts";
import { timeRangeMax, type FetchedSeries, type TimeRange } from "../../ports/fetched-ranges.ts";
import type { HeldBars } from "../../ports/bar-store.ts";
import { calendarOfHeld, type HeldParts } from "./held-series.ts";

/** A series by its name. */
export type SeriesName = { readonly symbol: string; readonly timeframe: Timeframe };

/** Whether two are of one symbol and timeframe. */
export function isSameSeries(a: SeriesName, b: SeriesName): boolean {
  return a.symbol === b.symbol && a.timeframe === b.timeframe;
}

/** What is missing of a series: noted in the store, or fetched once and held no longer. */
export async function missingOf(
  { store, isPruned }: HeldParts,
  { symbol, timeframe }: SeriesName,
  bars: Bars,
  calendar: Calendar,
  fetched: readonly FetchedSeries[],
): Promise<readonly TimeRange[]> {
  const noted = await store.missingOf(symbol, timeframe);
  // A store that drops old bars has lost none.
  if (isPruned) return noted;
  const ranges = fetched.flatMap((one) => (isSameSeries(one, { symbol, timeframe }) ? one.ranges : []));
  return joinRanges([...noted, ...findUnheld(ranges, bars, calendar)]);
}

/**
 * Compares what was fetched with what is held, and notes in the store what was lost in between (an older backup that was
 * put back, a file that was deleted), so that it is fetched again by whatever command. Returns all that is missing.
 */
export async function noteLost(
  parts: HeldParts,
  name: SeriesName,
  held: HeldBars | undefined,
  fetched: readonly FetchedSeries[],
): Promise<readonly TimeRange[]> {
  const { store, ranges } = parts;
  const { symbol, timeframe } = name;
  const known = fetched.filter((one) => isSameSeries(one, name));
  const came = known.flatMap((one) => one.ranges).reduce((sum, range) => sum + range.bars, 0);
  const isAllHeld = known.length <= 1 && came === (held?.bars ?? 0);
  if (isAllHeld || parts.isPruned) return store.missingOf(symbol, timeframe);
  const bars = await store.read(symbol, timeframe, -Infinity, Infinity);
  const calendar = calendarOfHeld(parts.config, bars, held);
  const missing = await missingOf(parts, name, bars, calendar, known);
  // The note first: whoever is killed here finds it, and what is forgotten below only costs another fetch.
  for (const range of missing) await store.noteMissing(symbol, timeframe, range);
  for (const { source } of known)
    for (const range of missing) await ranges.forget(source, symbol, timeframe, range);
  return missing;
}

/** What is missing, as a finding: an error, because whoever reads the bars does not see it. */
export function lostFinding(
  { symbol, timeframe }: SeriesName,
  bars: Bars,
  calendar: Calendar,
  missing: readonly TimeRange[],
): readonly Finding[] {
  if (missing.length === 0) return [];
  const holes = missing.map((range) => ({ ...range, count: missingIn(range, bars, calendar) }));
  const count = holes.reduce((sum, hole) => sum + hole.count, 0);
  const isUnknown = missing.some(isUnbounded);
  const what = isUnknown
    ? "bars were lost, and nobody knows which"
    : `${countOf(count, "bar")} lost or missed`;
  return [
    {
      kind: "lost",
      severity: "error",
      count: Math.max(1, count),
      message: `${what}; fetch again: kiwi data repair ${symbol} -t ${timeframe} --source NAME`,
      examples: holes
        .filter((range) => !isUnbounded(range))
        .map((range) => ({
          closeTimeMs: range.fromMs,
          text: `${countOf(range.count, "bar")} missing until ${formatTime(range.toMs - 1)}`,
        })),
    },
  ];
}

/** Whether nobody knows where a range that lacks bars begins or ends. */
export function isUnbounded({ fromMs, toMs }: TimeRange): boolean {
  return fromMs === timeRangeMax.fromMs || toMs === timeRangeMax.toMs;
}

function missingIn(range: TimeRange, bars: Bars, calendar: Calendar): number {
  return isUnbounded(range) ? 0 : Math.max(1, missingBetween(bars, calendar, range.fromMs, range.toMs));
}

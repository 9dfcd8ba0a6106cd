import { describeBars } from "../../adapters/stores/catalogue/catalogue-entry.ts";
import type { BarReport } from "../../data/validation/bar-report.ts";
import { validateBars } from "../../data/validation/validate-bars.ts";
import { KiwiError } from "../../base/errors.ts";
import { BarTable } from "../../domain/bar-table.ts";
import type { Bars } from "../../domain/bars.ts";
import type { Calendar } from "../../domain/calendar/calendar.ts";
import type { FetchedSeries } from "../../ports/fetched-ranges.ts";
import type { Timeframe } from "../../domain/timeframe.ts";
import { barQuality, type DamagedSeries, type HeldBars, type VersionedBars } from "../../ports/bar-store.ts";
import { lostFinding, missingOf, type SeriesName } from "./known-missing.ts";
import { calendarOfHeld, type HeldParts } from "./held-series.ts";

/** What is wrong with a stored series, or worth knowing about it. */
export type HeldReport = {
  readonly symbol: string;
  readonly timeframe: Timeframe;
  readonly sources: readonly string[];
  /** Bars that their source changed, and bars that stand in for missing ones. */
  readonly revised: number;
  readonly filled: number;
  /** What cannot be read and how to repair it; null where everything can. */
  readonly damage: { readonly message: string; readonly why: string; readonly fix: string } | null;
  /** Null where the bars cannot be read. */
  readonly report: BarReport | null;
};

/** A report, and the bars that it is about; null where they cannot be read. */
export type CheckedSeries = {
  readonly report: HeldReport;
  readonly bars: VersionedBars | null;
  readonly calendar: Calendar | null;
};

/** Looks a stored series over, and notes that it was. Damage is part of the answer and not an error. */
export async function checkSeries(
  parts: HeldParts,
  held: HeldBars,
  fetched: readonly FetchedSeries[],
): Promise<CheckedSeries> {
  const { symbol, timeframe, sources, versions } = held;
  const { store, catalogue, config, nowMs } = parts;
  const about = { symbol, timeframe, sources };
  try {
    const bars = await store.read(symbol, timeframe, -Infinity, Infinity);
    const calendar = calendarOfHeld(config, bars, held);
    await catalogue.record(describeBars(bars, versions, calendar, nowMs));
    const revised = count(bars.version, (version) => version > 1);
    const filled = count(bars.quality, (quality) => quality === barQuality.filled);
    const report = await reportOf(parts, bars, calendar, fetched);
    return { report: { ...about, revised, filled, damage: null, report }, bars, calendar };
  } catch (error) {
    if (!(error instanceof KiwiError) || error.parts.code !== "STORE_DAMAGED") throw error;
    return { report: damagedReport({ ...about, error }), bars: null, calendar: null };
  }
}

/** The report of a series of which nothing is held any more, or null where nothing is known to be missing. */
export async function lostReport(
  parts: HeldParts,
  { symbol, timeframe }: SeriesName,
  fetched: readonly FetchedSeries[],
): Promise<HeldReport | null> {
  const bars = new BarTable(symbol, timeframe);
  const report = await reportOf(parts, bars, calendarOfHeld(parts.config, bars, undefined), fetched);
  const about = { symbol, timeframe, sources: [], revised: 0, filled: 0, damage: null };
  return report.findings.length === 0 ? null : { ...about, report };
}

async function reportOf(
  parts: HeldParts,
  bars: Bars,
  calendar: Calendar,
  fetched: readonly FetchedSeries[],
): Promise<BarReport> {
  const missing = await missingOf(parts, bars, bars, calendar, fetched);
  const report = validateBars(bars, calendar);
  return { ...report, findings: [...lostFinding(bars, bars, calendar, missing), ...report.findings] };
}

/** The report of a series that cannot be read. */
export function damagedReport({
  symbol,
  timeframe,
  sources = [],
  error,
}: DamagedSeries & { readonly sources?: readonly string[] }): HeldReport {
  const { message, why, fix } = error.parts;
  const damage = { message, why, fix };
  return { symbol, timeframe, sources, revised: 0, filled: 0, damage, report: null };
}

/** Whether a series is a market's prices, whole and readable. */
export function isSeriesSound({ damage, report }: HeldReport): boolean {
  return damage === null && (report?.findings.every(({ severity }) => severity !== "error") ?? true);
}

function count(column: Int32Array | Uint8Array, isCounted: (value: number) => boolean): number {
  let counted = 0;
  for (const value of column) if (isCounted(value)) counted += 1;
  return counted;
}

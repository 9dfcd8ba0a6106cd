import type { BarCatalogue } from "../../adapters/stores/catalogue/bar-catalogue.ts";
import { describeBars, type CatalogueEntry } from "../../adapters/stores/catalogue/catalogue-entry.ts";
import type { Bars } from "../../domain/bars.ts";
import type { Calendar } from "../../domain/calendar/calendar.ts";
import { barCalendar } from "../../domain/calendar/detect-calendar-name.ts";
import type { Timeframe } from "../../domain/timeframe.ts";
import type { BarStore, DamagedSeries, HeldBars } from "../../ports/bar-store.ts";
import { runConfigOf, type KiwiConfig } from "../config/config-schema.ts";
import { instrumentConfig } from "../config/run-config.ts";
import type { FetchedRanges } from "../../ports/fetched-ranges.ts";
import { surveyHeld } from "./held-for.ts";

/** The calendar of held bars: that of the configuration, else the one kept with them, else as they show it. */
export function calendarOfHeld(
  config: KiwiConfig,
  bars: Bars,
  held: Pick<HeldBars, "calendarName"> | undefined,
): Calendar {
  return barCalendar(bars, calendarNameOf(config, bars.symbol) ?? held?.calendarName ?? undefined);
}

/** What the configuration says about when a symbol trades. */
export function calendarNameOf(config: KiwiConfig, symbol: string): string | undefined {
  return instrumentConfig(runConfigOf(config), symbol).calendar;
}

/** What is needed to look over what is held. */
export type HeldParts = {
  readonly store: BarStore;
  readonly catalogue: BarCatalogue;
  /** What was fetched, to be compared with what is held. */
  readonly ranges: FetchedRanges;
  /** Whether the store drops old bars as new ones come. */
  readonly isPruned: boolean;
  readonly config: KiwiConfig;
  readonly nowMs: number;
};

/** Looks a series over and notes what it found in the catalogue. */
async function describeSeries(parts: HeldParts, held: HeldBars): Promise<CatalogueEntry> {
  const { store, catalogue, config, nowMs } = parts;
  const bars = await store.read(held.symbol, held.timeframe, -Infinity, Infinity);
  const entry = describeBars(bars, held.versions, calendarOfHeld(config, bars, held), nowMs);
  await catalogue.record(entry);
  return entry;
}

/** Looks series over after bars were stored in them. Those that hold nothing are left out. */
export async function describeAll(
  parts: HeldParts,
  series: readonly { readonly symbol: string; readonly timeframe: Timeframe }[],
): Promise<readonly CatalogueEntry[]> {
  const names = new Set(series.map(({ symbol, timeframe }) => `${timeframe} ${symbol}`));
  const entries: CatalogueEntry[] = [];
  for (const held of (await surveyHeld(parts.store)).held)
    if (names.has(`${held.timeframe} ${held.symbol}`)) entries.push(await describeSeries(parts, held));
  return entries;
}

/**
 * Everything that is held, and what of it is damaged. What the catalogue says is taken where it is of the bars as they are now; a series that was
 * written since, by a program that was killed or another one, is looked over again.
 */
export async function listSeries(
  parts: HeldParts,
): Promise<{ readonly entries: readonly CatalogueEntry[]; readonly damaged: readonly DamagedSeries[] }> {
  const entries: CatalogueEntry[] = [];
  const { held: series, damaged } = await surveyHeld(parts.store);
  for (const held of series) {
    const known = await parts.catalogue.find(held.symbol, held.timeframe);
    const isCurrent =
      known?.versions === held.versions && known.bars === held.bars && known.toMs === held.toMs;
    entries.push(isCurrent ? known : await describeSeries(parts, held));
  }
  return { entries, damaged };
}

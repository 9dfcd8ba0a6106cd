import type { Calendar } from "../../../domain/calendar/calendar.ts";
import type { BarStore, HeldBars } from "../../../ports/bar-store.ts";
import type { BarCatalogue } from "./bar-catalogue.ts";
import { describeBars, type CatalogueEntry } from "./catalogue-entry.ts";

/** The calendar that says which bars of a symbol are missing. */
export type CalendarFor = (held: HeldBars) => Pick<Calendar, "missingBars">;

/** Makes a catalogue anew from the bars of a store, all of it at once. Returns what it says now. */
export async function rebuildCatalogue(
  store: BarStore,
  catalogue: BarCatalogue,
  calendarFor: CalendarFor,
  nowMs: number,
): Promise<readonly CatalogueEntry[]> {
  const entries: CatalogueEntry[] = [];
  for (const held of await store.list()) entries.push(await entryFor(store, held, calendarFor, nowMs));
  await catalogue.replaceAll(entries);
  return entries;
}

/** Brings a catalogue up to date for one symbol and timeframe, after bars were stored. */
export async function updateCatalogue(
  store: BarStore,
  catalogue: BarCatalogue,
  held: HeldBars,
  calendarFor: CalendarFor,
  nowMs: number,
): Promise<CatalogueEntry> {
  const entry = await entryFor(store, held, calendarFor, nowMs);
  await catalogue.record(entry);
  return entry;
}

async function entryFor(
  store: BarStore,
  held: HeldBars,
  calendarFor: CalendarFor,
  nowMs: number,
): Promise<CatalogueEntry> {
  const bars = await store.read(held.symbol, held.timeframe, -Infinity, Infinity);
  return describeBars(bars, held.versions, calendarFor(held), nowMs);
}

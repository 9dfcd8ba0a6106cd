import type { Repair } from "../../adapters/stores/parquet/repair-series.ts";
import { systemClock } from "../../adapters/system-clock.ts";
import { repairSeries } from "../../data/repair/repair-series.ts";
import type { RepairReport } from "../../data/repair/repair-report.ts";
import type { Timeframe } from "../../domain/timeframe.ts";
import type { HeldBars } from "../../ports/bar-store.ts";
import { surveyHeld } from "./held-for.ts";
import { calendarOfBars, describeAll, type HeldParts } from "./held-series.ts";
import type { DataFolder } from "./open-data.ts";
import { eachSource, type OpenSources } from "./open-sources.ts";
import { promptSource } from "./prompt-source.ts";
import { sourceDiffers, strangerIn } from "./plan-download.ts";

/** What to repair. */
export type RepairWish = {
  readonly symbol: string;
  readonly timeframe: Timeframe;
  readonly fromMs: number | undefined;
  readonly toMs: number | undefined;
  /** Whether a source may repair bars that came from others. */
  readonly isMixed: boolean;
  readonly signal: AbortSignal;
};

/** What was repaired: the files of the store, then the bars. */
export type Repaired = {
  readonly files: Repair;
  /** Null where no source was named, or where nothing is held that could have a hole. */
  readonly bars: RepairReport | null;
};

/**
 * Sets damaged files aside, and asks the sources for what is missing or wrong. Throws `SOURCE_DIFFERS` and what the
 * store throws; a source that fails is part of the answer.
 */
export async function repairHeld(
  wish: RepairWish,
  data: DataFolder,
  held: HeldParts,
  sources: OpenSources | null,
): Promise<Repaired> {
  const { symbol, timeframe } = wish;
  const before = await findHeld(data, wish).catch(() => undefined);
  const stranger = before === undefined || sources === null ? undefined : strangerIn(before, sources);
  if (stranger !== undefined && !wish.isMixed) throw sourceDiffers(before!, stranger, sources!.source.name);
  const files = await data.store.repair(symbol, timeframe);
  await forgetLost(files, wish, data, [
    ...(before?.sources ?? []),
    ...(sources === null ? [] : [sources.source.name]),
  ]);
  const report = sources === null ? null : await repairBars(wish, files, before, data, held, sources);
  await describeAll(held, [wish]);
  if (files.bars === 0 && report === null) await held.catalogue.forget(symbol, timeframe);
  return { files, bars: report };
}

async function findHeld({ store }: DataFolder, wish: RepairWish): Promise<HeldBars | undefined> {
  const { held } = await surveyHeld(store);
  return held.find((one) => one.symbol === wish.symbol && one.timeframe === wish.timeframe);
}

/** What was lost must be fetched again, by whatever command. */
async function forgetLost(
  { lost }: Repair,
  { symbol, timeframe }: RepairWish,
  { ranges }: DataFolder,
  names: readonly string[],
): Promise<void> {
  for (const { fromMs, toMs } of lost)
    for (const name of new Set(names))
      await ranges.forget(name, symbol, timeframe, {
        fromMs: fromMs ?? -Infinity,
        toMs: toMs === null ? Infinity : toMs + 1,
      });
}

async function repairBars(
  wish: RepairWish,
  { lost }: Repair,
  before: HeldBars | undefined,
  data: DataFolder,
  held: HeldParts,
  sources: OpenSources,
): Promise<RepairReport | null> {
  const { symbol, timeframe, signal } = wish;
  const bars = await data.store.read(symbol, timeframe, -Infinity, Infinity);
  const starts = [before?.fromMs, bars.closeTimeMs[0], ...lost.map((file) => file.fromMs)];
  const ends = [before?.toMs, bars.closeTimeMs.at(-1), ...lost.map((file) => file.toMs)];
  const fromMs = wish.fromMs ?? Math.min(...starts.map((timeMs) => timeMs ?? Infinity));
  const toMs = wish.toMs ?? Math.max(...ends.map((timeMs) => timeMs ?? -Infinity)) + 1;
  if (!(fromMs < toMs)) return null;
  return repairSeries({
    symbol,
    timeframe,
    fromMs,
    toMs,
    providers: (await eachSource(sources)).map(promptSource),
    store: data.store,
    calendar: calendarOfBars(held.config, bars),
    clock: systemClock,
    signal,
  });
}

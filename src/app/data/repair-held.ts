import type { Repair } from "../../adapters/stores/parquet/repair-series.ts";
import { sourceDiffers } from "../../adapters/stores/bars/refuse-stranger.ts";
import { systemClock } from "../../adapters/system-clock.ts";
import { repairSeries } from "../../data/repair/repair-series.ts";
import type { RepairReport } from "../../data/repair/repair-report.ts";
import type { Timeframe } from "../../domain/timeframe.ts";
import type { BarStore, HeldBars, VersionedBars } from "../../ports/bar-store.ts";
import { timeRangeMax, type FetchedSeries, type TimeRange } from "../../ports/fetched-ranges.ts";
import { surveyHeld } from "./held-for.ts";
import { calendarOfHeld, describeAll, type HeldParts } from "./held-series.ts";
import { isSameSeries, isUnbounded, noteLost } from "./known-missing.ts";
import type { DataFolder } from "./open-data.ts";
import { eachSource, type OpenSources } from "./open-sources.ts";
import { promptSource } from "./prompt-source.ts";
import { strangerIn } from "./plan-download.ts";

/** What to repair. */
export type RepairWish = {
  readonly symbol: string;
  readonly timeframe: Timeframe;
  readonly fromMs: number | undefined;
  readonly toMs: number | undefined;
  /** Whether a source may repair bars that came from others. */
  readonly isMixed: boolean;
  /** Whether what is still missing afterwards is given up: nobody has it. */
  readonly isLossAccepted: boolean;
  readonly signal: AbortSignal;
};

/** What was repaired: the files of the store, then the bars. */
export type Repaired = {
  readonly files: Repair;
  /** Null where no source was named, or where nothing is held that could have a hole. */
  readonly bars: RepairReport | null;
  /** What is known to be missing now, and what a person has given up. */
  readonly missing: readonly TimeRange[];
  readonly givenUp: readonly TimeRange[];
};

/**
 * Sets damaged files aside, and asks the sources for what is missing or wrong. What was lost is noted in the store before
 * anything else happens, and stays noted until it has been fetched. Throws `SOURCE_DIFFERS` and what the store throws; a
 * source that fails is part of the answer.
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
  const files = await data.repairFiles(symbol, timeframe);
  const fetched = (await data.ranges.all()).filter((one) => isSameSeries(one, wish));
  const lost = await noteLost(held, wish, await findHeld(data, wish), fetched);
  const report = sources === null ? null : await repairBars(wish, lost, before, fetched, data, held, sources);
  const missing = await data.store.missingOf(symbol, timeframe);
  if (wish.isLossAccepted)
    for (const range of missing) await data.store.settleMissing(symbol, timeframe, range);
  await describeAll(held, [wish]);
  if (files.bars === 0 && report === null) await held.catalogue.forget(symbol, timeframe);
  const [left, givenUp] = wish.isLossAccepted ? [[], missing] : [missing, []];
  return { files, bars: report, missing: left, givenUp };
}

async function findHeld({ store }: DataFolder, wish: RepairWish): Promise<HeldBars | undefined> {
  const { held } = await surveyHeld(store);
  return held.find((one) => isSameSeries(one, wish));
}

async function repairBars(
  wish: RepairWish,
  lost: readonly TimeRange[],
  before: HeldBars | undefined,
  fetched: readonly FetchedSeries[],
  { store }: DataFolder,
  { config }: HeldParts,
  sources: OpenSources,
): Promise<RepairReport | null> {
  const { symbol, timeframe, signal, isMixed } = wish;
  const bars = await store.read(symbol, timeframe, -Infinity, Infinity);
  const window = windowOf(wish, bars, before, [...lost, ...fetched.flatMap(barsOnly)]);
  if (!(window.fromMs < window.toMs)) return null;
  const report = await repairSeries({
    symbol,
    timeframe,
    ...window,
    providers: (await eachSource(sources)).map(promptSource),
    store,
    calendar: calendarOfHeld(config, bars, before),
    clock: systemClock,
    signal,
    ...(isMixed ? { mayJoin: "any" } : {}),
  });
  const isWhole = wish.fromMs === undefined && wish.toMs === undefined && report.failures.length === 0;
  if (isWhole) await settleOutside(store, wish, window);
  return report;
}

/** What was fetched, from the first bar that came on. */
function barsOnly({ ranges }: FetchedSeries): readonly TimeRange[] {
  return ranges.map(({ fromMs, toMs, firstMs }) => ({ fromMs: firstMs ?? fromMs, toMs }));
}

/** The closes to look at: all that is held, was held or fetched, as far as the wish allows. */
function windowOf(
  wish: RepairWish,
  bars: VersionedBars,
  before: HeldBars | undefined,
  ranges: readonly TimeRange[],
): TimeRange {
  const bounded = ranges.filter((range) => !isUnbounded(range));
  const starts = [before?.fromMs, bars.closeTimeMs[0], ...bounded.map(({ fromMs }) => fromMs)];
  const lasts = [before?.toMs, bars.closeTimeMs.at(-1), ...bounded.map(({ toMs }) => toMs - 1)];
  return {
    fromMs: wish.fromMs ?? Math.min(...starts.map((timeMs) => timeMs ?? Infinity)),
    toMs: wish.toMs ?? Math.max(...lasts.map((timeMs) => timeMs ?? -Infinity)) + 1,
  };
}

/** Where nobody knew what was lost, everything that is known of has been asked for now: the rest was never there. */
async function settleOutside(
  store: BarStore,
  { symbol, timeframe }: RepairWish,
  window: TimeRange,
): Promise<void> {
  if (!(await store.missingOf(symbol, timeframe)).some(isUnbounded)) return;
  await store.settleMissing(symbol, timeframe, { fromMs: timeRangeMax.fromMs, toMs: window.fromMs });
  await store.settleMissing(symbol, timeframe, { fromMs: window.toMs, toMs: timeRangeMax.toMs });
}

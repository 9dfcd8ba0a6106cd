import type { Dirent } from "node:fs";
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import type { Timeframe } from "../../../domain/timeframe.ts";
import type {
  AppendResult,
  BarsToStore,
  BarStore,
  DamagedSeries,
  HeldBars,
  MissingBars,
  Provenance,
  ReadOptions,
  VersionedBars,
} from "../../../ports/bar-store.ts";
import { rangesWithout } from "../../../data/pipeline/time-ranges.ts";
import type { TimeRange } from "../../../ports/fetched-ranges.ts";
import { damageTo, isMissing, isNoFolder, readFault } from "../bars/bar-store-errors.ts";
import { findNews } from "../bars/find-news.ts";
import { refuseStranger } from "../bars/refuse-stranger.ts";
import { refuseUnfit } from "../bars/refuse-unfit.ts";
import { symbolOfName, timeframeOfName } from "../bars/series-name.ts";
import { lockWaitMs } from "../bars/writer-lock.ts";
import { BarDatabase } from "./bar-database.ts";
import { mergeAfterAppend, mergeAll } from "./plan-merge.ts";
import { repairSeries, type Repair } from "./repair-series.ts";
import { SeriesFolder } from "./series-folder.ts";
import { missingIn, rangeOver, sourcesIn, type SeriesManifest } from "./series-manifest.ts";

/** Rows of a full file: few enough to check and pack it quickly, enough for two years of minutes. */
const defaultBlockRows = 1 << 20;

/** How a store works; everything has a default. */
export type ParquetStoreOptions = {
  /** Rows of a full file. */
  readonly blockRows?: number | undefined;
  /** How long to wait for another writer before `STORE_LOCKED`. */
  readonly lockWaitMs?: number | undefined;
  /** What the commands in errors need besides symbol and timeframe, e.g. ` --data-folder other`. */
  readonly repairFlags?: string | undefined;
};

/**
 * Bars in Parquet files, one folder per symbol and timeframe. An append writes a new file and then names it in the
 * folder's manifest, at once; files are merged and never changed. Anything that reads Parquet can read them.
 */
export class ParquetBarStore implements BarStore {
  private readonly root: string;
  private readonly blockRows: number;
  private readonly lockWaitMs: number;
  private readonly repairFlags: string;
  private readonly database = new BarDatabase();
  private readonly folders = new Map<string, SeriesFolder>();
  private readonly running = new Set<Promise<unknown>>();

  constructor(root: string, options: ParquetStoreOptions = {}) {
    this.root = root;
    this.blockRows = options.blockRows ?? defaultBlockRows;
    this.lockWaitMs = options.lockWaitMs ?? lockWaitMs;
    this.repairFlags = options.repairFlags ?? "";
  }

  async append(
    symbol: string,
    timeframe: Timeframe,
    bars: BarsToStore,
    provenance: Provenance,
  ): Promise<AppendResult> {
    refuseUnfit(symbol, timeframe, bars, provenance);
    if (bars.length === 0) return { added: 0, revised: 0, unchanged: 0 };
    return this.track(this.appendTo(this.folder(symbol, timeframe), bars, provenance));
  }

  async read(
    symbol: string,
    timeframe: Timeframe,
    fromMs: number,
    toMs: number,
    { asOfMs = Infinity }: ReadOptions = {},
  ): Promise<VersionedBars> {
    const folder = this.folder(symbol, timeframe);
    const reading = async (): Promise<VersionedBars> => {
      for (;;) {
        const manifest = await folder.manifest();
        try {
          return await folder.select(manifest, { fromMs, toMs, asOfMs, keep: "newest" });
        } catch (cause) {
          // Another process may have merged the files away that were about to be read.
          const { generation } = await folder.manifest();
          if (generation === manifest.generation) throw readFault(folder.path, cause);
        }
      }
    };
    return this.track(reading());
  }

  async list(onDamaged?: (damaged: DamagedSeries) => void): Promise<readonly HeldBars[]> {
    const held: HeldBars[] = [];
    for await (const folder of this.everyFolder()) {
      const { symbol, timeframe } = folder;
      const found = await heldIn(folder).catch(damageTo(onDamaged, symbol, timeframe));
      if (found !== null) held.push(found);
    }
    return held;
  }

  async missing(): Promise<readonly MissingBars[]> {
    const found: MissingBars[] = [];
    for await (const folder of this.everyFolder()) {
      const { symbol, timeframe } = folder;
      const manifest = await folder.manifest().catch(damageTo(() => {}, symbol, timeframe));
      if (manifest === null) continue;
      found.push(...missingIn(manifest).map((range) => ({ symbol, timeframe, ...range })));
    }
    return found;
  }

  async missingOf(symbol: string, timeframe: Timeframe): Promise<readonly TimeRange[]> {
    return missingIn(await this.folder(symbol, timeframe).manifest());
  }

  async noteMissing(symbol: string, timeframe: Timeframe, range: TimeRange): Promise<void> {
    await this.changeMissing(symbol, timeframe, (missing) => [...missing, range]);
  }

  async settleMissing(symbol: string, timeframe: Timeframe, range: TimeRange): Promise<void> {
    // Mostly there is nothing to forget, and nothing to lock for that.
    const missing = await this.missingOf(symbol, timeframe);
    if (!missing.some(({ fromMs, toMs }) => fromMs < range.toMs && toMs > range.fromMs)) return;
    await this.changeMissing(symbol, timeframe, (now) => rangesWithout(now, [range]));
  }

  async lastCloseMs(symbol: string, timeframe: Timeframe): Promise<number | null> {
    return (await heldIn(this.folder(symbol, timeframe)))?.toMs ?? null;
  }

  async compact(symbol: string, timeframe: Timeframe): Promise<void> {
    const folder = this.folder(symbol, timeframe);
    // Writing would make a folder for a symbol that was never stored.
    if ((await folder.manifest()).files.length < 2) return;
    const work = folder.writing(this.lockWaitMs, async (found) => {
      let manifest = found;
      for (const run of mergeAll(manifest.files, this.blockRows))
        manifest = await folder.merge(manifest, run, this.blockRows);
    });
    return this.track(work);
  }

  /** Sets damaged files aside and goes on with the whole ones; says what that leaves. Changes nothing that is sound. */
  async repair(symbol: string, timeframe: Timeframe): Promise<Repair> {
    const folder = this.folder(symbol, timeframe);
    return this.track(repairSeries(folder, this.database, this.lockWaitMs, this.blockRows));
  }

  async close(): Promise<void> {
    await Promise.allSettled(this.running);
    await this.database.close();
  }

  private async appendTo(
    folder: SeriesFolder,
    bars: BarsToStore,
    provenance: Provenance,
  ): Promise<AppendResult> {
    return folder.writing(this.lockWaitMs, async (found) => {
      refuseStranger(folder.symbol, folder.timeframe, sourcesIn(found), provenance);
      const manifest = withCalendar(found, provenance);
      const fromMs = bars.closeTimeMs[0]!;
      const toMs = bars.closeTimeMs[bars.length - 1]! + 1;
      const held = await folder.select(manifest, { fromMs, toMs, asOfMs: Infinity, keep: "newest" });
      const { news, result } = findNews(held, bars, provenance);
      if (news.length === 0) return result;
      const next = await folder.add(manifest, news, result.added, this.blockRows);
      const small = mergeAfterAppend(next.files, this.blockRows);
      // The bars are safe by now. What keeps files from being merged shows when they are read or compacted.
      if (small.length > 0) await folder.merge(next, small, this.blockRows).catch(() => {});
      return result;
    });
  }

  private async changeMissing(
    symbol: string,
    timeframe: Timeframe,
    next: (missing: readonly TimeRange[]) => readonly TimeRange[],
  ): Promise<void> {
    const folder = this.folder(symbol, timeframe);
    const change = async (manifest: SeriesManifest) => folder.changeMissing(manifest, next);
    await this.track(folder.writing(this.lockWaitMs, change));
  }

  private async *everyFolder(): AsyncGenerator<SeriesFolder> {
    for (const symbolName of await namesIn(this.root)) {
      const symbol = symbolOfName(symbolName);
      if (symbol === null) continue;
      for (const name of await namesIn(join(this.root, symbolName), "a link to a file is none")) {
        const timeframe = timeframeOfName(name);
        if (timeframe !== null) yield this.folder(symbol, timeframe);
      }
    }
  }

  private folder(symbol: string, timeframe: Timeframe): SeriesFolder {
    const key = `${timeframe} ${symbol}`;
    const known = this.folders.get(key);
    if (known !== undefined) return known;
    const made = new SeriesFolder(this.root, symbol, timeframe, this.database, this.repairFlags);
    this.folders.set(key, made);
    return made;
  }

  private async track<T>(work: Promise<T>): Promise<T> {
    this.running.add(work);
    try {
      return await work;
    } finally {
      this.running.delete(work);
    }
  }
}

async function heldIn(folder: SeriesFolder): Promise<HeldBars | null> {
  const manifest = await folder.manifest();
  const { symbol, timeframe, bars, files, calendarName = null } = manifest;
  if (files.length === 0) return null;
  const [fromMs, toMs] = rangeOver(files, "closeTimeMs");
  const versions = files.reduce((sum, { rows }) => sum + rows, 0);
  const sources = sourcesIn(manifest);
  return { symbol, timeframe, bars, versions, fromMs, toMs, sources, calendarName };
}

/** The first source that knows when a symbol trades is believed. */
function withCalendar(manifest: SeriesManifest, { calendarName }: Provenance): SeriesManifest {
  const isNews = calendarName !== undefined && manifest.calendarName === undefined;
  return isNews ? { ...manifest, calendarName } : manifest;
}

/** Names of the folders in a folder, sorted. */
async function namesIn(folder: string, files?: "a link to a file is none"): Promise<readonly string[]> {
  try {
    const entries = await readdir(folder, { withFileTypes: true });
    // A link may lead to a folder on another disk; what it leads to shows when it is opened.
    const isFolderLike = (entry: Dirent): boolean => entry.isDirectory() || entry.isSymbolicLink();
    return entries
      .filter(isFolderLike)
      .map(({ name }) => name)
      .sort();
  } catch (cause) {
    if (isMissing(cause) || (files !== undefined && isNoFolder(cause))) return [];
    throw readFault(folder, cause);
  }
}

import { readdir, rm } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { Timeframe } from "../../../domain/timeframe.ts";
import type {
  AppendResult,
  BarsToStore,
  BarStore,
  HeldBars,
  Provenance,
  ReadOptions,
  VersionedBars,
} from "../../../ports/bar-store.ts";
import { isMissing, readFault, storeFault, writeFault } from "../bars/bar-store-errors.ts";
import { syncFolder } from "../bars/durable-files.ts";
import { findNews } from "../bars/find-news.ts";
import { refuseUnfit } from "../bars/refuse-unfit.ts";
import { nameOfSymbol, nameOfTimeframe, symbolOfName, timeframeOfName } from "../bars/series-name.ts";
import { noBars } from "../bars/version-columns.ts";
import { lockWaitMs, withWriterLock } from "../bars/writer-lock.ts";
import { BarDatabase } from "./bar-database.ts";
import { mergeAfterAppend, mergeAll } from "./plan-merge.ts";
import { filesFor, readFiles, type Selection } from "./read-files.ts";
import { rangeOver, readManifest, storeFormat, writeManifest, type BarFile, type SeriesManifest } from "./series-manifest.ts";
import { FileVerifier } from "./verify-files.ts";
import { writeFiles } from "./write-files.ts";

/** Rows of a full file: small enough to check and pack quickly, large enough that a decade of minutes is five files. */
const defaultBlockRows = 1 << 20;

export type ParquetStoreOptions = {
  readonly blockRows?: number | undefined;
  /** How long to wait for another writer before `STORE_LOCKED`. */
  readonly lockWaitMs?: number | undefined;
};

/** One symbol and timeframe, and where its bars are. */
type Series = { readonly symbol: string; readonly timeframe: Timeframe; readonly folder: string };

/**
 * Bars in Parquet files, one folder per symbol and timeframe. An append writes a new file and then names it in the
 * folder's manifest, at once; files are merged and never changed. The files can be read by anything that reads Parquet.
 */
export class ParquetBarStore implements BarStore {
  private readonly root: string;
  private readonly blockRows: number;
  private readonly lockWaitMs: number;
  private readonly database = new BarDatabase();
  private readonly verifier = new FileVerifier();
  private readonly running = new Set<Promise<unknown>>();

  constructor(root: string, options: ParquetStoreOptions = {}) {
    this.root = root;
    this.blockRows = options.blockRows ?? defaultBlockRows;
    this.lockWaitMs = options.lockWaitMs ?? lockWaitMs;
  }

  async append(
    symbol: string,
    timeframe: Timeframe,
    bars: BarsToStore,
    provenance: Provenance,
  ): Promise<AppendResult> {
    refuseUnfit(symbol, timeframe, bars, provenance);
    return this.writing(this.seriesOf(symbol, timeframe), async (series, manifest) => {
      const held = await this.select(series, manifest, {
        fromMs: bars.closeTimeMs[0] ?? Infinity,
        toMs: after(bars.closeTimeMs[bars.length - 1] ?? -Infinity),
        asOfMs: Infinity,
        keep: "newest",
      });
      const { news, result } = findNews(held, bars, provenance);
      if (news.length === 0) return result;
      const next = await this.add(series, manifest, news, result.added);
      await this.merge(series, next, [mergeAfterAppend(next.files, this.blockRows)]).catch(() => {
        // The bars are safe; what keeps files from being merged shows when they are read or compacted.
      });
      return result;
    });
  }

  async read(
    symbol: string,
    timeframe: Timeframe,
    fromMs: number,
    toMs: number,
    { asOfMs = Infinity }: ReadOptions = {},
  ): Promise<VersionedBars> {
    const series = this.seriesOf(symbol, timeframe);
    const selection: Selection = { fromMs, toMs, asOfMs, keep: "newest" };
    return this.track(async () => {
      for (;;) {
        const manifest = await this.manifestOf(series);
        try {
          return await this.select(series, manifest, selection);
        } catch (cause) {
          // Another process may have merged the files away that this one was about to read.
          const now = await this.manifestOf(series);
          if (now.generation === manifest.generation) throw readFault(series.folder, cause);
        }
      }
    });
  }

  async list(): Promise<readonly HeldBars[]> {
    const held: HeldBars[] = [];
    for (const symbolName of await namesIn(this.root)) {
      const symbol = symbolOfName(symbolName);
      if (symbol === null) continue;
      for (const name of await namesIn(join(this.root, symbolName))) {
        const timeframe = timeframeOfName(name);
        if (timeframe === null) continue;
        const { files, bars } = await this.manifestOf(this.seriesOf(symbol, timeframe));
        if (files.length === 0) continue;
        const [fromMs, toMs] = rangeOver(files, "closeTimeMs");
        const versions = files.reduce((sum, { rows }) => sum + rows, 0);
        const sources = [...new Set(files.flatMap((file) => file.sources))].sort();
        held.push({ symbol, timeframe, bars, versions, fromMs, toMs, sources });
      }
    }
    return held.sort((a, b) => (a.symbol === b.symbol ? a.fromMs - b.fromMs : a.symbol < b.symbol ? -1 : 1));
  }

  async lastCloseMs(symbol: string, timeframe: Timeframe): Promise<number | null> {
    const { files } = await this.manifestOf(this.seriesOf(symbol, timeframe));
    return files.length === 0 ? null : rangeOver(files, "closeTimeMs")[1];
  }

  async compact(symbol: string, timeframe: Timeframe): Promise<void> {
    return this.writing(this.seriesOf(symbol, timeframe), async (series, manifest) => {
      await this.merge(series, manifest, mergeAll(manifest.files, this.blockRows));
    });
  }

  async close(): Promise<void> {
    await Promise.allSettled(this.running);
    await this.database.close();
  }
}

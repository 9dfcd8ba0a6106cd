import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { assert } from "../../../base/assert.ts";
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
import { joinRanges, rangesWithout } from "../../../data/pipeline/time-ranges.ts";
import type { TimeRange } from "../../../ports/fetched-ranges.ts";
import { damageTo, isMissing, readFault, storeNewer, writeFault } from "../bars/bar-store-errors.ts";
import { replaceFile } from "../bars/durable-files.ts";
import { findNews } from "../bars/find-news.ts";
import { keepNewest } from "../bars/keep-newest.ts";
import { refuseStranger } from "../bars/refuse-stranger.ts";
import { refuseUnfit, unfit } from "../bars/refuse-unfit.ts";
import { symbolOfName, timeframeOfName } from "../bars/series-name.ts";
import { noBars } from "../bars/version-columns.ts";
import { lockWaitMs, withWriterLock } from "../bars/writer-lock.ts";
import { readNotes, writeNotes } from "./csv-notes.ts";
import { CsvSeries, innerFolder } from "./csv-series.ts";
import { rowsWhere, sortedVersions } from "./merge-versions.ts";

/** The form of a folder of CSV files. A later Kiwi that changes it counts up. */
const storeFormat = 1;
const formatName = join(innerFolder, "format.json");

/** How a store works; everything has a default. */
export type CsvStoreOptions = {
  /** Bars kept of each symbol and timeframe, the newest; default all. */
  readonly rowsMax?: number | undefined;
  /** How long to wait for another writer before `STORE_LOCKED`. */
  readonly lockWaitMs?: number | undefined;
};

/**
 * Bars in CSV files that people can open, one per symbol and timeframe: the newest version of every bar, in the order
 * of time. Older versions stand in files beside them. With `rowsMax`, older bars are dropped as new ones come.
 */
export class CsvBarStore implements BarStore {
  private readonly root: string;
  private readonly rowsMax: number;
  private readonly lockWaitMs: number;
  private readonly running = new Set<Promise<unknown>>();

  constructor(root: string, options: CsvStoreOptions = {}) {
    this.root = root;
    this.rowsMax = options.rowsMax ?? Infinity;
    this.lockWaitMs = options.lockWaitMs ?? lockWaitMs;
    assert(this.rowsMax >= 1, "a store keeps at least one row");
  }

  async append(
    symbol: string,
    timeframe: Timeframe,
    bars: BarsToStore,
    provenance: Provenance,
  ): Promise<AppendResult> {
    refuseUnfit(symbol, timeframe, bars, provenance);
    refuseFineTimes(symbol, bars, provenance);
    if (bars.length === 0) return { added: 0, revised: 0, unchanged: 0 };
    const series = this.series(symbol, timeframe);
    return this.writing(series, async () => {
      await this.join(series, provenance);
      return this.appendTo(series, bars, provenance);
    });
  }

  async read(
    symbol: string,
    timeframe: Timeframe,
    fromMs: number,
    toMs: number,
    { asOfMs = Infinity }: ReadOptions = {},
  ): Promise<VersionedBars> {
    const series = this.series(symbol, timeframe);
    return this.track(async () => {
      await this.refuseNewer();
      const isPast = asOfMs < Infinity;
      const bars = isPast ? await series.allVersions() : await series.newest();
      const wanted = rowsWhere(bars, (row) => {
        const closeMs = bars.closeTimeMs[row]!;
        return closeMs >= fromMs && closeMs < toMs && bars.receivedAtMs[row]! <= asOfMs;
      });
      if (isPast) keepNewest(wanted, 0, "newest");
      return wanted.finish(symbol, timeframe);
    });
  }

  async list(onDamaged?: (damaged: DamagedSeries) => void): Promise<readonly HeldBars[]> {
    await this.refuseNewer();
    const held: HeldBars[] = [];
    for (const series of await this.everySeries(this.root, ".csv")) {
      const { symbol, timeframe } = series;
      const found = await heldIn(series, symbol, timeframe).catch(damageTo(onDamaged, symbol, timeframe));
      if (found !== null) held.push(found);
    }
    return held;
  }

  async missing(): Promise<readonly MissingBars[]> {
    const found: MissingBars[] = [];
    for (const series of await this.everySeries(join(this.root, innerFolder), ".notes.json")) {
      const { symbol, timeframe } = series;
      const { missing } = await readNotes(series.notesPath);
      found.push(...missing.map((range) => ({ symbol, timeframe, ...range })));
    }
    return found;
  }

  async missingOf(symbol: string, timeframe: Timeframe): Promise<readonly TimeRange[]> {
    return (await readNotes(this.series(symbol, timeframe).notesPath)).missing;
  }

  async noteMissing(symbol: string, timeframe: Timeframe, range: TimeRange): Promise<void> {
    await this.changeMissing(symbol, timeframe, (missing) => joinRanges([...missing, range]));
  }

  async settleMissing(symbol: string, timeframe: Timeframe, range: TimeRange): Promise<void> {
    if ((await this.missingOf(symbol, timeframe)).length > 0)
      await this.changeMissing(symbol, timeframe, (missing) => rangesWithout(missing, [range]));
  }

  async lastCloseMs(symbol: string, timeframe: Timeframe): Promise<number | null> {
    await this.refuseNewer();
    const series = this.series(symbol, timeframe);
    return (await series.lastCloseMs()) ?? (await series.newest()).closeTimeMs.at(-1) ?? null;
  }

  async compact(symbol: string, timeframe: Timeframe): Promise<void> {
    const series = this.series(symbol, timeframe);
    if ((await this.lastCloseMs(symbol, timeframe)) === null) return;
    await this.writing(series, async () => {
      const newest = await series.newest();
      await series.replace(newest, this.retained(newest), noBars(symbol, timeframe));
    });
  }

  async close(): Promise<void> {
    await Promise.allSettled(this.running);
  }

  /** Writes down, before the first of its bars, that a source joins a series. */
  private async join(series: CsvSeries, provenance: Provenance): Promise<void> {
    const notes = await readNotes(series.notesPath);
    const known = notes.sources ?? (await series.newest()).sources;
    refuseStranger(series.symbol, series.timeframe, known, provenance);
    const sources = [...new Set([...known, provenance.source])].sort();
    const calendarName = notes.calendarName ?? provenance.calendarName ?? null;
    if (notes.sources?.length === sources.length && notes.calendarName === calendarName) return;
    await writeNotes(series.notesPath, { ...notes, sources, calendarName });
  }

  private async appendTo(
    series: CsvSeries,
    bars: BarsToStore,
    provenance: Provenance,
  ): Promise<AppendResult> {
    const { symbol, timeframe } = series;
    const lastMs = this.rowsMax === Infinity ? await series.lastCloseMs() : null;
    const isBehindAll = lastMs !== null && bars.closeTimeMs[0]! > lastMs;
    const held = isBehindAll ? noBars(symbol, timeframe) : await series.newest();
    const { news, result } = findNews(held, bars, provenance);
    if (news.length === 0) return result;
    if (lastMs !== null && news.closeTimeMs[0]! > lastMs) await series.extend(news);
    else {
      const closes = new Set(news.closeTimeMs);
      const superseded = rowsWhere(held, (row) => closes.has(held.closeTimeMs[row]!));
      const merged = sortedVersions(held, news);
      keepNewest(merged, 0, "newest");
      await series.replace(
        held,
        this.retained(merged.finish(symbol, timeframe)),
        superseded.finish(symbol, timeframe),
      );
    }
    return result;
  }

  private retained(bars: VersionedBars): VersionedBars {
    const first = bars.length - this.rowsMax;
    if (first <= 0) return bars;
    return rowsWhere(bars, (row) => row >= first).finish(bars.symbol, bars.timeframe);
  }

  private async changeMissing(
    symbol: string,
    timeframe: Timeframe,
    next: (missing: readonly TimeRange[]) => readonly TimeRange[],
  ): Promise<void> {
    const series = this.series(symbol, timeframe);
    await this.writing(series, async () => {
      const notes = await readNotes(series.notesPath);
      const missing = next(notes.missing);
      if (JSON.stringify(missing) !== JSON.stringify(notes.missing))
        await writeNotes(series.notesPath, { ...notes, missing });
    });
  }

  /** The series that files in a folder are named after. */
  private async everySeries(folder: string, ending: string): Promise<readonly CsvSeries[]> {
    return (await namesIn(folder, ending)).flatMap((name) => {
      const dash = name.lastIndexOf("-");
      const symbol = symbolOfName(name.slice(0, Math.max(0, dash)));
      const timeframe = timeframeOfName(name.slice(dash + 1));
      return symbol === null || timeframe === null ? [] : [this.series(symbol, timeframe)];
    });
  }

  private series(symbol: string, timeframe: Timeframe): CsvSeries {
    return new CsvSeries(this.root, symbol, timeframe);
  }

  private async writing<T>(series: CsvSeries, work: () => Promise<T>): Promise<T> {
    const lock = { path: series.lockPath, what: series.path, waitMs: this.lockWaitMs };
    return this.track(async () => {
      try {
        return await withWriterLock(lock, async () => {
          if (!(await this.refuseNewer()))
            await replaceFile(join(this.root, formatName), [`${JSON.stringify({ format: storeFormat })}\n`]);
          return work();
        });
      } catch (cause) {
        throw writeFault(series.path, cause);
      }
    });
  }

  /** Whether the format is written down; throws `STORE_NEWER` for a later one. */
  private async refuseNewer(): Promise<boolean> {
    const path = join(this.root, formatName);
    let text: string;
    try {
      text = await readFile(path, "utf8");
    } catch (cause) {
      if (isMissing(cause)) return false;
      throw readFault(path, cause);
    }
    const format = Number(/"format":\s*(\d+)/.exec(text)?.[1] ?? 0);
    if (format > storeFormat) throw storeNewer(this.root, format, storeFormat);
    return format === storeFormat;
  }

  private async track<T>(work: () => Promise<T>): Promise<T> {
    const running = work();
    this.running.add(running);
    try {
      return await running;
    } finally {
      this.running.delete(running);
    }
  }
}

/** The files hold times as dates, which count whole milliseconds. */
function refuseFineTimes(symbol: string, bars: BarsToStore, { receivedAtMs }: Provenance): void {
  const { closeTimeMs, length, timeframe } = bars;
  let row = 0;
  while (row < length && Number.isInteger(closeTimeMs[row])) row += 1;
  if (row < length || !Number.isInteger(receivedAtMs))
    throw unfit(
      symbol,
      timeframe,
      `the time ${row < length ? closeTimeMs[row] : receivedAtMs} is finer than a millisecond, which a CSV store cannot hold`,
    );
}

async function namesIn(folder: string, ending: string): Promise<readonly string[]> {
  try {
    const names = await readdir(folder);
    return names
      .filter((name) => name.endsWith(ending))
      .map((name) => name.slice(0, -ending.length))
      .sort();
  } catch (cause) {
    if (isMissing(cause)) return [];
    throw readFault(folder, cause);
  }
}

async function heldIn(series: CsvSeries, symbol: string, timeframe: Timeframe): Promise<HeldBars | null> {
  const [{ closeTimeMs, length, sources }, all] = [await series.newest(), await series.allVersions()];
  const { calendarName } = await readNotes(series.notesPath);
  if (length === 0) return null;
  const [fromMs, toMs] = [closeTimeMs[0]!, closeTimeMs[length - 1]!];
  const names = [...new Set([...sources, ...all.sources])].sort();
  return {
    symbol,
    timeframe,
    bars: length,
    versions: all.length,
    fromMs,
    toMs,
    sources: names,
    calendarName,
  };
}

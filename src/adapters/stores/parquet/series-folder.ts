import { readdir, rm } from "node:fs/promises";
import { dirname, join } from "node:path";
import { canonicalJson } from "../../../base/hash.ts";
import type { Timeframe } from "../../../domain/timeframe.ts";
import type { VersionedBars } from "../../../ports/bar-store.ts";
import type { TimeRange } from "../../../ports/fetched-ranges.ts";
import { storeFault, writeFault } from "../bars/bar-store-errors.ts";
import { partialSuffix, syncFolder } from "../bars/durable-files.ts";
import { nameOfSymbol, nameOfTimeframe } from "../bars/series-name.ts";
import { withWriterLock } from "../bars/writer-lock.ts";
import type { BarDatabase } from "./bar-database.ts";
import { filesFor, readFiles, type Selection } from "./read-files.ts";
import {
  isBarFile,
  manifestName,
  missingIn,
  readManifest,
  storeFormat,
  withMissing,
  writeManifest,
  type BarFile,
  type SeriesManifest,
} from "./series-manifest.ts";
import { FileVerifier } from "./verify-files.ts";
import { writeFiles } from "./write-files.ts";

/** The folder of one symbol and timeframe: a manifest, the files it names, and what a crash may have left. */
export class SeriesFolder {
  readonly symbol: string;
  readonly timeframe: Timeframe;
  readonly path: string;
  /** What to type when something is damaged. */
  readonly repairCommand: string;
  private readonly root: string;
  private readonly database: BarDatabase;
  private readonly verifier = new FileVerifier();

  constructor(
    root: string,
    symbol: string,
    timeframe: Timeframe,
    database: BarDatabase,
    repairFlags: string = "",
  ) {
    this.root = root;
    this.symbol = symbol;
    this.timeframe = timeframe;
    this.database = database;
    this.path = join(root, nameOfSymbol(symbol), nameOfTimeframe(timeframe));
    const shown = /^[\w./-]+$/.test(symbol) ? symbol : `'${symbol.replaceAll("'", String.raw`'\''`)}'`;
    this.repairCommand = `kiwi data repair ${shown} -t ${timeframe}${repairFlags}`;
  }

  /** What the folder holds; nothing when it does not exist. */
  async manifest(): Promise<SeriesManifest> {
    return (await readManifest(this.path, this.repairCommand)) ?? this.emptyManifest();
  }

  /** What a folder holds that was never written. */
  emptyManifest(): SeriesManifest {
    const { symbol, timeframe } = this;
    return { format: storeFormat, symbol, timeframe, generation: 0, bars: 0, files: [] };
  }

  /** Reads rows of the files that a manifest names, after checking those files. */
  async select(manifest: SeriesManifest, selection: Selection): Promise<VersionedBars> {
    const files = filesFor(manifest.files, selection);
    await this.verifier.verify(this.path, files, manifest.files, this.repairCommand);
    return readFiles(this.database, this.path, files, selection, this.symbol, this.timeframe);
  }

  /** Does work as the only writer of this folder, on what it holds now. */
  async writing<T>(waitMs: number, work: (manifest: SeriesManifest) => Promise<T>): Promise<T> {
    return this.locked(waitMs, async () => {
      const found = await this.manifest();
      const manifest = found.generation === 0 ? await this.replace(found) : found;
      await this.removeLeftovers(manifest);
      return work(manifest);
    });
  }

  /** Does work as the only writer of this folder, whatever it holds. */
  async locked<T>(waitMs: number, work: () => Promise<T>): Promise<T> {
    try {
      return await withWriterLock({ path: join(this.path, "writer.lock"), what: this.path, waitMs }, work);
    } catch (cause) {
      throw writeFault(this.path, cause);
    }
  }

  /** Adds rows, `newBars` of which are bars that were not held. Returns the new state. */
  async add(
    manifest: SeriesManifest,
    rows: VersionedBars,
    newBars: number,
    blockRows: number,
  ): Promise<SeriesManifest> {
    const files = await writeFiles(this.database, this.path, rows, blockRows);
    return this.commit(manifest, manifest.bars + newBars, [...manifest.files, ...files]);
  }

  /** Writes the rows of some files into as few as possible. The old ones go once the new ones are named. */
  async merge(manifest: SeriesManifest, old: readonly BarFile[], blockRows: number): Promise<SeriesManifest> {
    const everything: Selection = { fromMs: -Infinity, toMs: Infinity, asOfMs: Infinity, keep: "all" };
    const rows = await this.select({ ...manifest, files: old }, everything);
    const merged = await writeFiles(this.database, this.path, rows, blockRows);
    const others = manifest.files.filter((file) => !old.includes(file));
    const next = await this.commit(manifest, manifest.bars, [...others, ...merged]);
    await this.removeLeftovers(next);
    return next;
  }

  /** Says which ranges lack bars from now on. Returns the new state, the same where nothing changed. */
  async changeMissing(
    manifest: SeriesManifest,
    next: (missing: readonly TimeRange[]) => readonly TimeRange[],
  ): Promise<SeriesManifest> {
    const changed = withMissing(manifest, next(missingIn(manifest)));
    return canonicalJson(changed) === canonicalJson(manifest) ? manifest : this.replace(changed);
  }

  /** Makes a manifest the state of the folder, whatever state it was in. */
  async replace(manifest: SeriesManifest): Promise<SeriesManifest> {
    await syncFolder(this.path);
    const next = { ...manifest, generation: manifest.generation + 1 };
    await writeManifest(this.path, next);
    if (manifest.generation === 0) await this.syncParents();
    return next;
  }

  private async commit(
    base: SeriesManifest,
    bars: number,
    files: readonly BarFile[],
  ): Promise<SeriesManifest> {
    const { generation } = await this.manifest();
    if (generation !== base.generation) throw overtaken(this.path);
    return this.replace({ ...base, bars, files });
  }

  /** Removes files that no manifest names: a writer that was killed left them, or they were merged. */
  private async removeLeftovers({ files }: SeriesManifest): Promise<void> {
    const named = new Set(files.map(({ name }) => name));
    for (const name of await readdir(this.path)) {
      const isLeft = isBarFile(name) ? !named.has(name) : name === manifestName + partialSuffix;
      // A file that another process still reads cannot be removed on Windows; the next writer will.
      if (isLeft) await rm(join(this.path, name), { force: true }).catch(() => {});
    }
  }

  /** A new folder is safe when its names are, up to the one that holds the store. */
  private async syncParents(): Promise<void> {
    for (const folder of [dirname(this.path), this.root, dirname(this.root)])
      await syncFolder(folder).catch(() => {});
  }
}

function overtaken(path: string): Error {
  return storeFault({
    code: "STORE_LOCKED",
    exit: "data",
    message: `${path} was written by another process at the same time`,
    why: "its disk does not keep file locks (some network disks do not); nothing was lost, these bars were not stored",
    fix: "keep the bars on a local disk, or let one process write at a time; then run the same command again",
  });
}

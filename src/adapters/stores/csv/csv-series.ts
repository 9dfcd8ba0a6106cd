import { readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import type { Timeframe } from "../../../domain/timeframe.ts";
import type { VersionedBars } from "../../../ports/bar-store.ts";
import { isMissing, readFault, storeDamaged } from "../bars/bar-store-errors.ts";
import { replaceFile, withFile } from "../bars/durable-files.ts";
import { nameOfSymbol, nameOfTimeframe } from "../bars/series-name.ts";
import { noBars, type VersionTable } from "../bars/version-columns.ts";
import { csvHeader, readRows, textOfRows } from "./csv-rows.ts";
import { rowsWhere, sortedVersions } from "./merge-versions.ts";

/** The folder inside a store for what people need not open. */
export const innerFolder = ".kiwi";
/** Bytes at the end of a file that surely hold its last row. */
const tailBytes = 16_384;

/** The files of one symbol and timeframe: one with the newest version of every bar, one with the older versions. */
export class CsvSeries {
  readonly symbol: string;
  readonly timeframe: Timeframe;
  readonly path: string;
  readonly lockPath: string;
  /** What is known of the series besides its bars. */
  readonly notesPath: string;
  private readonly olderPath: string;

  constructor(root: string, symbol: string, timeframe: Timeframe) {
    this.symbol = symbol;
    this.timeframe = timeframe;
    const name = `${nameOfSymbol(symbol)}-${nameOfTimeframe(timeframe)}`;
    this.path = join(root, `${name}.csv`);
    this.lockPath = join(root, innerFolder, `${name}.lock`);
    this.notesPath = join(root, innerFolder, `${name}.notes.json`);
    this.olderPath = join(root, innerFolder, `${name}.versions.csv`);
  }

  /** The newest version of every bar. */
  async newest(): Promise<VersionedBars> {
    const bars = await this.rowsOf(this.path);
    for (let row = 1; row < bars.length; row++)
      if (bars.closeTimeMs[row]! <= bars.closeTimeMs[row - 1]!) throw disorder(this.path, row);
    return bars;
  }

  /** Every version of every bar that is held, sorted by close and version. */
  async allVersions(): Promise<VersionedBars> {
    // In this order: what a writer moves to the older ones meanwhile is read twice, and not missed.
    const newest = await this.newest();
    const older = await this.rowsOf(this.olderPath);
    const held = new Set(newest.closeTimeMs);
    // A bar that retention dropped is gone with all its versions.
    const wanted = rowsWhere(older, (row) => held.has(older.closeTimeMs[row]!));
    return this.finish(sortedVersions(newest, this.finish(wanted)));
  }

  /** Replaces what is `held`. `superseded` are versions that leave the first file for the second. */
  async replace(held: VersionedBars, newest: VersionedBars, superseded: VersionedBars): Promise<void> {
    if (superseded.length > 0) {
      const older = await this.rowsOf(this.olderPath);
      // Versions of bars that retention dropped before go now; those of bars that it drops now go the next time.
      const kept = rowsWhere(older, (row) => older.closeTimeMs[row]! >= held.closeTimeMs[0]!);
      // First, so that a crash in between leaves a version in both files and never in none.
      await replaceFile(this.olderPath, textOf(this.finish(sortedVersions(this.finish(kept), superseded))));
    }
    await replaceFile(this.path, textOf(newest));
  }

  /** Close of the last row, if the file ends as it should; null if it does not, or does not exist. */
  async lastCloseMs(): Promise<number | null> {
    const size = (await stat(this.path).catch(missingIsNull))?.size ?? 0;
    if (size === 0) return null;
    const bytes = Buffer.alloc(Math.min(size, tailBytes));
    await withFile(this.path, "r", async (file) => file.read(bytes, 0, bytes.length, size - bytes.length));
    const text = bytes.toString("utf8");
    const lines = text.split(/\r?\n/);
    const closeMs = Date.parse(lines.at(-2)?.split(",")[0] ?? "");
    return text.endsWith("\n") && !text.includes("\0") && Number.isFinite(closeMs) ? closeMs : null;
  }

  /** Adds rows behind the last one. What fails half-way is taken back; what a crash leaves half-way, reading leaves out. */
  async extend(rows: VersionedBars): Promise<void> {
    const { size } = await stat(this.path);
    await withFile(this.path, "r+", async (file) => {
      try {
        let at = size;
        for (const text of textOfRows(rows)) {
          const bytes = Buffer.from(text);
          for (let done = 0; done < bytes.length;) {
            const { bytesWritten } = await file.write(bytes, done, bytes.length - done, at);
            done += bytesWritten;
            at += bytesWritten;
          }
        }
        await file.sync();
      } catch (cause) {
        await file.truncate(size).catch(() => {});
        throw cause;
      }
    });
  }

  private async rowsOf(path: string): Promise<VersionedBars> {
    let text: string;
    try {
      text = await readFile(path, "utf8");
    } catch (cause) {
      if (isMissing(cause)) return noBars(this.symbol, this.timeframe);
      throw readFault(path, cause);
    }
    return this.finish(readRows(path, text));
  }

  private finish(table: VersionTable): VersionedBars {
    return table.finish(this.symbol, this.timeframe);
  }
}

function* textOf(bars: VersionedBars): Generator<string> {
  yield `${csvHeader}\n`;
  yield* textOfRows(bars);
}

function missingIsNull(cause: unknown): null {
  if (isMissing(cause)) return null;
  throw cause;
}

function disorder(path: string, row: number): Error {
  return storeDamaged(
    path,
    `line ${row + 2} is not later than the line before it`,
    `the ${row} rows before it are sound; rows must be in the order of time, each time once`,
    `sort the rows, or take the line out`,
  );
}

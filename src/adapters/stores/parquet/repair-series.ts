import { mkdir, readdir, readFile, rename } from "node:fs/promises";
import { join } from "node:path";
import { crc32 } from "node:zlib";
import { KiwiError } from "../../../base/errors.ts";
import { isMissing } from "../bars/bar-store-errors.ts";
import { quotedPath, type BarDatabase } from "./bar-database.ts";
import { mergeAll } from "./plan-merge.ts";
import { timeRangeMax, type TimeRange } from "../../../ports/fetched-ranges.ts";
import type { Selection } from "./read-files.ts";
import type { SeriesFolder } from "./series-folder.ts";
import { isBarFile, type BarFile, type SeriesManifest } from "./series-manifest.ts";
import { faultOf } from "./verify-files.ts";

/** A file whose bars are lost until they are downloaded again. */
export type LostFile = {
  readonly name: string;
  readonly why: string;
  /** First and last close it held, UTC milliseconds; null where nobody knows. */
  readonly fromMs: number | null;
  readonly toMs: number | null;
};

/** What a repair found. */
export type Repair = {
  /** Bars that are held now. */
  readonly bars: number;
  /** Files that are missing, or now stand in the folder `damaged`. */
  readonly lost: readonly LostFile[];
  /** False where the manifest was lost: its checksums went with it, so a flipped bit could not be noticed. */
  readonly isVerified: boolean;
};

/** The files of a folder, judged. */
type Inventory = Omit<Repair, "bars"> & {
  readonly manifest: SeriesManifest;
  readonly whole: readonly BarFile[];
};

/** Sets damaged files of a folder aside, deleting none, and makes the whole ones its state. */
export async function repairSeries(
  folder: SeriesFolder,
  database: BarDatabase,
  waitMs: number,
  blockRows: number,
): Promise<Repair> {
  return folder.locked(waitMs, async () => {
    const { manifest, whole, lost, isVerified } = await takeInventory(folder, database);
    if (isVerified && lost.length === 0) return { bars: manifest.bars, lost, isVerified };
    // First of all, so that whoever comes after a crash knows what there was.
    // With the list of files went what it said to be missing, and nobody knows what else it named.
    const unknown = isVerified ? [] : [timeRangeMax];
    const told = await folder.changeMissing(manifest, (missing) => [
      ...missing,
      ...lost.map(spanOf),
      ...unknown,
    ]);
    for (const { name } of lost) await setAside(folder.path, name);
    const everything: Selection = { fromMs: -Infinity, toMs: Infinity, asOfMs: Infinity, keep: "newest" };
    const { length: bars } = await folder.select({ ...told, files: whole }, everything);
    let next = await folder.replace({ ...told, bars, files: whole });
    // Without a manifest, files that were merged and files of the merge may both be there.
    if (!isVerified)
      for (const run of mergeAll(whole, blockRows)) next = await folder.merge(next, run, blockRows);
    return { bars, lost, isVerified };
  });
}

/** The closes that a lost file may have held. */
function spanOf({ fromMs, toMs }: LostFile): TimeRange {
  return { fromMs: fromMs ?? timeRangeMax.fromMs, toMs: toMs === null ? timeRangeMax.toMs : toMs + 1 };
}

async function takeInventory(folder: SeriesFolder, database: BarDatabase): Promise<Inventory> {
  try {
    return await checkNamed(folder, await folder.manifest());
  } catch (cause) {
    if (cause instanceof KiwiError && cause.parts.code === "STORE_DAMAGED")
      return findUnnamed(folder, database);
    throw cause;
  }
}

async function checkNamed(folder: SeriesFolder, manifest: SeriesManifest): Promise<Inventory> {
  const whole: BarFile[] = [];
  const lost: LostFile[] = [];
  for (const file of manifest.files) {
    const why = await faultOf(folder.path, file);
    const [fromMs, toMs] = file.closeTimeMs;
    if (why === null) whole.push(file);
    else lost.push({ name: file.name, why, fromMs, toMs });
  }
  return { manifest, whole, lost, isVerified: true };
}

async function findUnnamed(folder: SeriesFolder, database: BarDatabase): Promise<Inventory> {
  const whole: BarFile[] = [];
  const lost: LostFile[] = [];
  const names = (await readdir(folder.path)).filter(isBarFile);
  for (const name of names.sort()) {
    try {
      whole.push(await describeFile(database, folder.path, name));
    } catch (cause) {
      lost.push({ name, why: (cause as Error).message.split("\n")[0]!, fromMs: null, toMs: null });
    }
  }
  return { manifest: folder.emptyManifest(), whole, lost, isVerified: false };
}

async function describeFile(database: BarDatabase, folder: string, name: string): Promise<BarFile> {
  const path = join(folder, name);
  const bytes = await readFile(path);
  const columns = ["closeTimeMs", "receivedAtMs", "version", "quality"] as const;
  const ranges = columns.map((column) => `min("${column}")::DOUBLE, max("${column}")::DOUBLE`);
  // Asking for a sum of every price reads every page: a file that breaks in the middle is found here.
  const sums = `sum("open" + "high" + "low" + "close" + "volume")`;
  const sql = `SELECT count(*)::DOUBLE, ${ranges.join(", ")}, ${sums}, list(DISTINCT "source") FROM read_parquet(${quotedPath(path)})`;
  const [row] = await database.use(async (connection) => (await connection.runAndReadAll(sql)).getRowsJS());
  const value = (index: number): number => row![index] as number;
  const range = (index: number): readonly [number, number] => [value(index), value(index + 1)];
  return {
    name,
    bytes: bytes.length,
    crc32: crc32(bytes),
    rows: value(0),
    closeTimeMs: range(1),
    receivedAtMs: range(3),
    version: range(5),
    quality: range(7),
    sources: row![10] as string[],
  };
}

async function setAside(folder: string, name: string): Promise<void> {
  const aside = join(folder, "damaged");
  await mkdir(aside, { recursive: true });
  try {
    await rename(join(folder, name), join(aside, name));
  } catch (cause) {
    if (!isMissing(cause)) throw cause;
  }
}

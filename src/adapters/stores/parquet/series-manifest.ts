import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { canonicalJson, sha256 } from "../../../base/hash.ts";
import { joinRanges } from "../../../data/pipeline/time-ranges.ts";
import type { Timeframe } from "../../../domain/timeframe.ts";
import type { TimeRange } from "../../../ports/fetched-ranges.ts";
import { isMissing, readFault, storeDamaged, storeNewer } from "../bars/bar-store-errors.ts";
import { replaceFile } from "../bars/durable-files.ts";

/** The form of a folder of bars. A later Kiwi that changes it counts up. */
export const storeFormat = 1;
/** The one file of a folder that changes: what it names is held, what it does not name is not. */
export const manifestName = "manifest.json";

/** Smallest and largest value of a column in a file. */
export type Range = readonly [least: number, most: number];

/** A Parquet file of bars, sorted by close and version. Its name is never used again. */
export type BarFile = {
  readonly name: string;
  readonly bytes: number;
  /** CRC-32 of the file: Parquet itself does not notice a flipped bit, it returns another price. */
  readonly crc32: number;
  readonly rows: number;
  readonly closeTimeMs: Range;
  readonly receivedAtMs: Range;
  readonly version: Range;
  readonly quality: Range;
  readonly sources: readonly string[];
};

/** What a folder of bars holds. */
export type SeriesManifest = {
  readonly format: number;
  readonly symbol: string;
  readonly timeframe: Timeframe;
  /** One more with every change: a writer that finds another number than it read has been overtaken. */
  readonly generation: number;
  /** Different bars; the rows of all files together count their versions. */
  readonly bars: number;
  readonly files: readonly BarFile[];
  /** Ranges of closes that lack bars, each from its first time to the one after its last; absent without any. */
  readonly missing?: readonly Range[];
  /** When the symbol trades, as the first source that knew it has said. */
  readonly calendarName?: string;
};

/** The ranges of a folder that lack bars. */
export function missingIn({ missing = [] }: SeriesManifest): readonly TimeRange[] {
  return missing.map(([fromMs, toMs]) => ({ fromMs, toMs }));
}

/** The same folder, lacking the bars of these ranges. */
export function withMissing(manifest: SeriesManifest, ranges: readonly TimeRange[]): SeriesManifest {
  const { missing: _, ...rest } = manifest;
  const joined = joinRanges(ranges).map(({ fromMs, toMs }): Range => [fromMs, toMs]);
  return joined.length === 0 ? rest : { ...rest, missing: joined };
}

/** Whose bars a folder holds, sorted. */
export function sourcesIn({ files }: SeriesManifest): readonly string[] {
  return [...new Set(files.flatMap((file) => file.sources))].sort();
}

/** Whether a file has a name that this store gives to files of bars. Others are not its own and are left alone. */
export function isBarFile(name: string): boolean {
  return /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\.parquet$/.test(name);
}

/** Reads what a folder holds, or null if it was never written. Throws `STORE_NEWER`, `STORE_DAMAGED`, `STORE_NOT_READABLE`. */
export async function readManifest(folder: string, repair: string): Promise<SeriesManifest | null> {
  const path = join(folder, manifestName);
  const damaged = (why: string): Error =>
    storeDamaged(path, why, "the files of bars beside it may be whole", repair);
  let text: string;
  try {
    text = await readFile(path, "utf8");
  } catch (cause) {
    if (!isMissing(cause)) throw readFault(path, cause);
    // It is written before the first bars are: without it, bars are not what a killed writer left behind.
    const names = await readdir(folder).catch(() => []);
    if (names.some(isBarFile)) throw damaged("it is missing");
    return null;
  }
  const found = parsed(text);
  if (found === null) throw damaged("it is not what was written");
  if (found.format > storeFormat) throw storeNewer(folder, found.format, storeFormat);
  const { sha256: sum, ...manifest } = found;
  if (sum !== checksumOf(manifest)) throw damaged("it contradicts its own checksum");
  return manifest;
}

/** The checksum of what a manifest says; none of what is nested too deep to be one. */
function checksumOf(manifest: unknown): string | null {
  try {
    return sha256(canonicalJson(manifest));
  } catch (cause) {
    if (cause instanceof RangeError) return null;
    throw cause;
  }
}

/** Makes a manifest the state of its folder, at once and for good. */
export async function writeManifest(folder: string, manifest: SeriesManifest): Promise<void> {
  const sum = sha256(canonicalJson(manifest));
  await replaceFile(join(folder, manifestName), [
    `${JSON.stringify({ ...manifest, sha256: sum }, null, 1)}\n`,
  ]);
}

/** Smallest `from` and largest `to` over the same column of files. */
export function rangeOver(
  files: readonly BarFile[],
  column: "closeTimeMs" | "receivedAtMs" | "version" | "quality",
): Range {
  const [least, most] = [
    Math.min(...files.map((file) => file[column][0])),
    Math.max(...files.map((file) => file[column][1])),
  ];
  return [least, most];
}

/** What the text of a manifest says, unless it is no manifest at all. */
function parsed(text: string): (SeriesManifest & { readonly sha256?: string }) | null {
  try {
    const value = JSON.parse(text) as (SeriesManifest & { readonly sha256?: string }) | null;
    return typeof value === "object" && typeof value?.format === "number" ? value : null;
  } catch {
    return null;
  }
}

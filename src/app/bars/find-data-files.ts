import { resolve } from "node:path";
import { findCsvFiles } from "../../adapters/sources/csv/find-csv-files.ts";
import { parseFileName } from "../../adapters/sources/csv/file-name.ts";
import type { Timeframe } from "../../domain/timeframe.ts";
import { pickSymbols, plainSymbol } from "./pick-symbols.ts";

/** A file that was found, and what its name says. */
export type DataFile = {
  readonly path: string;
  readonly symbol: string;
  readonly timeframe: Timeframe | null;
};

/**
 * The files behind the data paths. Of a folder, only the symbols asked for are taken, and where a symbol is there
 * in several timeframes, that of the run: nothing is read that is not needed. `hasOthers` says that symbols may
 * also come from elsewhere. Throws `FILE_NOT_FOUND` and `SYMBOL_UNKNOWN`.
 */
export async function findDataFiles(
  folder: string,
  paths: readonly string[],
  pairs: readonly string[],
  timeframe: Timeframe | undefined,
  hasOthers: boolean,
): Promise<readonly DataFile[]> {
  const named: DataFile[] = [];
  const listed: DataFile[] = [];
  for (const path of paths) {
    const files = await findCsvFiles(resolve(folder, path));
    const group = files.length === 1 ? named : listed;
    for (const file of files) group.push({ path: file, ...parseFileName(file) });
  }
  return unique([...named, ...ofTimeframe(ofPairs(listed, pairs, hasOthers || named.length > 0), timeframe)]);
}

function ofPairs(
  listed: readonly DataFile[],
  pairs: readonly string[],
  mayBeElsewhere: boolean,
): readonly DataFile[] {
  if (pairs.length === 0 || !mayBeElsewhere) return pickSymbols(listed, pairs, "the folder");
  const plain = new Set(pairs.map(plainSymbol));
  return listed.filter((file) => plain.has(plainSymbol(file.symbol)));
}

function ofTimeframe(files: readonly DataFile[], timeframe: Timeframe | undefined): readonly DataFile[] {
  if (timeframe === undefined) return files;
  const exact = new Set(files.filter((file) => file.timeframe === timeframe).map((file) => file.symbol));
  return files.filter((file) => !exact.has(file.symbol) || file.timeframe === timeframe);
}

/** The same file may be behind two paths. */
function unique(files: readonly DataFile[]): readonly DataFile[] {
  return [...new Map(files.map((file) => [file.path, file])).values()];
}

/** Files that are one series: those of one symbol and timeframe by their names, or all where the symbol is told. */
export function filesOfOneSeries(
  paths: readonly string[],
  told: string | undefined,
): readonly (readonly string[])[] {
  const keyOf = (path: string): string => {
    const { symbol, timeframe } = parseFileName(path);
    return told ?? `${symbol} ${timeframe ?? ""}`;
  };
  return [...Map.groupBy(paths, keyOf).values()];
}

import { sourceDiffers } from "../../adapters/stores/bars/refuse-stranger.ts";
import { findCsvFiles } from "../../adapters/sources/csv/find-csv-files.ts";
import type { CsvReading } from "../../adapters/sources/csv/csv-reading.ts";
import { KiwiError } from "../../base/errors.ts";
import type { Timeframe } from "../../domain/timeframe.ts";
import type { AppendResult, BarStore, HeldBars } from "../../ports/bar-store.ts";
import type { KiwiConfig } from "../config/config-schema.ts";
import { parseFileName } from "../../adapters/sources/csv/file-name.ts";
import type { Bars } from "../../domain/bars.ts";
import { filesOfOneSeries } from "../bars/find-data-files.ts";
import { readJoined } from "../bars/join-files.ts";
import { readDataFile } from "../bars/read-data-file.ts";
import { surveyHeld } from "./held-for.ts";

/** Whom imported bars are said to come from. */
const sourceName = "csv";

/** What became of a file, or of the files of bid and ask of one market. */
export type ImportedFile = {
  readonly paths: readonly [string, ...string[]];
  readonly reading: CsvReading;
  readonly result: AppendResult;
};

/** A file whose bars are not stored, and why. */
export type FailedFile = { readonly path: string; readonly error: KiwiError };

/** Who hears what becomes of each file. */
export type ImportListener = {
  readonly onFile: (done: ImportedFile) => void;
  readonly onFailed: (failed: FailedFile) => void;
};

/** What to import and how to read it. */
export type ImportRequest = {
  readonly paths: readonly string[];
  readonly csv: KiwiConfig["csv"];
  /** For files that do not tell it themselves. */
  readonly timeframe: Timeframe | undefined;
  /** Whether the bars may stand in a series of another source. */
  readonly isMixed: boolean;
  readonly nowMs: number;
  /** When a symbol trades, where a person has said so; kept with its bars. */
  readonly calendarOf: (symbol: string) => string | undefined;
};

/** The files behind paths, folders and patterns, each once. Throws `FILE_NOT_FOUND`. */
export async function filesToImport(paths: readonly string[]): Promise<readonly string[]> {
  const found: string[] = [];
  for (const path of paths) found.push(...(await findCsvFiles(path)));
  return [...new Set(found)];
}

/**
 * Reads files one after the other and stores their bars; doing it twice changes nothing. Files of one symbol and
 * timeframe add up. A file that cannot be read, or whose bars would be mixed with those of another source, is told and
 * does not stop the others. Throws `SYMBOL_MANY`, and what the store throws: what came before stays stored.
 */
export async function importFiles(
  request: ImportRequest,
  store: BarStore,
  { onFile, onFailed }: ImportListener,
  signal: AbortSignal,
): Promise<void> {
  const { paths, csv, timeframe, isMixed, nowMs, calendarOf } = request;
  if (paths.length > 1 && csv.symbol !== undefined) throw oneSymbolForMany(csv.symbol, paths.length);
  // Once and not for each file: what this import adds is of its own source.
  const held = isMixed ? [] : (await surveyHeld(store)).held;
  for (const files of withOtherSides(paths)) {
    if (signal.aborted) return;
    const [path] = files;
    const options = { ...csv, nowMs };
    const read =
      files.length === 1 ? readDataFile(path, options, timeframe) : readJoined(files, options, timeframe);
    const reading = await read
      .then((found) => refuseStranger(found, held, path))
      .catch((error: unknown) => failed(error, path, paths.length, onFailed));
    if (reading === null) continue;
    const { bars, ask } = reading;
    const keep = (table: Bars): Promise<AppendResult> =>
      store.append(table.symbol, table.timeframe, table, {
        source: sourceName,
        receivedAtMs: nowMs,
        mayJoin: isMixed ? "any" : [],
        calendarName: calendarOf(bars.symbol),
      });
    const result = await keep(bars);
    // The ask is a series of its own beside the middle: whatever looks after bars looks after it.
    if (ask !== undefined) await keep(ask);
    onFile({ paths: files, reading, result });
  }
}

/** Each file alone, and files of bids together with the files of asks of the same market. */
function withOtherSides(paths: readonly string[]): readonly (readonly [string, ...string[]])[] {
  return filesOfOneSeries(paths, undefined).flatMap((files) => {
    const sides = new Set(files.map((path) => parseFileName(path).side));
    const alone = files.map((path): readonly [string] => [path]);
    return sides.has("bid") && sides.has("ask") ? [files as readonly string[] as readonly [string]] : alone;
  });
}

function refuseStranger(reading: CsvReading, held: readonly HeldBars[], path: string): CsvReading {
  const { symbol, timeframe } = reading.bars;
  const before = held.find((one) => one.symbol === symbol && one.timeframe === timeframe);
  const stranger = before?.sources.find((name) => name !== sourceName);
  if (before !== undefined && stranger !== undefined) throw sourceDiffers(before, stranger, path);
  return reading;
}

/** One file among others does not stop them; the only one, and what is no mistake of the file's, ends the import. */
function failed(error: unknown, path: string, files: number, onFailed: ImportListener["onFailed"]): null {
  if (files === 1 || !(error instanceof KiwiError)) throw error;
  onFailed({ path, error });
  return null;
}

function oneSymbolForMany(symbol: string, count: number): KiwiError {
  return new KiwiError({
    code: "SYMBOL_MANY",
    exit: "usage",
    message: `--symbol ${symbol} would name the bars of ${count} files`,
    why: "it names one file whose own name says nothing",
    fix: "import the file alone, or name the files after their symbols: BTCUSDT-1h.csv",
    topic: "csv",
  });
}

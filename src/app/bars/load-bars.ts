import type { BarsRequest } from "./bars-request.ts";
import { relative, resolve } from "node:path";
import { checkCommand } from "../data/check-command.ts";
import { sha256Of } from "../../base/hash.ts";
import { KiwiError } from "../../base/errors.ts";
import { formatTime } from "../../base/time.ts";
import type { CsvDetected, CsvOptions, Quarantine } from "../../adapters/sources/csv/csv-reading.ts";
import { sliceBars, type Bars } from "../../domain/bars.ts";
import { parseFileName } from "../../adapters/sources/csv/file-name.ts";
import { isDataFolder } from "../data/data-folder.ts";
import type { StoredProvenance } from "../data/stored-bars.ts";
import { filesOfOneSeries, findDataFiles } from "./find-data-files.ts";
import { hashFile } from "./hash-file.ts";
import { barCalendar } from "../../domain/calendar/detect-calendar-name.ts";
import { pickSymbols } from "./pick-symbols.ts";
import { readJoined } from "./join-files.ts";
import { readDataFile } from "./read-data-file.ts";
import { rowsBefore } from "../config/session-rows.ts";
import { symbolTwice } from "./symbol-twice.ts";
import { isSynthetic, syntheticBars, type RegimePath } from "./synthetic-source.ts";

/** Warnings beyond this many are counted and not shown one by one. */
const warningsMax = 6;

/** Where the bars of one symbol come from, and what was found on the way. */
export type BarSource = {
  readonly path: string;
  /** Of the file, or of stored bars the fingerprint that the catalogue shows; null for a synthetic market. */
  readonly sha256: string | null;
  readonly bars: Bars;
  /** Where the source has bid and ask: the bars of the ask; `bars` are the middle of both. */
  readonly ask?: Bars | undefined;
  readonly detected: CsvDetected | null;
  readonly quarantine: Quarantine | null;
  readonly rowsRead: number;
  /** Where bars of a data folder came from. */
  readonly stored?: StoredProvenance | undefined;
  /** What is known of made-up bars; it may go on beyond their end. */
  readonly truth?: RegimePath;
  /** What is to be known about them before they are trusted. */
  readonly warnings?: readonly string[];
};

export type LoadedBars = {
  /** One per symbol, sorted by symbol. */
  readonly sources: readonly BarSource[];
  readonly dataKind: "real" | "synthetic";
  readonly warnings: readonly string[];
};

/** Loads the bars of a run. Throws what the reader throws, `DATA_NONE`, `SYMBOL_UNKNOWN`, `SYMBOL_TWICE`, `DATA_MISSING`. */
export async function loadBars(
  request: BarsRequest,
  onFile?: (done: number, total: number) => void,
): Promise<LoadedBars> {
  const { made, folders, files: paths } = await sortPaths(request);
  if (request.asOfMs !== undefined && made.length + paths.length > 0) throw noPast(made[0] ?? paths[0]!);
  const read: BarSource[] = made.flatMap((path) => fromSynthetic(path, request));
  const hasOthers = made.length + folders.length + paths.length > 1;
  for (const path of folders) read.push(...(await fromFolder(path, request, hasOthers)));
  const files =
    paths.length === 0
      ? []
      : await findDataFiles(request.folder, paths, request.pairs, request.timeframe, read.length > 0);
  const groups = filesOfOneSeries(
    files.map(({ path }) => path),
    request.csv.symbol,
  );
  let done = 0;
  for (const group of groups) {
    read.push(await fromFiles(group, request, groups.length));
    done += group.length;
    onFile?.(done, files.length);
  }
  const picked = pickSymbols(read.map(withSymbol), request.pairs, "--data").map(({ source }) => source);
  refuseTwice(picked);
  const warnings: string[] = [];
  const sources = untilEnd(picked, request, warnings);
  return {
    sources: [...sources].sort((a, b) => (a.bars.symbol < b.bars.symbol ? -1 : 1)),
    dataKind: sources.some(isMadeUp) ? "synthetic" : "real",
    warnings: [...warnings, ...readingWarnings(sources)],
  };
}

type SortedPaths = {
  readonly made: readonly string[];
  readonly folders: readonly string[];
  readonly files: readonly string[];
};

/** What each path stands for. Without any, symbols that are named come from the project's own data folder. */
async function sortPaths({ folder, data, pairs, dataFolder }: BarsRequest): Promise<SortedPaths> {
  if (data.length === 0) {
    const isHeld = dataFolder !== undefined && (await isDataFolder(resolve(folder, dataFolder)));
    if (!isHeld || pairs.length === 0) throw noData(isHeld);
    return { made: [], folders: [dataFolder], files: [] };
  }
  const made = data.filter(isSynthetic);
  const others = data.filter((path) => !isSynthetic(path));
  const are = await Promise.all(others.map((path) => isDataFolder(resolve(folder, path))));
  return {
    made,
    folders: others.filter((_, index) => are[index]),
    files: others.filter((_, index) => !are[index]),
  };
}

/** Loaded when it is needed: a run on files must not wait for a database. */
async function fromFolder(
  path: string,
  request: BarsRequest,
  hasOthers: boolean,
): Promise<readonly BarSource[]> {
  const { readStoredBars } = await import("../data/stored-bars.ts");
  return readStoredBars(path, request, hasOthers);
}

function isMadeUp({ path, stored }: BarSource): boolean {
  const isStoredSo = stored?.sources.some(({ source }) => source === "synthetic") ?? false;
  return isSynthetic(path) || /synthetic/i.test(path) || isStoredSo;
}

function withSymbol(source: BarSource): { symbol: string; source: BarSource } {
  return { symbol: source.bars.symbol, source };
}

function fromSynthetic(path: string, request: BarsRequest): readonly BarSource[] {
  return syntheticBars(path, request.seed).map(({ bars, truth }) => ({
    path,
    sha256: null,
    bars,
    truth,
    detected: null,
    quarantine: null,
    rowsRead: bars.length,
  }));
}

async function fromFiles(
  paths: readonly string[],
  request: BarsRequest,
  groupCount: number,
): Promise<BarSource> {
  const { csv, instruments } = request;
  const [path] = paths as readonly [string];
  const symbol = groupCount === 1 ? csv.symbol : undefined;
  const named = instruments?.[symbol ?? parseFileName(path).symbol] ?? instruments?.["*"];
  const calendarName = named?.calendar ?? instruments?.["*"]?.calendar;
  const options: CsvOptions = { ...csv, symbol, calendarName, nowMs: request.nowMs };
  const reading =
    paths.length === 1
      ? await readDataFile(path, options, request.timeframe)
      : await readJoined(paths, options, request.timeframe);
  // Afterwards: a file that is refused at its first line is not read to its end.
  const hashes = await Promise.all(paths.map(hashFile));
  const sha256 = hashes.length === 1 ? hashes[0]! : sha256Of(hashes);
  return { path: shownPath(request.folder, path), sha256, ...reading };
}

/** The sources without the bars that close after the range. One of many symbols may begin later; alone it is an error. */
function untilEnd(
  sources: readonly BarSource[],
  { to, instruments }: BarsRequest,
  warnings: string[],
): readonly BarSource[] {
  if (to === undefined) return sources;
  const kept = sources.flatMap((source) => {
    const { bars } = source;
    const named = instruments?.[bars.symbol]?.calendar ?? instruments?.["*"]?.calendar;
    const length = rowsBefore(to, bars, () => barCalendar(bars, named));
    if (length >= 2) return [{ ...source, bars: length === bars.length ? bars : sliceBars(bars, 0, length) }];
    warnings.push(`${source.path} was left out: it has ${length === 0 ? "no bars" : "one bar"} until ${to}`);
    return [];
  });
  if (kept.length === 0) throw nothingUntil(sources, to);
  return kept;
}

/** A path as people see it: relative where the file lies below the folder. */
function shownPath(folder: string, path: string): string {
  const below = relative(folder, path);
  return below.startsWith("..") ? path : below;
}

/** What people should know about the files before they trust a run on them. */
function readingWarnings(sources: readonly BarSource[]): readonly string[] {
  const lines = sources.flatMap(({ bars, quarantine, detected, warnings = [] }) => {
    const bad = quarantine?.entries.filter(({ fate }) => fate === "quarantined") ?? [];
    const notes = detected?.notes.filter((note) => note.includes("turned round") || note.includes("?")) ?? [];
    return [
      ...warnings,
      ...bad.map(
        ({ kind, count, examples: [first] }) =>
          `${bars.symbol}: ${count} ${count === 1 ? "row" : "rows"} not used (${kind})${first === undefined ? "" : `, e.g. line ${first.line}: ${first.reason}`}`,
      ),
      ...notes.map((note) => `${bars.symbol}: ${note}`),
    ];
  });
  const more = lines.length - warningsMax;
  return more <= 0
    ? lines
    : [
        ...lines.slice(0, warningsMax),
        `${more} more warnings about reading the files: ${checkCommand(sources)}`,
      ];
}

function refuseTwice(sources: readonly BarSource[]): void {
  const seen = new Map<string, BarSource>();
  for (const source of sources) {
    const before = seen.get(source.bars.symbol);
    if (before !== undefined) throw symbolTwice(before, source);
    seen.set(source.bars.symbol, source);
  }
}

function noData(isHeld: boolean): KiwiError {
  return new KiwiError({
    code: "DATA_NONE",
    exit: "usage",
    message: "no data were given",
    why: isHeld
      ? "there is nothing to go through without bars, and neither the command nor a configuration says which of those held"
      : "there is nothing to go through without bars, and no configuration names any",
    fix: isHeld
      ? "name the symbols: -p BTCUSDT -t 1h (kiwi data list shows what is held), or add --data FILE_OR_FOLDER"
      : "add --data FILE_OR_FOLDER, download some (kiwi data download BTCUSDT -t 1h --source binance), or try --data synthetic (made-up bars, offline)",
    topic: "data",
  });
}

function noPast(path: string): KiwiError {
  return new KiwiError({
    code: "AS_OF_IMPOSSIBLE",
    exit: "usage",
    message: `--as-of cannot be kept for ${path}`,
    why: "only a data folder remembers when each bar arrived and what it was before",
    fix: "leave --as-of out, or read bars that were downloaded: --data .kiwi/data",
    topic: "download",
  });
}

function nothingUntil(sources: readonly BarSource[], to: string): KiwiError {
  const firstMs = Math.min(...sources.map(({ bars }) => bars.closeTimeMs[0]!));
  const lastMs = Math.max(...sources.map(({ bars }) => bars.closeTimeMs[bars.length - 1]!));
  return new KiwiError({
    code: "DATA_MISSING",
    exit: "data",
    message: `the bars close ${formatTime(firstMs)} to ${formatTime(lastMs)}; you asked until ${to}`,
    why: "fewer than two bars are left: one to decide on and one to fill on",
    fix: "choose a later --to, or get older data",
    topic: "data-missing",
  });
}

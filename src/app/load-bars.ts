import { relative } from "node:path";
import { KiwiError } from "../base/errors.ts";
import { formatTime } from "../base/time.ts";
import { readCsv } from "../adapters/sources/csv/read-csv.ts";
import type { CsvDetected, CsvOptions, CsvReading, Quarantine } from "../adapters/sources/csv/csv-reading.ts";
import { sliceBars, type Bars } from "../domain/bars.ts";
import type { Timeframe } from "../domain/timeframe.ts";
import type { KiwiConfig } from "./config-schema.ts";
import { findDataFiles, type DataFile } from "./find-data-files.ts";
import { hashFile } from "./hash-file.ts";
import { pickSymbols } from "./pick-symbols.ts";
import { isSynthetic, syntheticBars } from "./synthetic-source.ts";

/** Warnings beyond this many are counted and not shown one by one. */
const warningsMax = 6;

/** What to load: paths and how to read them. */
export type BarsRequest = {
  /** Relative paths start here. */
  readonly folder: string;
  readonly data: readonly string[];
  readonly pairs: readonly string[];
  readonly timeframe: Timeframe | undefined;
  /** Bars that close later are left out. */
  readonly toMs: number;
  readonly csv: KiwiConfig["csv"];
  readonly seed: number;
  readonly nowMs: number;
};

/** Where the bars of one symbol come from, and what was found on the way. */
export type BarSource = {
  readonly path: string;
  /** Null for a synthetic market. */
  readonly sha256: string | null;
  readonly bars: Bars;
  readonly detected: CsvDetected | null;
  readonly quarantine: Quarantine | null;
  readonly rowsRead: number;
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
  if (request.data.length === 0) throw noData();
  const made = request.data.filter(isSynthetic).flatMap((path) => fromSynthetic(path, request));
  const files = await findDataFiles(
    request.folder,
    request.data.filter((path) => !isSynthetic(path)),
    request.pairs,
    request.timeframe,
    made.length > 0,
  );
  const warnings: string[] = [];
  const read: BarSource[] = [];
  for (const [index, file] of files.entries()) {
    read.push(await fromFile(file, request, files.length));
    onFile?.(index + 1, files.length);
  }
  const picked = pickSymbols([...read, ...made].map(withSymbol), request.pairs, "--data").map(
    ({ source }) => source,
  );
  refuseTwice(picked);
  const sources = untilEnd(picked, request.toMs, warnings);
  const isMadeUp = sources.some(({ path }) => isSynthetic(path) || /synthetic/i.test(path));
  return {
    sources: [...sources].sort((a, b) => (a.bars.symbol < b.bars.symbol ? -1 : 1)),
    dataKind: isMadeUp ? "synthetic" : "real",
    warnings: [...warnings, ...readingWarnings(sources)],
  };
}

function withSymbol(source: BarSource): { symbol: string; source: BarSource } {
  return { symbol: source.bars.symbol, source };
}

function fromSynthetic(path: string, request: BarsRequest): readonly BarSource[] {
  return syntheticBars(path, request.seed).map((bars) => ({
    path,
    sha256: null,
    bars,
    detected: null,
    quarantine: null,
    rowsRead: bars.length,
  }));
}

async function fromFile(file: DataFile, request: BarsRequest, fileCount: number): Promise<BarSource> {
  const { csv } = request;
  const options: CsvOptions = {
    ...csv,
    symbol: fileCount === 1 ? csv.symbol : undefined,
    nowMs: request.nowMs,
  };
  const [reading, sha256] = await Promise.all([
    readFitting(file.path, options, request.timeframe),
    hashFile(file.path),
  ]);
  return { path: shownPath(request.folder, file.path), sha256, ...reading };
}

/** The sources without the bars that close after the range. One of many symbols may begin later; alone it is an error. */
function untilEnd(sources: readonly BarSource[], toMs: number, warnings: string[]): readonly BarSource[] {
  if (toMs === Infinity) return sources;
  const kept = sources.flatMap((source) => {
    const { bars } = source;
    const length = rowsUntil(bars, toMs);
    if (length >= 2) return [{ ...source, bars: length === bars.length ? bars : sliceBars(bars, 0, length) }];
    warnings.push(
      `${source.path} was left out: it has ${length === 0 ? "no bars" : "one bar"} until ${formatTime(toMs)}`,
    );
    return [];
  });
  if (kept.length === 0) throw nothingUntil(sources, toMs);
  return kept;
}

function rowsUntil({ closeTimeMs, length }: Bars, toMs: number): number {
  let rows = length;
  while (rows > 0 && closeTimeMs[rows - 1]! > toMs) rows -= 1;
  return rows;
}

/** A path as people see it: relative where the file lies below the folder. */
function shownPath(folder: string, path: string): string {
  const below = relative(folder, path);
  return below.startsWith("..") ? path : below;
}

/** Where a file does not tell how long its bars are, the timeframe of the run says it. */
async function readFitting(
  path: string,
  options: CsvOptions,
  timeframe: Timeframe | undefined,
): Promise<CsvReading> {
  try {
    return await readCsv(path, options);
  } catch (error) {
    const code = error instanceof KiwiError ? error.parts.code : "";
    if (timeframe === undefined || !/^CSV_TIMEFRAME_(UNKNOWN|CONFLICT)$/.test(code)) throw error;
    return readCsv(path, { ...options, timeframe });
  }
}

/** What people should know about the files before they trust a run on them. */
function readingWarnings(sources: readonly BarSource[]): readonly string[] {
  const lines = sources.flatMap(({ bars, quarantine, detected }) => {
    const bad = quarantine?.entries.filter(({ fate }) => fate === "quarantined") ?? [];
    const notes = detected?.notes.filter((note) => note.includes("turned round") || note.includes("?")) ?? [];
    return [
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
    : [...lines.slice(0, warningsMax), `${more} more warnings about reading the files: kiwi data check`];
}

function refuseTwice(sources: readonly BarSource[]): void {
  const seen = new Map<string, BarSource>();
  for (const source of sources) {
    const before = seen.get(source.bars.symbol);
    if (before !== undefined) throw symbolTwice(before, source);
    seen.set(source.bars.symbol, source);
  }
}

function symbolTwice(one: BarSource, other: BarSource): KiwiError {
  const isOtherTimeframe = one.bars.timeframe !== other.bars.timeframe;
  return new KiwiError({
    code: "SYMBOL_TWICE",
    exit: "data",
    message: `${one.bars.symbol} comes twice: ${one.path} (${one.bars.timeframe}) and ${other.path} (${other.bars.timeframe})`,
    why: "a run has one set of bars for each symbol",
    fix: isOtherTimeframe
      ? `choose one with -t ${one.bars.timeframe}, or name the file: --data ${one.path}`
      : `leave one out, or give it another name: --data ${one.path}`,
    topic: "data",
  });
}

function noData(): KiwiError {
  return new KiwiError({
    code: "DATA_NONE",
    exit: "usage",
    message: "no data were given",
    why: "a backtest needs bars, and no configuration names any",
    fix: "add --data FILE_OR_FOLDER, or try --data synthetic (made-up bars, offline)",
    topic: "data",
  });
}

function nothingUntil(sources: readonly BarSource[], toMs: number): KiwiError {
  const firstMs = Math.min(...sources.map(({ bars }) => bars.closeTimeMs[0]!));
  const lastMs = Math.max(...sources.map(({ bars }) => bars.closeTimeMs[bars.length - 1]!));
  return new KiwiError({
    code: "DATA_MISSING",
    exit: "data",
    message: `the bars close ${formatTime(firstMs)} to ${formatTime(lastMs)}; you asked until ${formatTime(toMs)}`,
    why: "fewer than two bars are left: one to decide on and one to fill on",
    fix: "choose a later --to, or get older data",
    topic: "data-missing",
  });
}

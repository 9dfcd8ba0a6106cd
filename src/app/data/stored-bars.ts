import { relative, resolve } from "node:path";
import { fingerprintOf } from "../../adapters/stores/catalogue/catalogue-entry.ts";
import { KiwiError } from "../../base/errors.ts";
import { nearest } from "../../base/nearest.ts";
import { dayMs, formatTime } from "../../base/time.ts";
import { askSymbol } from "../../adapters/sources/csv/quotes/join-quotes.ts";
import { barsOf, type Bars } from "../../domain/bars.ts";
import { barCalendar } from "../../domain/calendar/detect-calendar-name.ts";
import { countOf } from "../../data/validation/finding-list.ts";
import { timeframeMs, type Timeframe } from "../../domain/timeframe.ts";
import { barQuality, type BarStore, type HeldBars, type VersionedBars } from "../../ports/bar-store.ts";
import type { BarsRequest } from "../bars/bars-request.ts";
import type { BarSource } from "../bars/load-bars.ts";
import { rowsBefore } from "../config/session-rows.ts";
import { isDay, readDay } from "../config/read-day.ts";
import { plainSymbol } from "../bars/pick-symbols.ts";
import { heldFor } from "./held-for.ts";
import { openBars } from "./open-data.ts";

/** Where stored bars came from. */
export type StoredProvenance = {
  readonly sources: readonly { readonly source: string; readonly bars: number }[];
  /** Bars that their source changed after they were first stored. */
  readonly revised: number;
  /** Bars that stand in for missing ones. */
  readonly filled: number;
  /** When the newest of what was read arrived, UTC milliseconds. */
  readonly receivedToMs: number;
};

/**
 * Reads bars from a data folder, of each symbol the timeframe that a run decides on or the longest that it can be made
 * of, as they were known at `asOfMs` (else at the present of the run: a run that is repeated reads what it read then).
 * Bars that say they arrived in the future are used and warned about.
 * Throws `SYMBOL_UNKNOWN`, `SYMBOL_TWICE`, `TIMEFRAME_MISSING`, `DATA_MISSING` and what the store throws.
 */
export async function readStoredBars(
  path: string,
  request: BarsRequest,
  hasOthers: boolean,
): Promise<readonly BarSource[]> {
  const store = await openBars(resolve(request.folder, path));
  try {
    const found: BarSource[] = [];
    for (const held of choose(await heldFor(store, request.pairs), path, request, hasOthers))
      found.push(await readOne(store, held, path, request));
    return found;
  } finally {
    await store.close();
  }
}

/** One series for each symbol that is asked for; what is not held may come from elsewhere where `hasOthers`. */
function choose(
  held: readonly HeldBars[],
  path: string,
  { pairs, timeframe }: BarsRequest,
  hasOthers: boolean,
): readonly HeldBars[] {
  const bySymbol = Map.groupBy(held, ({ symbol }) => symbol);
  // The ask of a market is read with it; it trades by itself where somebody names it.
  if (pairs.length === 0) for (const symbol of bySymbol.keys()) bySymbol.delete(askSymbol(symbol));
  if (bySymbol.size === 0) throw nothingHeld(path);
  const known = [...bySymbol.keys()].sort();
  const isHeld = (pair: string): boolean => known.some((symbol) => plainSymbol(symbol) === plainSymbol(pair));
  const wanted = hasOthers ? pairs.filter(isHeld) : pairs;
  const symbols = pairs.length === 0 ? known : wanted.map((pair) => heldSymbol(pair, known, path));
  return [...new Set(symbols)].map((symbol) => chooseTimeframe(symbol, bySymbol.get(symbol)!, timeframe));
}

/** The held symbol that a person means. Throws `SYMBOL_UNKNOWN` with the nearest. */
export function heldSymbol(given: string, known: readonly string[], where: string): string {
  const found =
    known.find((symbol) => symbol === given) ??
    known.find((symbol) => plainSymbol(symbol) === plainSymbol(given));
  if (found !== undefined) return found;
  const near = nearest(given, known);
  const shown =
    known.length > 12 ? `${known.slice(0, 12).join(", ")} ... (${known.length})` : known.join(", ");
  throw new KiwiError({
    code: "SYMBOL_UNKNOWN",
    exit: "data",
    message: `${where} holds no bars of ${given}`,
    why: known.length === 0 ? "it holds nothing yet" : `it holds ${shown}`,
    fix: `${near === null ? "" : `did you mean ${near}? else: `}kiwi data download ${given} -t 1h --source NAME`,
    topic: "download",
  });
}

function chooseTimeframe(symbol: string, held: readonly HeldBars[], wanted: Timeframe | undefined): HeldBars {
  const exact = held.find(({ timeframe }) => timeframe === wanted);
  if (exact !== undefined) return exact;
  const longestFirst = held.toSorted((a, b) => timeframeMs(b.timeframe) - timeframeMs(a.timeframe));
  if (wanted === undefined) {
    if (held.length > 1) throw severalTimeframes(symbol, longestFirst);
    return held[0]!;
  }
  const fitting = longestFirst.find(
    ({ timeframe }) =>
      timeframeMs(timeframe) < timeframeMs(wanted) &&
      (wanted.endsWith("M") || timeframeMs(wanted) % timeframeMs(timeframe) === 0),
  );
  if (fitting !== undefined) return fitting;
  throw new KiwiError({
    code: "TIMEFRAME_MISSING",
    exit: "data",
    message: `no ${wanted} bars of ${symbol} are held, and none that they could be made of`,
    why: `held are ${longestFirst.map(({ timeframe }) => timeframe).join(", ")}`,
    fix: `kiwi data download ${symbol} -t ${wanted} --source NAME   (or decide on -t ${longestFirst[0]!.timeframe})`,
    topic: "download",
  });
}

async function readOne(
  store: BarStore,
  held: HeldBars,
  path: string,
  request: BarsRequest,
): Promise<BarSource> {
  const { symbol, timeframe } = held;
  const { folder, to } = request;
  const asOfMs = Math.min(request.asOfMs ?? Infinity, request.nowMs);
  const { all, untilMs } = await readUntil(store, held, request);
  const future = request.asOfMs === undefined ? arrivingAfter(all, Date.now()) : 0;
  const isAllKnown = future > 0 || arrivingAfter(all, asOfMs) === 0;
  const stored = isAllKnown ? all : await store.read(symbol, timeframe, -Infinity, untilMs, { asOfMs });
  if (stored.length < 2) throw tooFew(symbol, timeframe, stored.length, asOfMs, to);
  // The columns that only the store knows would be carried through the whole run.
  const { closeTimeMs, open, high, low, close, volume } = stored;
  // They were settled on their calendar when they came: it stays with them, whatever a part of them looks like.
  const kept = held.calendarName === null ? {} : { calendarName: held.calendarName };
  const bars = barsOf(symbol, timeframe, { closeTimeMs, open, high, low, close, volume, ...kept });
  const below = relative(folder, resolve(folder, path));
  const ask = await askOf(store, held, untilMs, asOfMs);
  return {
    path: below.startsWith("..") ? path : below,
    sha256: fingerprintOf(bars),
    bars,
    ...(ask === undefined ? {} : { ask }),
    detected: null,
    quarantine: null,
    rowsRead: bars.length,
    stored: provenanceOf(stored),
    warnings: [
      ...futureWarning(symbol, future),
      ...(await missingWarning(store, symbol, timeframe, bars.closeTimeMs[0]!, untilMs)),
    ],
  };
}

/** The bars of the ask, where the import of a symbol kept them. */
async function askOf(
  store: BarStore,
  { symbol, timeframe }: HeldBars,
  untilMs: number,
  asOfMs: number,
): Promise<Bars | undefined> {
  const ask = await store.read(askSymbol(symbol), timeframe, -Infinity, untilMs, { asOfMs });
  return ask.length === 0 ? undefined : ask;
}

/** The bars of a range, and the moment before which they close. A session of its last day may end on the next day of UTC. */
async function readUntil(
  store: BarStore,
  { symbol, timeframe, calendarName }: HeldBars,
  { to, instruments }: BarsRequest,
): Promise<{ readonly all: VersionedBars; readonly untilMs: number }> {
  const laterMs = to === undefined ? Infinity : readDay(to, "--to") + (isDay(to) ? dayMs : 1);
  const later = await store.read(symbol, timeframe, -Infinity, laterMs);
  const named = instruments?.[symbol]?.calendar ?? instruments?.["*"]?.calendar;
  const rows = rowsBefore(to, later, () => barCalendar(later, named ?? calendarName ?? undefined));
  if (rows === later.length) return { all: later, untilMs: laterMs };
  const untilMs = later.closeTimeMs[rows]!;
  return { all: await store.read(symbol, timeframe, -Infinity, untilMs), untilMs };
}

/** How many bars say that they arrived after a time. */
function arrivingAfter({ receivedAtMs, length }: VersionedBars, timeMs: number): number {
  let count = 0;
  for (let row = 0; row < length; row++) if (receivedAtMs[row]! > timeMs) count += 1;
  return count;
}

/** A clock was wrong when they came, or is wrong now: no reason to hide them. */
function futureWarning(symbol: string, bars: number): readonly string[] {
  if (bars === 0) return [];
  return [
    `${symbol}: ${countOf(bars, "bar")} say that they arrived later than now, so a clock was or is wrong; they are used`,
  ];
}

/** What is known to be missing in the time of a run. */
async function missingWarning(
  store: BarStore,
  symbol: string,
  timeframe: Timeframe,
  fromMs: number,
  untilMs: number,
): Promise<readonly string[]> {
  const missing = await store.missingOf(symbol, timeframe);
  const inRun = missing.filter((range) => range.fromMs < untilMs && range.toMs > fromMs);
  if (inRun.length === 0) return [];
  return [
    `${symbol}: bars of this time are known to be missing; fetch them first: kiwi data repair ${symbol} -t ${timeframe} --source NAME`,
  ];
}

function provenanceOf(bars: VersionedBars): StoredProvenance {
  const counts = bars.sources.map((source) => ({ source, bars: 0 }));
  let [revised, filled, receivedToMs] = [0, 0, -Infinity];
  for (let row = 0; row < bars.length; row++) {
    counts[bars.sourceIndex[row]!]!.bars += 1;
    if (bars.version[row]! > 1) revised += 1;
    if (bars.quality[row] === barQuality.filled) filled += 1;
    receivedToMs = Math.max(receivedToMs, bars.receivedAtMs[row]!);
  }
  const sources = counts.filter((count) => count.bars > 0);
  return { sources, revised, filled, receivedToMs };
}

function nothingHeld(path: string): KiwiError {
  return new KiwiError({
    code: "DATA_NONE",
    exit: "data",
    message: `${path} holds no bars`,
    why: "nothing was downloaded or imported yet",
    fix: "kiwi data download BTCUSDT -t 1h --source binance   (or kiwi data import FILES)",
    topic: "download",
  });
}

function severalTimeframes(symbol: string, held: readonly HeldBars[]): KiwiError {
  return new KiwiError({
    code: "SYMBOL_TWICE",
    exit: "data",
    message: `${symbol} is held in ${held.length} timeframes: ${held.map(({ timeframe }) => timeframe).join(", ")}`,
    why: "a run has one set of bars for each symbol",
    fix: `choose one with -t ${held[0]!.timeframe}`,
    topic: "data",
  });
}

function tooFew(
  symbol: string,
  timeframe: Timeframe,
  rows: number,
  asOfMs: number,
  to: string | undefined,
): KiwiError {
  const until = to === undefined ? "" : ` until ${to}`;
  return new KiwiError({
    code: "DATA_MISSING",
    exit: "data",
    message: `${rows === 0 ? "no bars" : "one bar"} of ${symbol} ${timeframe}${until} had arrived by ${formatTime(asOfMs)}`,
    why: "bars count as known from when they were stored, whatever their own time",
    fix: `choose a later --as-of or --to, or leave them out; kiwi data list says what is held`,
    topic: "data-missing",
  });
}

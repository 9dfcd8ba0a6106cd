import { KiwiError } from "../../base/errors.ts";
import { dayMs, formatTime } from "../../base/time.ts";
import type { Bars } from "../../domain/bars.ts";
import { isNews, isPrediction, readPredictionName } from "../../domain/external-series.ts";
import { calendarNamed } from "../../domain/calendar/calendar-named.ts";
import type { Calendar } from "../../domain/calendar/calendar.ts";
import { timeframeMs } from "../../domain/timeframe.ts";

const guide = "docs/how-to/news.md";
/** Ten half-lives of a day, and a little: what a series needs before its first row. */
const usualLeadMs = 11 * dayMs;

/**
 * The external series of that name. Throws `NEWS_MISSING`, and `NEWS_ENDS_EARLY` where the bars that are decided on
 * go on after it: its last row would stand for days that nobody knows anything of.
 */
export function findExternal(
  externals: ReadonlyMap<string, Bars>,
  name: string,
  decided: readonly Bars[],
): { readonly bars: Bars; readonly calendar: Calendar } {
  const table = externals.get(name);
  if (isPrediction(name)) return findPrediction(table, name);
  if (!isNews(name)) return findSeries(table, symbolOf(name));
  if (table === undefined) {
    const firstMs = Math.min(...decided.map((bars) => bars.closeTimeMs[0] ?? Infinity));
    throw newsMissing(symbolOf(name), [...externals.keys()].map(symbolOf), firstMs - usualLeadMs);
  }
  const barsEndMs = Math.max(...decided.map((bars) => bars.closeTimeMs[bars.length - 1] ?? -Infinity));
  const endMs = table.closeTimeMs[table.length - 1] ?? -Infinity;
  // Where bars are still to come there is no end yet.
  const hasEnd = Number.isFinite(barsEndMs);
  if (hasEnd && endMs + timeframeMs(table.timeframe) <= barsEndMs)
    throw newsEndsEarly(symbolOf(name), endMs, barsEndMs);
  return { bars: table, calendar: calendarNamed("24/7") };
}

/** Answers of a model. Throws `PREDICTION_MISSING`. */
function findPrediction(
  table: Bars | undefined,
  name: string,
): { readonly bars: Bars; readonly calendar: Calendar } {
  if (table !== undefined) return { bars: table, calendar: calendarNamed("24/7") };
  const { model, symbol } = readPredictionName(name);
  throw predictionMissing(model, symbol);
}

/** `PREDICTION_MISSING`: a model says nothing about a symbol of the run. */
export function predictionMissing(model: string, symbol: string): KiwiError {
  return new KiwiError({
    code: "PREDICTION_MISSING",
    exit: "data",
    message: `the strategy reads predictions of ${model} for ${symbol}, and there are none`,
    why: "a model predicts for the symbol and the timeframe that it was trained on, and for no other",
    fix: `kiwi model show ${model}   shows what it is for; train one for ${symbol}: kiwi train boosted -p ${symbol} --data FILE`,
    topic: "models",
  });
}

/** A series of values stands still between its publications: only where there is none is something wrong. */
function findSeries(
  table: Bars | undefined,
  name: string,
): { readonly bars: Bars; readonly calendar: Calendar } {
  if (table !== undefined) return { bars: table, calendar: calendarNamed("24/7") };
  throw new KiwiError({
    code: "SERIES_MISSING",
    exit: "data",
    message: `the strategy reads the series ${name}, and the run has none of that name`,
    why: "an external series comes from a file that the command line or the configuration names",
    fix: `add --series ${name}=FILE.csv   (columns date,value,published)`,
    topic: "series",
  });
}

/** `NEWS_MISSING`: nothing is there of a symbol whose news, from `fromMs` on, are read. `known` are the others. */
export function newsMissing(symbol: string, known: readonly string[], fromMs: number): KiwiError {
  const day = Number.isFinite(fromMs) ? formatTime(Math.floor(fromMs / dayMs) * dayMs) : "2024-01-01";
  return new KiwiError({
    code: "NEWS_MISSING",
    exit: "data",
    message: `the strategy reads news of ${symbol}, and the run has no news of it`,
    why: known.length === 0 ? "the run has no news at all" : `it has news of ${known.join(", ")}`,
    fix: `kiwi data news ${symbol} --from ${day}   (from a file: --file NEWS.jsonl; ${guide})`,
    topic: "news",
  });
}

/** `NEWS_ENDS_EARLY`: the last row closes at `endMs`, -Infinity where there is none, and the bars go on. */
export function newsEndsEarly(symbol: string, endMs: number, barsEndMs: number): KiwiError {
  return new KiwiError({
    code: "NEWS_ENDS_EARLY",
    exit: "data",
    message: `the news of ${symbol} end at ${endMs === -Infinity ? "no row at all" : formatTime(endMs)}, the bars at ${formatTime(barsEndMs)}`,
    why: "the last known mood would stand still until the end of the run",
    fix: `kiwi data news ${symbol}   (fetches what came since; the newest five minutes are left for later), or end the run earlier with --to`,
    topic: "news",
  });
}

function symbolOf(name: string): string {
  return name.slice(name.indexOf(":") + 1);
}

import { sourceDiffers } from "../../adapters/stores/bars/refuse-stranger.ts";
import { KiwiError } from "../../base/errors.ts";
import { dayMs } from "../../base/time.ts";
import type { Timeframe } from "../../domain/timeframe.ts";
import type { HeldBars, MissingBars } from "../../ports/bar-store.ts";
import { isSameSeries, isUnbounded } from "./known-missing.ts";
import type { OpenSources } from "./open-sources.ts";
import { backwardsRange } from "../bars/backwards-range.ts";

/** How far back a download goes that says nothing about it. */
const defaultSpanMs = 365 * dayMs;

/** What a person wants to have. */
export type DownloadWish = {
  /** Empty: everything that is held is brought up to date. */
  readonly symbols: readonly string[];
  /** Empty: those in which a symbol is held. */
  readonly timeframes: readonly Timeframe[];
  readonly fromMs: number | undefined;
  /** Infinity for everything that has closed. */
  readonly toMs: number;
  /** Whether bars of several sources may stand in one series. */
  readonly isMixed: boolean;
  readonly nowMs: number;
};

/** One series to download. */
export type SeriesRange = {
  readonly symbol: string;
  readonly timeframe: Timeframe;
  readonly fromMs: number;
  readonly toMs: number;
};

/** What is downloaded, and what is held from other sources and left alone. */
export type DownloadPlan = { readonly series: readonly SeriesRange[]; readonly skipped: readonly HeldBars[] };

/** Turns a wish into series. Throws `TIMEFRAME_NONE`, `RANGE_BACKWARDS`, `SOURCE_DIFFERS` and `DATA_NONE`. */
export function planDownload(
  wish: DownloadWish,
  held: readonly HeldBars[],
  missing: readonly MissingBars[],
  sources: OpenSources,
): DownloadPlan {
  if (wish.fromMs !== undefined && wish.fromMs >= wish.toMs) throw backwardsRange(wish.fromMs, wish.toMs);
  return wish.symbols.length === 0
    ? planUpdate(wish, held, missing, sources)
    : planSymbols(wish, held, sources);
}

function planUpdate(
  wish: DownloadWish,
  held: readonly HeldBars[],
  missing: readonly MissingBars[],
  sources: OpenSources,
): DownloadPlan {
  // Of a series that is lost as a whole there is nothing to go on from, but what to fetch is known.
  const gone = missing.filter((one) => !isUnbounded(one) && !held.some((other) => isSameSeries(one, other)));
  if (held.length === 0 && gone.length === 0) throw nothingToUpdate();
  const isWanted = ({ timeframe }: { readonly timeframe: Timeframe }): boolean =>
    wish.timeframes.length === 0 || wish.timeframes.includes(timeframe);
  const wanted = held.filter(isWanted);
  const again = gone.filter(isWanted).map(({ symbol, timeframe, fromMs }) => {
    return { symbol, timeframe, fromMs: wish.fromMs ?? fromMs, toMs: wish.toMs };
  });
  const skipped = wanted.filter((series) => !wish.isMixed && strangerIn(series, sources) !== undefined);
  const series = wanted
    .filter((one) => !skipped.includes(one))
    .map(({ symbol, timeframe, toMs }) => ({
      symbol,
      timeframe,
      fromMs: wish.fromMs ?? toMs + 1,
      toMs: wish.toMs,
    }));
  return { series: [...series, ...again], skipped };
}

function planSymbols(wish: DownloadWish, held: readonly HeldBars[], sources: OpenSources): DownloadPlan {
  const series = [...new Set(wish.symbols)].flatMap((symbol) => {
    const ofSymbol = held.filter((one) => one.symbol === symbol);
    const timeframes =
      wish.timeframes.length > 0 ? wish.timeframes : ofSymbol.map(({ timeframe }) => timeframe);
    if (timeframes.length === 0) throw noTimeframe(symbol);
    return timeframes.map((timeframe): SeriesRange => {
      const before = ofSymbol.find((one) => one.timeframe === timeframe);
      const stranger = before === undefined ? undefined : strangerIn(before, sources);
      if (stranger !== undefined && !wish.isMixed)
        throw sourceDiffers(before!, stranger, sources.source.name);
      const yearAgoMs = Math.min(wish.nowMs, wish.toMs) - defaultSpanMs;
      // Without a beginning no hole may be left behind what is held.
      const fromMs = wish.fromMs ?? Math.min(yearAgoMs, before?.toMs ?? Infinity);
      return { symbol, timeframe, fromMs, toMs: wish.toMs };
    });
  });
  return { series, skipped: [] };
}

/** A source whose bars are held and that is none of those that are open. */
export function strangerIn(held: HeldBars, { source, providers }: OpenSources): string | undefined {
  const known = new Set([source.name, ...providers.map((provider) => provider.source.name)]);
  return held.sources.find((name) => !known.has(name));
}

function nothingToUpdate(): KiwiError {
  return new KiwiError({
    code: "DATA_NONE",
    exit: "usage",
    message: "no symbol was named, and none is held",
    why: "without symbols everything that is held is brought up to date",
    fix: "name some: kiwi data download BTCUSDT ETHUSDT -t 1h --source binance",
    topic: "download",
  });
}

function noTimeframe(symbol: string): KiwiError {
  return new KiwiError({
    code: "TIMEFRAME_NONE",
    exit: "usage",
    message: `no timeframe was named for ${symbol}`,
    why: "it is not held yet, so that nothing says how long its bars are to be",
    fix: `say it: kiwi data download ${symbol} -t 1h   (several: -t 1h,1d)`,
    topic: "timeframes",
  });
}

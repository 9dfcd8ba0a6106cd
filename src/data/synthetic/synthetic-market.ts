import { Prng } from "../../base/prng.ts";
import { barsOf, type Bars } from "../../domain/bars.ts";
import { calendarNamed } from "../../domain/calendar/calendar-named.ts";
import { barTimes } from "./bar-times.ts";
import { marketFactor } from "./market-factor.ts";
import { regimePath, regimeShares, type RegimeSpec } from "./regime-path.ts";
import { jumpShare, symbolBars, type SymbolModel } from "./symbol-bars.ts";
import {
  invalidOption,
  resolveOptions,
  type ResolvedOptions,
  type SyntheticOptions,
} from "./synthetic-options.ts";

/** Bars, and the truth behind them; every list has one entry per symbol. */
export type SyntheticMarket = {
  readonly bars: readonly Bars[];
  /** The true regime of every bar: an index into `regimeNames`. */
  readonly regime: readonly Uint8Array[];
  readonly regimeNames: readonly string[];
  /** The true standard deviation of every bar's log return, as it stood before the bar. */
  readonly volatility: readonly Float64Array[];
  readonly trueEdge: {
    /** What was planted, in standard deviations of the bar; 0 when nothing was. */
    readonly size: number;
    readonly lookbackBars: number;
    /** Per bar t: the sign of close[t-1] - close[t-1-lookbackBars], the direction in which a positive edge pushes. */
    readonly direction: readonly Int8Array[];
  };
  readonly tickSize: number;
};

const edgeLookbackBars = 5;
const jumpsPerYear = 250;

/**
 * Makes a market whose truth is known: regimes, clusters of volatility, fat tails, jumps, gaps, a common factor, and,
 * when asked, an edge. The same options give the same bars on every run; more bars only append, and another symbol
 * leaves the others as they are. Without trend regimes and edge a price is expected to stay where it is.
 * Throws `SYNTHETIC_INVALID`, `CALENDAR_UNKNOWN` and `TIMEFRAME_UNKNOWN`.
 */
export function syntheticMarket(options: SyntheticOptions): SyntheticMarket {
  const resolved = resolveOptions(options);
  const { seed, symbols, timeframe, bars, regimes } = resolved;
  const calendar = calendarNamed(resolved.calendarName);
  const model = symbolModel(resolved, calendar.periodsPerYear);
  const times = barTimes(calendar, timeframe, bars, resolved.startMs, resolved.profile);
  const prng = new Prng(seed);
  const factor = marketFactor(bars, prng.fork("market"));
  const regime = symbols.map((symbol) => regimePath(regimes, bars, prng.fork(`regime:${symbol}`)));
  const columns = symbols.map((symbol, index) =>
    symbolBars(model, times, factor, regime[index]!, prng.fork(`symbol:${symbol}`)),
  );
  return {
    bars: columns.map(({ bars: made }, index) => barsOf(symbols[index]!, timeframe, made)),
    regime,
    regimeNames: regimes.map(({ name }) => name),
    volatility: columns.map((made) => made.volatility),
    trueEdge: {
      size: resolved.edge,
      lookbackBars: edgeLookbackBars,
      direction: columns.map((made) => made.direction),
    },
    tickSize: resolved.tickSize,
  };
}

function symbolModel(options: ResolvedOptions, daysPerYear: number): SymbolModel {
  const { regimes } = options;
  const { mean, rms } = regimeVolatility(regimes);
  return {
    regimes,
    dayDeviation: options.volatilityPerYear / Math.sqrt(daysPerYear),
    regimeRms: rms,
    factorShare: factorShareOf(options.correlation, (mean / rms) ** 2),
    jumpsPerDay: jumpsPerYear / daysPerYear,
    edge: options.edge,
    edgeLookbackBars,
    startPrice: options.startPrice,
    tickSize: options.tickSize,
  };
}

function regimeVolatility(regimes: readonly RegimeSpec[]): { mean: number; rms: number } {
  const shares = regimeShares(regimes);
  let mean = 0;
  let square = 0;
  for (const [index, { volatility }] of regimes.entries()) {
    mean += shares[index]! * volatility;
    square += shares[index]! * volatility * volatility;
  }
  return { mean, rms: Math.sqrt(square) };
}

/** Jumps and regimes are each symbol's own and dilute the common factor: what they take away is put on top. */
function factorShareOf(correlation: number, regimeDilution: number): number {
  const reach = (1 - jumpShare) * regimeDilution;
  if (correlation > reach) {
    throw invalidOption(
      "correlation",
      `at most ${reach.toFixed(2)} with these regimes, which each symbol has its own of`,
    );
  }
  return correlation / reach;
}

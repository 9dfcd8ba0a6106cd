import { KiwiError } from "../../base/errors.ts";
import type { Timeframe } from "../../domain/timeframe.ts";
import { marketProfile, type MarketProfile } from "./market-profile.ts";
import { defaultRegimes, type RegimeSpec } from "./regime-path.ts";

/** What a synthetic market is made from. */
export type SyntheticOptions = {
  readonly seed: number;
  /** Names, or how many symbols: 3 makes SYN1, SYN2 and SYN3. */
  readonly symbols: number | readonly string[];
  readonly timeframe: Timeframe;
  readonly bars: number;
  /** The first bar begins at this time or at the next boundary after it. */
  readonly startMs: number;
  /** Default `24/7`. Also decides the usual volatility, start price, tick, gaps and shape of the day. */
  readonly calendarName?: string;
  /** Default: trend-up, trend-down, sideways, volatile. Each symbol walks through them on its own. */
  readonly regimes?: readonly RegimeSpec[];
  /**
   * Plants a known edge (default 0): the sign of the return over the last five bars moves the expected return of the
   * next bar by this many of that bar's standard deviations. Negative plants reversal.
   */
  readonly edge?: number;
  /** Correlation of two symbols' returns in the long run, default 0.4; 0 or more. */
  readonly correlation?: number;
  readonly startPrice?: number;
  readonly tickSize?: number;
  readonly volatilityPerYear?: number;
};

/** The options with every default filled in. */
export type ResolvedOptions = Required<Omit<SyntheticOptions, "symbols">> & {
  readonly symbols: readonly string[];
  readonly profile: MarketProfile;
};

/** Fills in the defaults. Throws `SYNTHETIC_INVALID` where no market can be made. */
export function resolveOptions(options: SyntheticOptions): ResolvedOptions {
  const calendarName = options.calendarName ?? "24/7";
  const profile = marketProfile(calendarName);
  const resolved: ResolvedOptions = {
    calendarName,
    profile,
    regimes: defaultRegimes,
    edge: 0,
    correlation: 0.4,
    startPrice: profile.startPrice,
    tickSize: profile.tickSize,
    volatilityPerYear: profile.volatilityPerYear,
    ...options,
    symbols: symbolNames(options.symbols),
  };
  for (const [isRight, name, wanted] of demands(resolved)) if (!isRight) throw invalidOption(name, wanted);
  return resolved;
}

function symbolNames(symbols: number | readonly string[]): readonly string[] {
  if (typeof symbols !== "number") return symbols;
  if (!Number.isInteger(symbols) || symbols < 1)
    throw invalidOption("symbols", "a whole number from 1 up, or names");
  return Array.from({ length: symbols }, (_, index) => `SYN${index + 1}`);
}

function demands(options: ResolvedOptions): readonly (readonly [boolean, string, string])[] {
  const { symbols, seed, bars, startMs, regimes, edge, correlation } = options;
  const { startPrice, tickSize, volatilityPerYear } = options;
  return [
    [
      symbols.length > 0 && new Set(symbols).size === symbols.length,
      "symbols",
      "names that are all different",
    ],
    [Number.isInteger(seed), "seed", "a whole number"],
    [Number.isInteger(bars) && bars > 0, "bars", "a whole number from 1 up"],
    [Number.isFinite(startMs), "startMs", "a time in milliseconds"],
    [regimes.length > 0 && regimes.length < 256 && regimes.every(isRegime), "regimes", regimeRule],
    [Math.abs(edge) <= 1, "edge", "a number from -1 to 1"],
    [correlation >= 0 && correlation < 1, "correlation", "a number from 0 to below 1"],
    [startPrice > 0 && Number.isFinite(startPrice), "startPrice", "a price above 0"],
    [
      tickSize > 0 && tickSize <= startPrice / 100,
      "tickSize",
      "above 0 and at most a hundredth of the start price",
    ],
    [
      volatilityPerYear > 0 && volatilityPerYear <= 10,
      "volatilityPerYear",
      "above 0 and at most 10 (1000 % a year)",
    ],
  ];
}

const regimeRule =
  "1 to 255 regimes with volatility and weight above 0, pull from 0 to below 1, drift from -1 to 1, " +
  "and whole 1 <= dwellBarsMin <= dwellBarsMean";

function isRegime({ drift, volatility, pull, dwellBarsMin, dwellBarsMean, weight }: RegimeSpec): boolean {
  const isMove = Math.abs(drift) <= 1 && volatility > 0 && pull >= 0 && pull < 1;
  return (
    isMove &&
    weight > 0 &&
    Number.isInteger(dwellBarsMin) &&
    dwellBarsMin >= 1 &&
    dwellBarsMean >= dwellBarsMin
  );
}

/** The error for one option of the synthetic market. */
export function invalidOption(name: string, wanted: string): KiwiError {
  return new KiwiError({
    code: "SYNTHETIC_INVALID",
    exit: "config",
    message: `a synthetic market cannot be made with this ${name}`,
    why: `${name} must be ${wanted}`,
    fix: `set ${name} of the synthetic source to ${wanted}`,
    topic: "synthetic",
  });
}

import { formatTime } from "../../base/time.ts";
import { sharpe } from "../metrics/sharpe.ts";
import { median } from "../statistics/quantile.ts";

/** What some of the periods of a run came to. */
export type PeriodGroup = {
  readonly name: string;
  readonly periods: number;
  readonly totalReturn: number;
  /** Per year; `null` where the periods are too few. */
  readonly sharpe: number | null;
};

/** Periods that a trend and a volatility are seen over. */
const seenPeriods = 20;
const sharpePeriodsMin = 20;

/** The periods of each calendar year (UTC). */
export function byYear(
  returns: Float64Array,
  endMs: Float64Array,
  periodsPerYear: number,
): readonly PeriodGroup[] {
  return groups(returns, periodsPerYear, (k) => formatTime(endMs[k]!).slice(0, 4));
}

/**
 * The periods by what the market had been doing when they began: rising or falling over the 20 periods before, and calmer or
 * rougher than usual. `market` are the closes of the market at the start of the first period and at the end of each.
 */
export function byRegime(
  returns: Float64Array,
  market: Float64Array,
  periodsPerYear: number,
): readonly PeriodGroup[] {
  const moves = Float64Array.from(returns, (_, k) => Math.abs(Math.log(market[k + 1]! / market[k]!)));
  const roughness = moves.map((_, k) =>
    k < seenPeriods ? Number.NaN : moves.subarray(k - seenPeriods, k).reduce((sum, move) => sum + move, 0),
  );
  const usual = median(roughness.filter((value) => !Number.isNaN(value)));
  return groups(returns, periodsPerYear, (k) => {
    if (Number.isNaN(roughness[k])) return "too early to say";
    const direction = market[k]! >= market[k - seenPeriods]! ? "rising" : "falling";
    return `${direction}, ${roughness[k]! > usual ? "rough" : "calm"}`;
  });
}

function groups(
  returns: Float64Array,
  periodsPerYear: number,
  nameOf: (period: number) => string,
): readonly PeriodGroup[] {
  const found = new Map<string, number[]>();
  for (const [k, value] of returns.entries()) {
    const name = nameOf(k);
    const known = found.get(name);
    if (known === undefined) found.set(name, [value]);
    else known.push(value);
  }
  return [...found]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, values]) => ({
      name,
      periods: values.length,
      totalReturn: values.reduce((growth, value) => growth * (1 + value), 1) - 1,
      sharpe: values.length < sharpePeriodsMin ? null : sharpe(Float64Array.from(values), periodsPerYear),
    }));
}

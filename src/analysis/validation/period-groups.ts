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
  const states = marketStates(market, seenPeriods);
  return groups(returns, periodsPerYear, (k) => states[k]!);
}

/**
 * What the market had been doing at each close but the last, seen over `seen` closes before: rising or falling, calmer or rougher
 * than usual. What is usual is told by all closes: a state is for reports, and for no decision.
 */
export function marketStates(market: Float64Array, seen: number): readonly string[] {
  const count = Math.max(0, market.length - 1);
  const sums = new Float64Array(count + 1);
  for (let k = 0; k < count; k++) {
    const move = Math.abs(Math.log(market[k + 1]! / market[k]!));
    sums[k + 1] = sums[k]! + (Number.isFinite(move) ? move : 0);
  }
  const roughness = Float64Array.from({ length: count }, (_, k) =>
    k < seen ? Number.NaN : sums[k]! - sums[k - seen]!,
  );
  const usual = median(roughness.filter((value) => !Number.isNaN(value)));
  return Array.from(roughness, (rough, k) => {
    if (Number.isNaN(rough)) return "too early to say";
    const direction = market[k]! >= market[k - seen]! ? "rising" : "falling";
    return `${direction}, ${rough > usual ? "rough" : "calm"}`;
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

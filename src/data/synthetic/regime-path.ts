import type { Prng } from "../../base/prng.ts";

/** One state of the market. All sizes are relative to the bar, so a regime means the same on every timeframe. */
export type RegimeSpec = {
  readonly name: string;
  /** Expected return of a bar, in standard deviations of that bar. */
  readonly drift: number;
  /** Volatility compared with the other regimes; the long-run level is the market's own option. */
  readonly volatility: number;
  /** Share of the way back to the price at which the regime began that the next bar is expected to go. */
  readonly pull: number;
  /** The regime lasts at least this many bars. */
  readonly dwellBarsMin: number;
  /** And this many on average; above the minimum the length is geometric. */
  readonly dwellBarsMean: number;
  /** How readily other regimes turn into this one. */
  readonly weight: number;
};

/** Trends that a slow rule can follow, a range that pulls back, and a stretch that is only wild. */
export const defaultRegimes: readonly RegimeSpec[] = [
  { name: "trend-up", drift: 0.05, volatility: 1, pull: 0, dwellBarsMin: 60, dwellBarsMean: 300, weight: 3 },
  {
    name: "trend-down",
    drift: -0.05,
    volatility: 1.2,
    pull: 0,
    dwellBarsMin: 60,
    dwellBarsMean: 250,
    weight: 3,
  },
  {
    name: "sideways",
    drift: 0,
    volatility: 0.7,
    pull: 0.03,
    dwellBarsMin: 80,
    dwellBarsMean: 350,
    weight: 3,
  },
  { name: "volatile", drift: 0, volatility: 1.9, pull: 0, dwellBarsMin: 30, dwellBarsMean: 120, weight: 3 },
];

/**
 * Regimes that can be told while they last: of a trend of 600 bars, which drifts by 0.2 deviations a bar, a day shows one
 * deviation. Nothing like that is known of a real market; it is there to see whether a detector works at all.
 */
export const clearRegimes: readonly RegimeSpec[] = [
  { name: "trend-up", drift: 0.2, volatility: 1, pull: 0, dwellBarsMin: 120, dwellBarsMean: 600, weight: 3 },
  {
    name: "trend-down",
    drift: -0.2,
    volatility: 1,
    pull: 0,
    dwellBarsMin: 120,
    dwellBarsMean: 500,
    weight: 3,
  },
  {
    name: "sideways",
    drift: 0,
    volatility: 0.5,
    pull: 0.1,
    dwellBarsMin: 160,
    dwellBarsMean: 700,
    weight: 3,
  },
  { name: "volatile", drift: 0, volatility: 3.5, pull: 0, dwellBarsMin: 60, dwellBarsMean: 240, weight: 3 },
];

/**
 * The share of bars that each regime takes in the long run. The chain of regimes leaves i for j with probability
 * weight_j / (sum of the weights other than i's); it is reversible, visits i in proportion to
 * weight_i * (sum - weight_i), and stays dwellBarsMean_i bars.
 */
export function regimeShares(regimes: readonly RegimeSpec[]): readonly number[] {
  if (regimes.length === 1) return [1];
  const total = sumOf(regimes.map((regime) => regime.weight));
  const bars = regimes.map(({ weight, dwellBarsMean }) => weight * (total - weight) * dwellBarsMean);
  const all = sumOf(bars);
  return bars.map((count) => count / all);
}

/** The regime of every bar, as a row of `regimes`. A longer path begins with the shorter one. */
export function regimePath(regimes: readonly RegimeSpec[], bars: number, prng: Prng): Uint8Array {
  const path = new Uint8Array(bars);
  if (regimes.length === 1) return path;
  const weights = regimes.map((regime) => regime.weight);
  let regime = draw(regimeShares(regimes), prng);
  let row = 0;
  while (row < bars) {
    const end = row + dwellOf(regimes[regime]!, prng);
    path.fill(regime, row, end);
    row = end;
    const left = regime;
    regime = draw(
      weights.map((weight, index) => (index === left ? 0 : weight)),
      prng,
    );
  }
  return path;
}

/** A length of at least `dwellBarsMin` with the right mean: the minimum plus a geometric number of further bars. */
function dwellOf({ dwellBarsMin, dwellBarsMean }: RegimeSpec, prng: Prng): number {
  const staying = (dwellBarsMean - dwellBarsMin) / (dwellBarsMean - dwellBarsMin + 1);
  return dwellBarsMin + (staying === 0 ? 0 : Math.floor(Math.log(1 - prng.next()) / Math.log(staying)));
}

function draw(weights: readonly number[], prng: Prng): number {
  let rest = prng.next() * sumOf(weights);
  for (let index = 0; index < weights.length; index++) {
    rest -= weights[index]!;
    if (rest < 0) return index;
  }
  return weights.findLastIndex((weight) => weight > 0);
}

function sumOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0);
}

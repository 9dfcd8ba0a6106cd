import { bootstrapInterval } from "../../src/analysis/statistics/bootstrap.ts";
import { kurtosis, mean, sampleDeviation, skewness } from "../../src/analysis/statistics/moments.ts";
import { overfittingProbability } from "../../src/analysis/statistics/overfitting-probability.ts";
import { superiorAbility } from "../../src/analysis/validation/superior-ability.ts";
import { searchLuck } from "../../src/analysis/validation/search-luck.ts";
import { Prng } from "../../src/base/prng.ts";

/** Returns of one strategy: normal, with a mean in deviations. */
function series(prng: Prng, length: number, edge = 0): Float64Array {
  return Float64Array.from({ length }, () => 0.01 * (prng.normal() + edge));
}

/** Strategies without skill, and one with it where it is planted. */
function panel(seed: number, edge: number | null, trials = 24, periods = 1_000): readonly Float64Array[] {
  const prng = new Prng(seed).fork("panel");
  return Array.from({ length: trials }, (_, k) => series(prng, periods, edge !== null && k === 7 ? edge : 0));
}

/** What was found over many seeds. */
export type LuckFigures = {
  readonly noisePbo: number;
  readonly plantedPbo: number;
  readonly noiseUnconvincing: number;
  readonly plantedConvincing: number;
  readonly noiseSpaBelow5: number;
  readonly plantedSpaBelow5: number;
  readonly coverage: number;
};

/** An edge of two tenths of a deviation a day: a Sharpe ratio of 3.8 a year. */
const planted = 0.2;

/** Measures the tests of luck on strategies of which it is known whether they have skill. */
export function measureLuck(seeds: number, simulations: number, samples: number): LuckFigures {
  const all = Array.from({ length: seeds }, (_, seed) => seed);
  const share = (count: (seed: number) => boolean): number => all.filter(count).length / seeds;
  const average = (of: (seed: number) => number): number =>
    all.reduce((sum, seed) => sum + of(seed), 0) / seeds;
  const spa = (seed: number, edge: number | null): number =>
    superiorAbility(panel(seed, edge, 24, 400), new Prng(seed), samples, 5)!.spa;
  return {
    noisePbo: average((seed) => overfittingProbability(panel(seed, null))!.probability),
    plantedPbo: average((seed) => overfittingProbability(panel(seed, planted))!.probability),
    noiseUnconvincing: share((seed) => deflated(panel(seed, null)) < 0.95),
    plantedConvincing: share((seed) => deflated(panel(seed, planted)) >= 0.95),
    noiseSpaBelow5: share((seed) => spa(seed, null) <= 0.05),
    plantedSpaBelow5: share((seed) => spa(seed, planted) <= 0.05),
    coverage: coverageOf(simulations, samples),
  };
}

/** The deflated Sharpe ratio of the best of a panel. */
function deflated(trials: readonly Float64Array[]): number {
  const sharpes = Float64Array.from(trials, (returns) => mean(returns) / sampleDeviation(returns));
  const best = trials[sharpes.indexOf(Math.max(...sharpes))]!;
  const luck = searchLuck({
    sample: {
      sharpe: Math.max(...sharpes),
      count: best.length,
      skew: skewness(best)!,
      kurtosis: kurtosis(best)!,
    },
    periodsPerYear: 365,
    trialCount: trials.length,
    trialSharpes: sharpes,
    trialReturns: trials,
    outOfSampleSharpe: null,
  });
  return luck.dsr!;
}

/** How often a 95 % interval of the mean return holds the true one, over independent normal returns. */
function coverageOf(simulations: number, samples: number): number {
  const truth = 0.0005;
  let held = 0;
  for (let seed = 0; seed < simulations; seed++) {
    const prng = new Prng(seed).fork("coverage");
    const returns = series(prng, 1_000).map((value) => value + truth);
    const { low, high } = bootstrapInterval(returns, mean, { prng, samples })!;
    if (low <= truth && truth <= high) held += 1;
  }
  return held / simulations;
}

/** The full size, for docs/proofs.md. Throws where a figure misses what was promised. */
export function prove(): string {
  const figures = measureLuck(200, 1_000, 1_000);
  const { noisePbo, plantedPbo, noiseUnconvincing, coverage } = figures;
  const isKept = Math.abs(noisePbo - 0.5) < 0.05 && plantedPbo < 0.05 && noiseUnconvincing >= 0.9;
  if (!isKept || coverage < 0.93 || coverage > 0.97) throw new Error(`missed: ${JSON.stringify(figures)}`);
  const rows = Object.entries(figures).map(([name, value]) => `| ${name} | ${(100 * value).toFixed(1)} % |`);
  return ["| 200 seeds, 1,000 simulations | |", "|---|---|", ...rows].join("\n");
}

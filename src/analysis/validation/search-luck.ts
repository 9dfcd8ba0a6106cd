import {
  deflatedSharpe,
  expectedMaximumSharpe,
  probabilisticSharpe,
  type SharpeSample,
} from "../statistics/probabilistic-sharpe.ts";
import { finiteOrNull } from "../statistics/finite-or-null.ts";
import { sampleDeviation } from "../statistics/moments.ts";
import { overfittingProbability, type OverfittingReport } from "../statistics/overfitting-probability.ts";
import { countText, percentText, ratioText } from "../report/number-text.ts";

/** What is known about the best of many trials. */
export type BestOfMany = {
  /** Its own returns; `null` where they are too few. */
  readonly sample: SharpeSample | null;
  /** Periods of a year: what makes a Sharpe ratio per period one per year. */
  readonly periodsPerYear: number;
  /** Different things that were ever tried on these bars. */
  readonly trialCount: number;
  /** Sharpe ratios per period of the trials of this search. */
  readonly trialSharpes: Float64Array;
  /** Returns of trials over the same periods: all, or a part that stands for all. */
  readonly trialReturns: readonly Float64Array[];
  /** Sharpe ratio per year of the best where the search did not look. */
  readonly outOfSampleSharpe: number | null;
};

/** How much of the best is luck. */
export type SearchLuck = {
  readonly trialCount: number;
  /** Sharpe ratio per year of the best, and the one that the best of so many trials without skill is expected to have. */
  readonly sharpe: number | null;
  readonly luckSharpe: number | null;
  readonly psr: number | null;
  readonly dsr: number | null;
  readonly outOfSampleSharpe: number | null;
  /** Probability that the choice was overfitted, and what it was found from. */
  readonly overfitting: OverfittingReport | null;
  readonly verdict: string;
};

/** Judges the best of a search by how many there were. */
export function searchLuck(best: BestOfMany): SearchLuck {
  const { sample, periodsPerYear, trialCount, trialReturns, outOfSampleSharpe } = best;
  const yearly = Math.sqrt(periodsPerYear);
  const variance = sample === null ? null : trialVariance(best.trialSharpes, sample.count);
  const overfitting = trialReturns.length < 2 ? null : overfittingProbability(trialReturns);
  const luckSharpe =
    variance === null ? null : finiteOrNull(expectedMaximumSharpe(trialCount, variance) * yearly);
  const found = {
    trialCount,
    sharpe: sample === null ? null : sample.sharpe * yearly,
    luckSharpe,
    psr: sample && probabilisticSharpe(sample),
    dsr: sample && variance !== null ? deflatedSharpe(sample, trialCount, variance) : null,
    outOfSampleSharpe,
    overfitting,
  };
  return { ...found, verdict: verdictOn(found) };
}

/**
 * The variance of the trials' Sharpe ratios: that of this search, and never less than what trials without skill scatter
 * by, for a search among near twins says little about everything else that was tried on the bars.
 */
function trialVariance(sharpes: Float64Array, count: number): number {
  const own = sampleDeviation(sharpes) ** 2;
  return Math.max(Number.isFinite(own) ? own : 0, 1 / (count - 1));
}

function verdictOn(found: Omit<SearchLuck, "verdict">): string {
  const { trialCount, sharpe, luckSharpe, dsr, outOfSampleSharpe, overfitting } = found;
  const trials = trialCount === 1 ? "1 trial" : `${countText(trialCount)} trials`;
  if (sharpe === null || luckSharpe === null || dsr === null)
    return `N/A: the best of ${trials} has too few returns to tell luck from skill.`;
  const said = [
    `With ${trials} a Sharpe ratio of ${ratioText(luckSharpe)} is what luck gives; the best has ${ratioText(sharpe)}.`,
    dsr >= 0.95
      ? `Its deflated Sharpe ratio is ${percentText(dsr)}: these data do not contradict it.`
      : `Its deflated Sharpe ratio is ${percentText(dsr)}, below the usual 95 %: luck may explain all of it.`,
    overfitting !== null &&
      `The probability that the choice is overfitted is ${percentText(overfitting.probability)}${overfitting.probability >= 0.2 ? ", which is high" : ""}.`,
    outOfSampleSharpe !== null &&
      `Where the search did not look the best has ${ratioText(outOfSampleSharpe)}.`,
  ];
  return said.filter((sentence) => sentence !== false).join(" ");
}

import { assert } from "../../base/assert.ts";
import { deviationMin, mean } from "./moments.ts";

/** What combinatorially symmetric cross-validation found; the three columns have one entry per split. */
export type OverfittingReport = {
  /** Share of splits in which the in-sample best ranks below the out-of-sample median. */
  readonly probability: number;
  /** Share of splits in which the in-sample best has a negative Sharpe ratio out of sample. */
  readonly lossProbability: number;
  /** Logit of the relative out-of-sample rank of the in-sample best; negative is below the median. */
  readonly logits: Float64Array;
  /** Sharpe ratio per period of the in-sample best, in sample. */
  readonly inSample: Float64Array;
  /** The same trial's Sharpe ratio per period out of sample. */
  readonly outOfSample: Float64Array;
};

/**
 * Count, sum and sum of squares of each trial in each block, so that a split costs additions only; sums are taken
 * about the trial's mean, because a variance from raw squares would cancel.
 */
type BlockSums = {
  readonly trials: number;
  readonly blocks: number;
  readonly means: Float64Array;
  readonly counts: Float64Array;
  readonly sums: Float64Array;
  readonly squares: Float64Array;
};

/**
 * Probability of backtest overfitting by CSCV: the rows (periods, common to all trials) are cut into `blocks` blocks,
 * every half of them serves once as the sample in which the best Sharpe ratio is chosen. A rank exactly at the median
 * counts half, so that noise gives 1/2 for any number of trials. `null` below two trials or two rows per block.
 * Source: Bailey, Borwein, Lopez de Prado and Zhu, The Probability of Backtest Overfitting (2017).
 */
export function overfittingProbability(
  trialReturns: readonly Float64Array[],
  blocks = 16,
): OverfittingReport | null {
  assert(blocks % 2 === 0 && blocks >= 2 && blocks <= 20, "the number of blocks is even, from 2 to 20");
  const rows = trialReturns[0]?.length ?? 0;
  assert(
    trialReturns.every((returns) => returns.length === rows),
    "all trials cover the same periods",
  );
  if (trialReturns.length < 2 || rows < 2 * blocks) return null;
  return reportOf(blockSums(trialReturns, blocks), splitsOf(blocks));
}

function reportOf(sums: BlockSums, splits: readonly number[]): OverfittingReport {
  const everything = (1 << sums.blocks) - 1;
  const logits = new Float64Array(splits.length);
  const inSample = new Float64Array(splits.length);
  const outOfSample = new Float64Array(splits.length);
  const chosenBy = new Float64Array(sums.trials);
  const judgedBy = new Float64Array(sums.trials);
  let below = 0;
  let losses = 0;
  for (const [split, mask] of splits.entries()) {
    sharpes(sums, mask, chosenBy);
    sharpes(sums, everything ^ mask, judgedBy);
    const best = indexOfLargest(chosenBy);
    const logit = rankLogit(judgedBy, best);
    logits[split] = logit;
    inSample[split] = chosenBy[best]!;
    outOfSample[split] = judgedBy[best]!;
    below += logit < 0 ? 1 : logit === 0 ? 0.5 : 0;
    losses += judgedBy[best]! < 0 ? 1 : 0;
  }
  return {
    probability: below / splits.length,
    lossProbability: losses / splits.length,
    logits,
    inSample,
    outOfSample,
  };
}

function blockSums(trialReturns: readonly Float64Array[], blocks: number): BlockSums {
  const trials = trialReturns.length;
  const means = Float64Array.from(trialReturns, mean);
  const counts = new Float64Array(blocks);
  const sums = new Float64Array(trials * blocks);
  const squares = new Float64Array(trials * blocks);
  for (const [trial, returns] of trialReturns.entries()) {
    for (let block = 0; block < blocks; block++) {
      const from = Math.floor((block * returns.length) / blocks);
      const to = Math.floor(((block + 1) * returns.length) / blocks);
      const slot = trial * blocks + block;
      counts[block] = to - from;
      for (let row = from; row < to; row++) {
        const distance = returns[row]! - means[trial]!;
        sums[slot]! += distance;
        squares[slot]! += distance * distance;
      }
    }
  }
  return { trials, blocks, means, counts, sums, squares };
}

/** Writes each trial's Sharpe ratio over the blocks in `mask`; a trial without spread scores 0. */
function sharpes(blockSums: BlockSums, mask: number, into: Float64Array): void {
  const { trials, blocks, means, counts, sums, squares } = blockSums;
  const chosen = Int32Array.from({ length: blocks }, (_, block) => block).filter(
    (block) => (mask & (1 << block)) !== 0,
  );
  let count = 0;
  for (const block of chosen) count += counts[block]!;
  for (let trial = 0; trial < trials; trial++) {
    const from = trial * blocks;
    let sum = 0;
    let square = 0;
    for (let k = 0; k < chosen.length; k++) {
      sum += sums[from + chosen[k]!]!;
      square += squares[from + chosen[k]!]!;
    }
    const variance = (square - (sum * sum) / count) / (count - 1);
    const deviation = Math.sqrt(Math.max(0, variance));
    into[trial] = deviation < deviationMin ? 0 : (means[trial]! + sum / count) / deviation;
  }
}

/** ln(w / (1 - w)) with w = rank / (trials + 1); equal values share their average rank. */
function rankLogit(values: Float64Array, index: number): number {
  const value = values[index]!;
  let below = 0;
  let equal = 0;
  for (const other of values) {
    if (other < value) below += 1;
    else if (other === value) equal += 1;
  }
  const rank = below + (equal + 1) / 2;
  return Math.log(rank / (values.length + 1 - rank));
}

function indexOfLargest(values: Float64Array): number {
  let best = 0;
  for (let i = 1; i < values.length; i++) if (values[i]! > values[best]!) best = i;
  return best;
}

/** Every way to pick half of the blocks, as bit masks in ascending order. */
function splitsOf(blocks: number): number[] {
  const splits: number[] = [];
  for (let mask = 0; mask < 1 << blocks; mask++) if (bitCount(mask) === blocks / 2) splits.push(mask);
  return splits;
}

function bitCount(mask: number): number {
  let count = 0;
  for (let rest = mask; rest !== 0; rest &= rest - 1) count += 1;
  return count;
}

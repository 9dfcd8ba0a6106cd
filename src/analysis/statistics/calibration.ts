import { assert } from "../../base/assert.ts";
import { finiteOrNull } from "./finite-or-null.ts";

/** One row of a reliability diagram. */
export type ReliabilityBin = {
  readonly count: number;
  readonly meanProbability: number;
  /** Share of outcomes that happened. */
  readonly frequency: number;
};

export type Binning = "equal-width" | "equal-mass";

/**
 * Groups predicted probabilities with their outcomes (0 or 1); empty bins are left out.
 * `equal-width` cuts [0, 1] evenly, `equal-mass` puts about as many predictions into each bin and never parts equal ones.
 * Source: Nixon et al., Measuring Calibration in Deep Learning (2019).
 */
export function reliabilityBins(
  probabilities: Float64Array,
  outcomes: ArrayLike<number>,
  binning: Binning,
  bins = 10,
): ReliabilityBin[] {
  assert(probabilities.length === outcomes.length, "each probability has its outcome");
  const counts = new Float64Array(bins);
  const predicted = new Float64Array(bins);
  const happened = new Float64Array(bins);
  const binOf = binning === "equal-width" ? widthBins(probabilities, bins) : massBins(probabilities, bins);
  for (let i = 0; i < probabilities.length; i++) {
    const bin = binOf[i]!;
    counts[bin]! += 1;
    predicted[bin]! += probabilities[i]!;
    happened[bin]! += outcomes[i]!;
  }
  const rows: ReliabilityBin[] = [];
  for (const [bin, count] of counts.entries()) {
    if (count === 0) continue;
    rows.push({ count, meanProbability: predicted[bin]! / count, frequency: happened[bin]! / count });
  }
  return rows;
}

/** Expected calibration error: mean |frequency - mean probability| over the bins, weighted by count; `null` of nothing. */
export function expectedCalibrationError(bins: readonly ReliabilityBin[]): number | null {
  let total = 0;
  let count = 0;
  for (const bin of bins) {
    total += bin.count * gapOf(bin);
    count += bin.count;
  }
  return finiteOrNull(total / count);
}

/** Maximum calibration error: the largest |frequency - mean probability| of any bin; `null` of nothing. */
export function maximumCalibrationError(bins: readonly ReliabilityBin[]): number | null {
  return bins.length === 0 ? null : Math.max(...bins.map(gapOf));
}

/**
 * Brier score: mean squared error of the probabilities, 0 best, 0.25 for always saying one half; `null` of nothing.
 * Source: Brier, Verification of Forecasts Expressed in Terms of Probability (1950), for one of two outcomes.
 */
export function brierScore(probabilities: Float64Array, outcomes: ArrayLike<number>): number | null {
  assert(probabilities.length === outcomes.length, "each probability has its outcome");
  let total = 0;
  for (let i = 0; i < probabilities.length; i++) total += (probabilities[i]! - outcomes[i]!) ** 2;
  return finiteOrNull(total / probabilities.length);
}

function gapOf(bin: ReliabilityBin): number {
  return Math.abs(bin.frequency - bin.meanProbability);
}

function widthBins(probabilities: Float64Array, bins: number): Int32Array {
  return Int32Array.from(probabilities, (probability) => Math.min(bins - 1, Math.floor(probability * bins)));
}

function massBins(probabilities: Float64Array, bins: number): Int32Array {
  const order = Int32Array.from(probabilities.keys()).sort((a, b) => probabilities[a]! - probabilities[b]!);
  const result = new Int32Array(probabilities.length);
  for (const [rank, index] of order.entries()) {
    const before = rank === 0 ? -1 : order[rank - 1]!;
    const tied = before >= 0 && probabilities[before] === probabilities[index];
    result[index] = tied ? result[before]! : Math.floor((rank * bins) / order.length);
  }
  return result;
}

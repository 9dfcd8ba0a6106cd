import type { PredictorArtifact } from "../../domain/predictor-artifact.ts";
import type { Labels } from "../data/labels.ts";
import type { Span } from "../data/splits.ts";

/** How many outcomes out of ten a prediction set should hold. */
const coverage = 0.9;
/** Steps between the quantiles of misses that are kept. */
const steps = 200;
/** How far each outcome moves the share of them that may be missed: the value of Gibbs and Candès. */
const pace = 0.005;

/** What prediction sets are made of. */
export type ConformalSets = Pick<PredictorArtifact, "conformal" | "conformalMisses">;

/**
 * Split conformal prediction (Vovk, Gammerman and Shafer 2005): an outcome belongs to the set of a row when one less its
 * probability is at most `conformal`. So that nine of ten outcomes do, it is that rank of the calibration's own, one counted extra.
 */
export function conformalSets(
  probability: readonly number[],
  outcomes: readonly number[],
): Required<ConformalSets> {
  const misses = probability.map((p, k) => missOf(p, outcomes[k]!)).sort((a, b) => a - b);
  const quantile = (share: number): number =>
    share === 0 ? 0 : (misses[Math.ceil((misses.length + 1) * share) - 1] ?? 1);
  return {
    conformal: quantile(coverage),
    conformalMisses: Array.from({ length: steps + 1 }, (_, k) => quantile(k / steps)),
  };
}

/**
 * Reach of the sets at each row of a span, by what was known at that row: adaptive conformal inference (Gibbs and Candès 2021). An
 * outcome outside of its set makes the sets wider from then on, one inside a little narrower, so that nine of ten outcomes lie
 * inside in the long run, whatever the market does: over n rows the share is off by 1 / (pace n) at most, when no outcome comes
 * late. `probability` holds the answers for the rows of the span, NaN where there is none.
 */
export function adaptiveReach(
  { conformal, conformalMisses }: ConformalSets,
  probability: ArrayLike<number>,
  { outcome, end }: Pick<Labels, "outcome" | "end">,
  { from, to }: Span,
): Float64Array {
  const reach = new Float64Array(to - from).fill(conformal);
  // Models of old kept one reach alone.
  if (conformalMisses === undefined) return reach;
  const told = Int32Array.from({ length: to - from }, (_, k) => from + k)
    .filter(
      (row) => !Number.isNaN(outcome[row]!) && !Number.isNaN(probability[row - from]!) && end[row]! > row,
    )
    .sort((a, b) => end[a]! - end[b]! || a - b);
  let allowed = 1 - coverage;
  let next = 0;
  for (let row = from; row < to; row++) {
    for (; next < told.length && end[told[next]!]! <= row; next++) {
      const k = told[next]! - from;
      const isMissed = missOf(probability[k]!, outcome[told[next]!]!) > reach[k]!;
      allowed += pace * (1 - coverage - Number(isMissed));
    }
    reach[row - from] = reachAt(conformalMisses, allowed);
  }
  return reach;
}

/** The reach outside of which a share of the calibration's rows lie; everything is inside at 0 and less, nothing at 1 and more. */
function reachAt(misses: readonly number[], allowed: number): number {
  if (allowed <= 0) return 1;
  // Sums of steps are off by their last digits; the next quantile must not be taken for that.
  return misses[Math.max(0, Math.ceil((1 - allowed) * (misses.length - 1) - 1e-6))]!;
}

function missOf(probability: number, outcome: number): number {
  return outcome > 0.5 ? 1 - probability : probability;
}

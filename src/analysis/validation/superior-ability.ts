import type { Prng } from "../../base/prng.ts";
import { mean } from "../statistics/moments.ts";

/** Probabilities of a best trial as good as this one if no trial were better than doing nothing. */
export type SuperiorAbility = {
  /** White's reality check. */
  readonly realityCheck: number;
  /** Hansen's test, which poor trials do not weaken. */
  readonly spa: number;
};

/**
 * Whether the best of many trials beats doing nothing by more than the best of many would by luck, with all their
 * dependence on each other: whole rows are resampled, in blocks of `blockLength` periods on average. `null` below ten returns.
 * Sources: White, A Reality Check for Data Snooping (2000); Hansen, A Test for Superior Predictive Ability (2005).
 */
export function superiorAbility(
  trials: readonly Float64Array[],
  prng: Prng,
  samples: number,
  blockLength: number,
): SuperiorAbility | null {
  const periods = trials[0]?.length ?? 0;
  if (periods < 10) return null;
  const means = trials.map(mean);
  const deviations = trials.map((returns, k) => longDeviation(returns, means[k]!, blockLength));
  const root = Math.sqrt(periods);
  const open = trials.flatMap((_, k) => (deviations[k]! > 1e-12 ? [k] : []));
  if (open.length === 0) return null;
  const observed = Math.max(...open.map((k) => root * means[k]!));
  const studentised = Math.max(0, ...open.map((k) => (root * means[k]!) / deviations[k]!));
  // Trials that are much worse than nothing keep their own mean: they could not have been the best.
  const hurdle = Math.sqrt(2 * Math.log(Math.log(periods)));
  const centres = trials.map((_, k) => (means[k]! >= (-deviations[k]! / root) * hurdle ? means[k]! : 0));
  let asGood = 0;
  let asGoodStudentised = 0;
  const rows = new Int32Array(periods);
  for (let sample = 0; sample < samples; sample++) {
    drawRows(rows, prng, blockLength);
    let best = -Infinity;
    let bestStudentised = 0;
    for (const k of open) {
      const returns = trials[k]!;
      let sum = 0;
      for (let i = 0; i < periods; i++) sum += returns[rows[i]!]!;
      const drawn = sum / periods;
      best = Math.max(best, root * (drawn - means[k]!));
      bestStudentised = Math.max(bestStudentised, (root * (drawn - centres[k]!)) / deviations[k]!);
    }
    if (best >= observed) asGood += 1;
    if (bestStudentised >= studentised) asGoodStudentised += 1;
  }
  return { realityCheck: (asGood + 1) / (samples + 1), spa: (asGoodStudentised + 1) / (samples + 1) };
}

/** Rows of a stationary bootstrap, the same for every trial. */
function drawRows(rows: Int32Array, prng: Prng, blockLength: number): void {
  const { length } = rows;
  let row = prng.integer(length);
  for (let i = 0; i < length; i++) {
    rows[i] = row;
    row = prng.next() * blockLength < 1 ? prng.integer(length) : (row + 1) % length;
  }
}

/** Deviation of the mean times the root of the periods, with the dependence that blocks keep (Politis and Romano 1994). */
function longDeviation(returns: Float64Array, centre: number, blockLength: number): number {
  const { length } = returns;
  const lagsMax = Math.min(length - 1, 5 * blockLength);
  const goesOn = 1 - 1 / blockLength;
  let variance = autocovariance(returns, centre, 0);
  for (let lag = 1; lag <= lagsMax; lag++) {
    const weight = ((length - lag) / length) * goesOn ** lag + (lag / length) * goesOn ** (length - lag);
    variance += 2 * weight * autocovariance(returns, centre, lag);
  }
  return Math.sqrt(Math.max(0, variance));
}

function autocovariance(returns: Float64Array, centre: number, lag: number): number {
  let sum = 0;
  for (let i = lag; i < returns.length; i++) sum += (returns[i]! - centre) * (returns[i - lag]! - centre);
  return sum / returns.length;
}

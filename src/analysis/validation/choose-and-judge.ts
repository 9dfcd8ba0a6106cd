import { deviationMin } from "../statistics/moments.ts";
import type { PeriodSplit } from "./period-splits.ts";

/** What was chosen on one part of the time, and what became of it on the other; Sharpe ratios are per period. */
export type Judged = {
  readonly trial: number;
  readonly trainSharpe: number;
  readonly testSharpe: number;
};

/** Chooses on each split the trial with the best Sharpe ratio in training; the earlier one wins a tie. */
export function chooseAndJudge(
  trials: readonly Float64Array[],
  splits: readonly PeriodSplit[],
): readonly Judged[] {
  return splits.map(({ train, test }) => {
    let best = 0;
    let trainSharpe = -Infinity;
    for (const [trial, returns] of trials.entries()) {
      const sharpe = sharpeOver(returns, train);
      if (sharpe <= trainSharpe) continue;
      trainSharpe = sharpe;
      best = trial;
    }
    return { trial: best, trainSharpe, testSharpe: sharpeOver(trials[best]!, test) };
  });
}

/** The returns of a walk forward: those of each step's choice in its test, one after the other. */
export function joinedReturns(
  trials: readonly Float64Array[],
  splits: readonly PeriodSplit[],
  judged: readonly Judged[],
): Float64Array {
  return Float64Array.from(
    splits.flatMap(({ test }, k) => [...test].map((row) => trials[judged[k]!.trial]![row]!)),
  );
}

/**
 * Whole histories out of combinatorial splits: every part of the time is tested in several splits, and the k-th path takes
 * of each part what the k-th of them chose. With n parts of which m are tested there are C(n - 1, m - 1) paths.
 */
export function pathReturns(
  trials: readonly Float64Array[],
  splits: readonly PeriodSplit[],
  judged: readonly Judged[],
  groups: number,
): readonly Float64Array[] {
  const periods = trials[0]!.length;
  const testedIn = Array.from({ length: groups }, (_, group) =>
    splits.flatMap((split, k) => (split.groups.includes(group) ? [k] : [])),
  );
  return testedIn[0]!.map((_, path) => {
    const returns = new Float64Array(periods);
    for (let group = 0; group < groups; group++) {
      const chosen = trials[judged[testedIn[group]![path]!]!.trial]!;
      const [from, to] = [group, group + 1].map((part) => Math.floor((part * periods) / groups)) as [
        number,
        number,
      ];
      returns.set(chosen.subarray(from, to), from);
    }
    return returns;
  });
}

/** Sharpe ratio per period over some rows; 0 where nothing moves. */
function sharpeOver(returns: Float64Array, rows: Int32Array): number {
  let sum = 0;
  for (const row of rows) sum += returns[row]!;
  const mean = sum / rows.length;
  let squares = 0;
  for (const row of rows) squares += (returns[row]! - mean) ** 2;
  const deviation = Math.sqrt(squares / (rows.length - 1));
  return deviation > deviationMin ? mean / deviation : 0;
}

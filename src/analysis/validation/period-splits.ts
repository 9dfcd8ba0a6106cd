import { assert } from "../../base/assert.ts";

/** Periods to choose on and periods to judge on, as numbers of rows in ascending order. */
export type PeriodSplit = {
  readonly train: Int32Array;
  readonly test: Int32Array;
  /** Which of the groups are judged on. */
  readonly groups: readonly number[];
};

/** How splits are kept from knowing each other. */
export type SplitGap = {
  /** Periods before a test that no training may hold: what was opened in them may end in the test. */
  readonly purge: number;
  /** Periods after a test that no training may hold: what happened in it still echoes. */
  readonly embargo: number;
};

/**
 * Every way to judge on `testGroups` of `groups` equal parts of the time and to choose on the rest, purged and embargoed.
 * With one test group it is k-fold cross-validation, with more its combinatorial kin.
 * Source: Lopez de Prado, Advances in Financial Machine Learning (2018), chapters 7 and 12.
 */
export function purgedSplits(
  periods: number,
  groups: number,
  testGroups: number,
  { purge, embargo }: SplitGap,
): readonly PeriodSplit[] {
  assert(testGroups >= 1 && testGroups < groups, "a part is judged on, and a part is left to choose on");
  const edge = (group: number): number => Math.floor((group * periods) / groups);
  return combinations(groups, testGroups).map((chosen) => {
    const isTest = new Uint8Array(periods);
    const isBarred = new Uint8Array(periods);
    for (const group of chosen) {
      isTest.fill(1, edge(group), edge(group + 1));
      isBarred.fill(1, Math.max(0, edge(group) - purge), Math.min(periods, edge(group + 1) + embargo));
    }
    const rows = Array.from({ length: periods }, (_, row) => row);
    return {
      groups: chosen,
      test: Int32Array.from(rows.filter((row) => isTest[row] === 1)),
      train: Int32Array.from(rows.filter((row) => isTest[row] === 0 && isBarred[row] === 0)),
    };
  });
}

/**
 * Steps of a walk forward: the time after the first part is cut into `steps` parts, and each is judged by what was chosen
 * before it: on everything before (anchored), or on a window of the first part's length.
 */
export function walkForwardSplits(
  periods: number,
  steps: number,
  isAnchored: boolean,
  purge: number,
): readonly PeriodSplit[] {
  const edge = (part: number): number => Math.floor((part * periods) / (steps + 1));
  return Array.from({ length: steps }, (_, step) => {
    const [from, to] = [edge(step + 1), edge(step + 2)];
    const begin = isAnchored ? 0 : edge(step);
    return { groups: [step + 1], train: range(begin, Math.max(begin, from - purge)), test: range(from, to) };
  });
}

function range(from: number, to: number): Int32Array {
  return Int32Array.from({ length: to - from }, (_, k) => from + k);
}

/** Every choice of `count` of the numbers below `from`, in lexical order. */
function combinations(from: number, count: number): readonly (readonly number[])[] {
  if (count === 0) return [[]];
  const found: (readonly number[])[] = [];
  for (let last = count - 1; last < from; last++)
    for (const rest of combinations(last, count - 1)) found.push([...rest, last]);
  return found;
}

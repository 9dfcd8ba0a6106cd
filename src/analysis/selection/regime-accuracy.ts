import { regimeLabels } from "../../domain/regime.ts";
import type { SymbolSelection } from "./selection-input.ts";

const unknown = regimeLabels.indexOf("unknown");

/** How often the regime in force was the true one. */
export type RegimeAccuracy = {
  /** Decision bars with a known truth. */
  readonly bars: number;
  /** Share of them on which the regime was named rightly; `unknown` is never right. */
  readonly accuracy: number;
  /** The same among the bars on which the detector named a regime; null where it never did. */
  readonly accuracyWhereNamed: number | null;
  /** What always saying the most frequent regime would have been right on, known afterwards: what accuracy is held against. */
  readonly accuracyOfConstant: number;
  /** Changes of the regime in force, and of the true one. */
  readonly changes: number;
  readonly trueChanges: number;
};

/** Compares the regimes with the truth; null where the truth of no symbol is known. */
export function regimeAccuracy(symbols: readonly SymbolSelection[]): RegimeAccuracy | null {
  let [bars, right, named, changes, trueChanges] = [0, 0, 0, 0, 0];
  const counts = new Array<number>(regimeLabels.length).fill(0);
  for (const { log, truth } of symbols) {
    if (truth === null) continue;
    bars += log.length;
    for (let row = 0; row < log.length; row++) {
      if (log.label[row] !== unknown) named += 1;
      counts[truth[row]!]! += 1;
      if (log.label[row] === truth[row] && truth[row] !== unknown) right += 1;
      if (row === 0) continue;
      if (log.label[row] !== log.label[row - 1]) changes += 1;
      if (truth[row] !== truth[row - 1]) trueChanges += 1;
    }
  }
  if (bars === 0) return null;
  return {
    bars,
    accuracy: right / bars,
    accuracyWhereNamed: named === 0 ? null : right / named,
    accuracyOfConstant: Math.max(...counts.filter((_, label) => label !== unknown)) / bars,
    changes,
    trueChanges,
  };
}

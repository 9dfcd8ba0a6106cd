import { regimeLabels, type RegimeLabel } from "../../domain/regime.ts";
import { quantile } from "../statistics/quantile.ts";
import type { SymbolSelection } from "./selection-input.ts";

/** How much of the time a regime took, and in what pieces. */
export type RegimeSpells = {
  readonly label: RegimeLabel;
  /** Decision bars on which it was in force, over all symbols. */
  readonly bars: number;
  readonly share: number;
  /** Stretches without a break. */
  readonly spells: number;
  /** Mean length of a stretch; the first and the last one of a symbol are cut by the range. */
  readonly meanDwellBars: number;
  /** Median of what the detector expected while the regime was in force; null where it has no estimate. */
  readonly expectedDwellBars: number | null;
};

/** The regimes that were ever in force, in the order of `regimeLabels`; their shares add up to 1. */
export function regimeSpells(symbols: readonly SymbolSelection[]): readonly RegimeSpells[] {
  const counts = regimeLabels.map(() => ({ bars: 0, spells: 0, expected: [] as number[] }));
  let all = 0;
  for (const { log, expectedDwellBars } of symbols) {
    for (let row = 0; row < log.length; row++) {
      const count = counts[log.label[row]!]!;
      count.bars += 1;
      if (row === 0 || log.label[row - 1] !== log.label[row]) count.spells += 1;
      const expected = expectedDwellBars[row]!;
      if (Number.isFinite(expected)) count.expected.push(expected);
    }
    all += log.length;
  }
  return counts.flatMap(({ bars, spells, expected }, k) =>
    bars === 0
      ? []
      : [
          {
            label: regimeLabels[k]!,
            bars,
            share: bars / all,
            spells,
            meanDwellBars: bars / spells,
            expectedDwellBars:
              expected.length === 0 ? null : quantile(Float64Array.from(expected).sort(), 0.5),
          },
        ],
  );
}

/** Which regime followed which, from one decision bar to the next. */
export type Transitions = {
  /** The regimes that were ever in force; rows and columns of the matrix. */
  readonly labels: readonly RegimeLabel[];
  readonly counts: readonly (readonly number[])[];
  /** Each row adds up to 1; null where nothing followed. */
  readonly shares: readonly (readonly number[] | null)[];
};

/** Counts every step of every symbol. */
export function regimeTransitions(symbols: readonly SymbolSelection[]): Transitions {
  const counts = regimeLabels.map(() => regimeLabels.map(() => 0));
  const isSeen = regimeLabels.map(() => false);
  for (const { log } of symbols) {
    for (let row = 0; row < log.length; row++) {
      isSeen[log.label[row]!] = true;
      if (row > 0) counts[log.label[row - 1]!]![log.label[row]!]! += 1;
    }
  }
  const seen = [...regimeLabels.keys()].filter((k) => isSeen[k]);
  const kept = seen.map((from) => seen.map((to) => counts[from]![to]!));
  return {
    labels: seen.map((k) => regimeLabels[k]!),
    counts: kept,
    shares: kept.map((row) => {
      const sum = row.reduce((total, count) => total + count, 0);
      return sum === 0 ? null : row.map((count) => count / sum);
    }),
  };
}

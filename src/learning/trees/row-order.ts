import type { Span } from "../data/splits.ts";
import { featuresPerWord, missingBin, type FeatureBins } from "./feature-bins.ts";
import { binsPerFeature, type Split } from "./split-search.ts";

/** Rows in an order in which those of every node lie side by side. Memory is used again for every tree. */
export class RowOrder {
  readonly order: Int32Array;
  private readonly bins: FeatureBins;
  private readonly aside: Int32Array;
  /** By bin, whether it goes left. */
  private readonly goesLeft = new Uint8Array(binsPerFeature);

  /** Room for `rowsMax` rows. */
  constructor(bins: FeatureBins, rowsMax: number) {
    this.bins = bins;
    this.order = new Int32Array(rowsMax);
    this.aside = new Int32Array(rowsMax);
  }

  /** Rows of a new tree: all of them lie in its root. */
  start(rows: Int32Array): Span {
    this.order.set(rows);
    return { from: 0, to: rows.length };
  }

  /** Parts the rows of a node; each part keeps their order. Returns where the right part begins. */
  part({ from, to }: Span, { feature, bin, isMissingLeft }: Split): number {
    const { order, aside, goesLeft } = this;
    goesLeft.fill(1, 0, bin + 1).fill(0, bin + 1);
    goesLeft[missingBin] = isMissingLeft ? 1 : 0;
    const word = this.bins.words[Math.floor(feature / featuresPerWord)]!;
    const shift = 8 * (feature % featuresPerWord);
    let left = from;
    let right = 0;
    // Written to both sides and counted on one: a branch here would be guessed wrong half of the time.
    for (let k = from; k < to; k++) {
      const row = order[k]!;
      const isLeft = goesLeft[(word[row]! >>> shift) & 255]!;
      order[left] = row;
      aside[right] = row;
      left += isLeft;
      right += 1 - isLeft;
    }
    order.set(aside.subarray(0, right), left);
    return left;
  }
}

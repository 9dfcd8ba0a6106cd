import { regimeLabels, type RegimeLabel } from "../domain/regime.ts";
import { longRunShares } from "../learning/hmm/dwell.ts";
import type { HmmParams } from "../learning/hmm/hmm-params.ts";
import { labelProbabilities } from "../learning/hmm/label-states.ts";
import type { BlockFilter } from "./block-filter.ts";

const unknown = regimeLabels.indexOf("unknown");

/** A model whose states have names: what it makes of the rows so far, label by label. */
export class LabelFilter {
  /** Probabilities in the order of `regimeLabels`; overwritten by the next step. */
  readonly probabilities: Float64Array = new Float64Array(regimeLabels.length);
  /** Bars that each label lasts on average once it is there; NaN for a label that no state has. */
  readonly dwellBars: Float64Array;
  readonly labels: readonly RegimeLabel[];
  private readonly filter: BlockFilter;

  /** `filter` is of the same model and may have seen rows already. */
  constructor(params: HmmParams, labels: readonly RegimeLabel[], blockBars: number, filter: BlockFilter) {
    this.labels = labels;
    this.filter = filter;
    this.dwellBars = dwellOfLabels(params, labels).map((rows) => rows * blockBars);
    this.probabilities[unknown] = 1;
  }

  get logLikelihood(): number {
    return this.filter.logLikelihood;
  }

  /** Takes the row of the next bar. One in which a value is missing lets time pass, and the regime is unknown there. */
  step(row: Float64Array): Float64Array {
    const posterior = this.filter.step(row);
    if (row.every(Number.isFinite)) return this.show(posterior);
    this.probabilities.fill(0);
    this.probabilities[unknown] = 1;
    return this.probabilities;
  }

  /** Shows these probabilities of the states, without a step. */
  show(posterior: Float64Array): Float64Array {
    const { probabilities } = this;
    labelProbabilities(posterior, this.labels, probabilities);
    // States of one name can add up to a last digit more than 1.
    for (let k = 0; k < probabilities.length; k++) probabilities[k] = Math.min(1, probabilities[k]!);
    return probabilities;
  }
}

/** Rows that each label lasts: its states count as one, each with its share in the long run. */
function dwellOfLabels(params: HmmParams, labels: readonly RegimeLabel[]): Float64Array {
  const { states, transition } = params;
  const shares = longRunShares(params);
  return Float64Array.from(regimeLabels, (label) => {
    let [weight, leaving] = [0, 0];
    for (let from = 0; from < states; from++) {
      if (labels[from] !== label) continue;
      weight += shares[from]!;
      for (let to = 0; to < states; to++) {
        if (labels[to] !== label) leaving += shares[from]! * transition[from * states + to]!;
      }
    }
    return leaving > 0 ? weight / leaving : Number.NaN;
  });
}

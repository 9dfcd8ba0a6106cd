import { flooredShares } from "./floored-shares.ts";
import { predict, predictedMin, weigh } from "./forward-step.ts";
import { gaussiansOf } from "./gaussians.ts";
import type { Gaussians } from "./gaussians-port.ts";
import type { HmmParams } from "./hmm-params.ts";
import type { MarkedRows } from "./prepare-rows.ts";

/**
 * The forward and backward passes over all rows under a model whose numbers may change in place between passes.
 * The backward pass divides what is known by what was predicted instead of carrying backward variables, so nothing can
 * overflow. Sources: Rabiner (1989), section V.A (scaling); Kim, Dynamic linear models with Markov-switching (1994).
 */
export class Expectation {
  private readonly rows: MarkedRows;
  private readonly params: HmmParams;
  private readonly gaussians: Gaussians;
  private readonly posterior: Float64Array;
  private readonly predicted: Float64Array;
  private readonly pairs: Float64Array;
  private readonly smoothed: Float64Array;
  /** Smoothed over predicted probability. */
  private readonly ratios: Float64Array;

  constructor(rows: MarkedRows, params: HmmParams) {
    this.rows = rows;
    this.params = params;
    const { states } = params;
    this.gaussians = gaussiansOf(params);
    this.posterior = new Float64Array(rows.length * states);
    this.predicted = new Float64Array(rows.length * states);
    this.pairs = new Float64Array(states * states);
    this.smoothed = new Float64Array(states);
    this.ratios = new Float64Array(states);
  }

  /** Filters all rows; returns their log likelihood. */
  forward(): number {
    const { posterior, predicted, gaussians } = this;
    const { length, features, values, missing } = this.rows;
    const { states, initial, transition } = this.params;
    gaussians.refresh();
    predicted.set(initial);
    let logLikelihood = 0;
    for (let row = 0, at = 0; row < length; row++, at += states) {
      if (row > 0) predict(posterior, at - states, transition, predicted, at, states);
      gaussians.logDensities(values, row * features, missing[row]!, posterior, at);
      logLikelihood += weigh(predicted, at, posterior, at, states);
    }
    return logLikelihood;
  }

  /**
   * Walks back from the last row after `forward`, hands every row's smoothed probabilities (K, reused) to `visit`, and
   * counts the transitions on the way.
   */
  backward(visit: (row: number, smoothed: Float64Array) => void): void {
    const { posterior, smoothed, pairs } = this;
    const { states } = this.params;
    const last = this.rows.length - 1;
    pairs.fill(0);
    for (let k = 0; k < states; k++) smoothed[k] = posterior[last * states + k]!;
    for (let row = last; row >= 0; row--) {
      visit(row, smoothed);
      if (row > 0) this.stepBack(row);
    }
  }

  /** From the smoothed probabilities of `row` to those of the row before it. */
  private stepBack(row: number): void {
    const { posterior, predicted, smoothed, ratios, pairs } = this;
    const { states, transition } = this.params;
    const at = row * states;
    for (let to = 0; to < states; to++) {
      const before = predicted[at + to]!;
      ratios[to] = before < predictedMin ? 0 : smoothed[to]! / before;
    }
    for (let from = 0, k = 0; from < states; from++) {
      const filtered = posterior[at - states + from]!;
      let sum = 0;
      for (let to = 0; to < states; to++, k++) {
        pairs[k]! += filtered * ratios[to]!;
        sum += transition[k]! * ratios[to]!;
      }
      smoothed[from] = filtered * sum;
    }
  }

  /** The first and transition probabilities that fit the last `backward` best, written to the model in place. */
  maximise(stickiness: number): void {
    const { pairs, smoothed } = this;
    const { states, initial, transition } = this.params;
    for (let k = 0; k < pairs.length; k++) pairs[k]! *= transition[k]!;
    for (let k = 0; k < states; k++) pairs[k * states + k]! += stickiness;
    for (let from = 0; from < states; from++) flooredShares(pairs, transition, from * states, states);
    flooredShares(smoothed, initial, 0, states);
  }
}

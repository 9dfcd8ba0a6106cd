import { ForwardFilter } from "../learning/hmm/forward-filter.ts";
import type { HmmParams } from "../learning/hmm/hmm-params.ts";

/**
 * The forward filter for rows that sum up blocks of bars, with an answer at every bar: `blockBars` filters take turns,
 * each of them fed with the blocks that follow one another without overlap and end at its bars. None of them counts a
 * bar twice.
 */
export class BlockFilter {
  /** Sum of the log densities of all rows, each given the block before it. */
  logLikelihood = 0;
  private readonly filters: readonly ForwardFilter[];
  private turn = 0;

  /** Throws `HMM_PARAMS_INVALID` on numbers that are no model. */
  constructor(params: HmmParams, blockBars: number) {
    this.filters = Array.from({ length: blockBars }, () => new ForwardFilter(params));
  }

  /** Takes the row of the next bar; returns the probabilities of the states, in an array that is reused. */
  step(row: Float64Array): Float64Array {
    const filter = this.filters[this.turn]!;
    this.turn = this.turn + 1 === this.filters.length ? 0 : this.turn + 1;
    const before = filter.logLikelihood;
    const posterior = filter.step(row);
    this.logLikelihood += filter.logLikelihood - before;
    return posterior;
  }
}

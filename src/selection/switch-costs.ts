import type { WatchedCandidate } from "./candidate.ts";

/** Commission and slippage at a row, as a share of what is traded. */
export type CostRate = (row: number) => number;

/** What it would cost to hold what another strategy holds: the difference of the holdings times the cost rate. */
export class SwitchCosts {
  private readonly candidates: readonly WatchedCandidate[];
  private readonly costRate: CostRate;
  private readonly costs: Float64Array;

  constructor(candidates: readonly WatchedCandidate[], costRate: CostRate) {
    this.candidates = candidates;
    this.costRate = costRate;
    this.costs = new Float64Array(candidates.length);
  }

  /** As a share of equity, by candidate; the array is reused. `current` is -1 when nobody trades. */
  from(current: number, row: number): Float64Array {
    const held = current < 0 ? 0 : this.candidates[current]!.weight;
    const rate = this.costRate(row);
    for (let k = 0; k < this.costs.length; k++)
      this.costs[k] = Math.abs(this.candidates[k]!.weight - held) * rate;
    return this.costs;
  }
}

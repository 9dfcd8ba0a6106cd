import type { Labelled } from "./labelled.ts";
import type { Tree } from "./grow-tree.ts";
import { leadThrough } from "./scores.ts";

/** Follows the loss on rows that no tree was grown on. */
export class EarlyStop {
  readonly losses: number[] = [];
  /** How many trees did best; at least one. */
  best = 1;
  private readonly held: Labelled;
  private readonly rows: Int32Array;
  private readonly scores: Float64Array;
  private readonly patience: number;

  constructor(held: Labelled, base: number, patience: number) {
    this.held = held;
    this.patience = patience;
    this.rows = Int32Array.from({ length: held.x.rows }, (_, row) => row);
    this.scores = new Float64Array(held.x.rows).fill(base);
  }

  /** Whether so many trees in a row, this the last of them, brought nothing. */
  isOver(tree: Tree): boolean {
    const { x, y, weights } = this.held;
    leadThrough(this.scores, tree, x, this.rows);
    let [loss, all] = [0, 0];
    for (let row = 0; row < x.rows; row++) {
      const score = this.scores[row]!;
      // ln(1 + exp(-score)) without overflow, for either outcome.
      const signed = y[row]! > 0.5 ? score : -score;
      loss += weights[row]! * (Math.log1p(Math.exp(-Math.abs(signed))) + Math.max(0, -signed));
      all += weights[row]!;
    }
    this.losses.push(loss / all);
    if (this.losses.at(-1)! < this.losses[this.best - 1]! - 1e-9) this.best = this.losses.length;
    return this.losses.length - this.best >= this.patience;
  }
}

import type { Labelled } from "./labelled.ts";
import type { Tree } from "./grow-tree.ts";
import { leadThrough } from "./scores.ts";
import type { Team } from "./team.ts";

/** Rows whose losses are added up on their own, so that the sum of all is the same for any number of members. */
const blockRows = 256;

/** Follows the loss on rows that no tree was grown on; each member looks at some of them. */
export class EarlyStop {
  readonly losses: number[] = [];
  /** How many trees did best; at least one. */
  best = 1;
  private readonly held: Labelled;
  private readonly team: Team;
  private readonly rows: Int32Array;
  private readonly scores: Float64Array;
  private readonly patience: number;
  private readonly weight: number;

  constructor(held: Labelled, base: number, patience: number, team: Team) {
    this.held = held;
    this.team = team;
    this.patience = patience;
    const [from, to] = team.shareOf(this.blocks);
    const end = Math.min(held.x.rows, to * blockRows);
    this.rows = Int32Array.from(
      { length: Math.max(0, end - from * blockRows) },
      (_, k) => from * blockRows + k,
    );
    this.scores = new Float64Array(held.x.rows).fill(base);
    this.weight = held.weights.reduce((sum, weight) => sum + weight, 0);
  }

  /** Whether so many trees in a row, this the last of them, brought nothing. */
  isOver(tree: Tree): boolean {
    const { x, y, weights } = this.held;
    leadThrough(this.scores, tree, x, this.rows);
    const sums = new Float64Array(this.blocks);
    for (const row of this.rows) {
      const score = this.scores[row]!;
      // ln(1 + exp(-score)) without overflow, for either outcome.
      const signed = y[row]! > 0.5 ? score : -score;
      const loss = Math.log1p(Math.exp(-Math.abs(signed))) + Math.max(0, -signed);
      sums[Math.floor(row / blockRows)]! += weights[row]! * loss;
    }
    const loss = this.team.sum(sums).reduce((sum, of) => sum + of, 0);
    this.losses.push(loss / this.weight);
    if (this.losses.at(-1)! < this.losses[this.best - 1]! - 1e-9) this.best = this.losses.length;
    return this.losses.length - this.best >= this.patience;
  }

  private get blocks(): number {
    return Math.ceil(this.held.x.rows / blockRows);
  }
}

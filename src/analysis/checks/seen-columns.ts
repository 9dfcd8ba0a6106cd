import { ownFrame } from "../../domain/expression.ts";
import type { Column } from "../../engine/columns/fold.ts";
import type { Frame } from "../../engine/columns/frame.ts";
import type { Runner } from "../../engine/runner.ts";
import { inputsOf, listExpressions } from "./list-expressions.ts";

/** A column as a strategy saw it: its value at each decision bar, at that bar. Plain data: it can leave the process. */
export type SeenColumn = {
  /** Key of its expression. */
  readonly key: string;
  readonly inputKeys: readonly string[];
  /** Whether an indicator computes it, whose code may be anybody's; fields and aligned rows are the engine's. */
  readonly isComputed: boolean;
  /** What the strategy calls it; empty for a step on the way to a series. */
  readonly name: string;
  readonly instrument: number;
  readonly symbol: string;
  /** One value per decision bar that the run came to; of another frame: the value of its last visible row. */
  readonly values: Float64Array;
};

type Watched = { readonly column: Column; readonly frame: Frame | null; readonly seen: SeenColumn };

/** Writes down what one runner's columns show, row by row, so that a value that changes later is caught. */
export class ColumnWatch {
  private readonly watched: readonly Watched[];
  private row = 0;

  constructor(runner: Runner, rowsMax: number) {
    const { store, instrument } = runner;
    this.watched = listExpressions(runner.expressions).map(({ expression, name }) => ({
      column: store.column(expression),
      frame: expression.frame === ownFrame ? null : store.frame(expression.frame),
      seen: {
        key: expression.key,
        inputKeys: inputsOf(expression).map(({ key }) => key),
        isComputed: expression.node.kind === "indicator",
        name,
        instrument,
        symbol: store.bars.symbol,
        values: new Float64Array(rowsMax).fill(Number.NaN),
      },
    }));
  }

  /** What has been written down so far. */
  columns(): readonly SeenColumn[] {
    return this.watched.map(({ seen }) => ({ ...seen, values: seen.values.subarray(0, this.row) }));
  }

  /** Writes down the rows before `rows` that have not been written yet. */
  take(rows: number): void {
    for (const { column, frame, seen } of this.watched) {
      // Before the range of a run nobody asks the strategy, and nobody else would fold the bars that have arrived.
      frame?.extend();
      column.extend();
      const { values } = column;
      for (let row = this.row; row < rows; row++) {
        const shown = frame === null ? row : frame.visible[row]!;
        seen.values[row] = shown < 0 ? Number.NaN : (values[shown] ?? Number.NaN);
      }
    }
    this.row = Math.max(this.row, rows);
  }
}

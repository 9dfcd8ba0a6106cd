import { assert } from "../../base/assert.ts";
import type { Bars } from "../../domain/bars.ts";
import type { Calendar } from "../../domain/calendar/calendar.ts";
import { ownFrame, type Expr } from "../../domain/expression.ts";
import { ColumnStore } from "../../engine/columns/column-store.ts";
import type { Column } from "../../engine/columns/fold.ts";
import type { Frame } from "../../engine/columns/frame.ts";
import { firstRowThatSees, readyRow } from "../../engine/columns/warmup.ts";

type Part = {
  readonly expression: Expr;
  readonly column: Column;
  /** Null for a feature of the bars' own rows. */
  readonly frame: Frame | null;
  /** The first row whose value may be trusted; infinite while that is not known. */
  ready: number;
};

/**
 * Features of bars in memory, by the engine's own columns. When bars were appended, `extend` computes their rows and
 * nothing else. Rows before a feature is warm and settled are NaN: what depends on where the data begin is not shown.
 */
export class FeatureColumns {
  readonly names: readonly string[];
  /** Rows that have been computed. */
  length = 0;
  private readonly store: ColumnStore;
  private readonly parts: readonly Part[];

  constructor(expressions: Readonly<Record<string, Expr>>, bars: Bars, calendar: Calendar) {
    this.names = Object.keys(expressions);
    this.store = new ColumnStore(bars, calendar, noOtherSymbols);
    this.parts = Object.values(expressions).map((expression) => ({
      expression,
      column: this.store.column(expression),
      frame: expression.frame === ownFrame ? null : this.store.frame(expression.frame),
      ready: Infinity,
    }));
    this.extend();
  }

  /** Computes the rows of bars that were appended. */
  extend(): void {
    for (const part of this.parts) {
      part.column.extend();
      part.frame?.extend();
      if (part.ready === Infinity) part.ready = this.readyRowOf(part);
    }
    this.length = this.store.bars.length;
  }

  /** Writes one row of all features into `out`, in the order of `names`. */
  row(row: number, out: Float64Array): void {
    for (let k = 0; k < this.parts.length; k++) out[k] = this.valueOf(this.parts[k]!, row);
  }

  /** Writes rows `from` to `to - 1` of the `index`-th feature to the beginning of `out`. */
  copy(index: number, from: number, to: number, out: Float64Array): void {
    const part = this.parts[index]!;
    const ready = Math.min(to, Math.max(from, part.ready));
    out.fill(Number.NaN, 0, ready - from);
    if (part.frame === null) out.set(part.column.values.subarray(ready, to), ready - from);
    else for (let row = ready; row < to; row++) out[row - from] = this.valueOf(part, row);
  }

  private valueOf({ column, frame, ready }: Part, row: number): number {
    if (row < ready) return Number.NaN;
    return column.values[frame === null ? row : frame.visible[row]!]!;
  }

  private readyRowOf({ expression, frame }: Part): number {
    const row = readyRow(expression, this.store);
    return frame === null ? row : firstRowThatSees(frame, row, this.store);
  }
}

function noOtherSymbols(symbol: string): never {
  assert(false, `features see one symbol, not ${symbol}`);
}

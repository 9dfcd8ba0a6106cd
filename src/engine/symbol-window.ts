import { barSeries, ownFrame, timeframeFrame, type Expr } from "../domain/expression.ts";
import type { ParamValue } from "../domain/params.ts";
import type { AnyStrategy, Series } from "../ports/strategy.ts";
import { checkSeries } from "./check-series.ts";
import type { ColumnStore } from "./columns/column-store.ts";
import type { Column } from "./columns/fold.ts";
import type { Frame } from "./columns/frame.ts";
import { firstRowThatSees, readyRow } from "./columns/warmup.ts";
import type { ProtectionLevels } from "./execution/protect.ts";

type Cursor = { row: number };
type FrameCursor = { readonly cursor: Cursor; readonly frame: Frame };

/** The name of the series that protection is measured in; the space keeps it apart from a strategy's own names. */
export const protectionRange = "protection range";

/** What one strategy sees of one symbol: its series over the symbol's columns, and the cursor that bounds them. */
export class SymbolWindow {
  readonly store: ColumnStore;
  /** The expressions that the strategy watches, by its own names for them. */
  readonly expressions: Readonly<Record<string, Expr>>;
  readonly series: Readonly<Record<string, Series>>;
  /** The row that the series show as their present. */
  readonly cursor: Cursor = { row: -1 };
  /** Whether any series is of another frame than the own one. */
  readonly hasFrames: boolean;
  private readonly columns: readonly Column[];
  private readonly frames: readonly FrameCursor[];
  /** The series that the strategy sleeps by: it needs no previous value. */
  private readonly wakeOn: string | undefined;
  /** Infinity until it is known; from then on it stays. */
  private firstRow = Infinity;
  private rowsSeen = 0;

  constructor(
    strategy: AnyStrategy,
    params: Readonly<Record<string, ParamValue>>,
    store: ColumnStore,
    protection: ProtectionLevels | null,
  ) {
    this.store = store;
    this.wakeOn = strategy.wakeOn;
    const watched = strategy.setup({
      bars: barSeries(),
      tf: (timeframe) => barSeries(timeframeFrame(timeframe)),
      symbol: (symbol, timeframe) =>
        barSeries(timeframe === undefined ? `${symbol}@` : timeframeFrame(timeframe, symbol)),
      p: params,
    });
    checkSeries(strategy, watched);
    this.expressions = protection === null ? watched : { ...watched, [protectionRange]: protection.range };
    const keys = new Set(Object.values(this.expressions).map(({ frame }) => frame));
    keys.delete(ownFrame);
    this.frames = [...keys].map((key) => ({ cursor: { row: -1 }, frame: store.frame(key) }));
    this.hasFrames = this.frames.length > 0;
    const cursors = new Map([...keys].map((key, k) => [key, this.frames[k]!.cursor]));
    const series: Record<string, Series> = {};
    const columns: Column[] = [];
    for (const [name, expression] of Object.entries(this.expressions)) {
      const column = store.column(expression);
      columns.push(column);
      const cursor = expression.frame === ownFrame ? this.cursor : cursors.get(expression.frame)!;
      series[name] = new ColumnSeries(column, cursor);
    }
    this.columns = columns;
    this.series = series;
  }

  /** Makes sure that the columns hold the rows before `row`. */
  holdUntil(row: number): void {
    if (row > this.rowsSeen) this.extend();
  }

  /** Lets the series show `row` as their present, and nothing later. */
  moveTo(row: number): void {
    this.holdUntil(row + 1);
    this.cursor.row = row;
    for (let k = 0; k < this.frames.length; k++)
      this.frames[k]!.cursor.row = this.frames[k]!.frame.visible[row]!;
  }

  /** Prices of this window over traded ones, at its present. */
  get priceFactor(): number {
    const { scale, bars } = this.store;
    return scale === null ? 1 : scale.factorAt(bars.closeTimeMs[this.cursor.row] ?? -Infinity);
  }

  /** Folds whatever bars have arrived since: all of history at once, or one live bar. */
  private extend(): void {
    for (const { frame } of this.frames) frame.extend();
    for (const column of this.columns) column.extend();
    this.rowsSeen = this.store.bars.length;
  }

  /**
   * The first row on which the strategy is asked: every series has a value that no longer depends on where the data
   * begin, and one before it, so that `prev` can be read. The series that wakes it needs no previous one. Infinity
   * while a higher timeframe has not closed often enough.
   */
  firstDecisionRow(): number {
    if (this.firstRow === Infinity) this.firstRow = this.findFirstRow();
    return this.firstRow;
  }

  private findFirstRow(): number {
    let first = 0;
    for (const [name, expression] of Object.entries(this.expressions)) {
      const row = readyRow(expression, this.store) + (name === this.wakeOn ? 0 : 1);
      const isOwn = expression.frame === ownFrame;
      first = Math.max(
        first,
        isOwn ? row : firstRowThatSees(this.store.frame(expression.frame), row, this.store),
      );
    }
    return first;
  }
}

/** The strategy's window on one column. Its parts are really private: whoever reached the column could read ahead. */
class ColumnSeries implements Series {
  readonly #column: Column;
  readonly #cursor: Cursor;

  constructor(column: Column, cursor: Cursor) {
    this.#column = column;
    this.#cursor = cursor;
  }
  get now(): number {
    return this.#column.values[this.#cursor.row]!;
  }
  get prev(): number {
    const row = this.#cursor.row - 1;
    return row < 0 ? Number.NaN : this.#column.values[row]!;
  }
  ago(bars: number): number {
    if (!(bars >= 0)) throw new RangeError(`ago(${bars}): the future cannot be read`);
    const row = this.#cursor.row - bars;
    return row < 0 ? Number.NaN : this.#column.values[row]!;
  }
  // Without these two, what is natural in other languages is false on every bar, and no trade comes of it.
  get [0](): never {
    throw seriesIsNoArray();
  }
  [Symbol.toPrimitive](): never {
    throw seriesIsNoNumber();
  }
}

function seriesIsNoArray(): TypeError {
  return new TypeError(
    "a series is no array: series.NAME.now is its present value, .prev the one before, .ago(2) the next",
  );
}

function seriesIsNoNumber(): TypeError {
  return new TypeError(
    "a series is no number: compare and reckon with series.NAME.now (.prev is the value one bar before)",
  );
}

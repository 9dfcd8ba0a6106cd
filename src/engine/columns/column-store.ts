import { assert } from "../../base/assert.ts";
import { KiwiError } from "../../base/errors.ts";
import { dayMs } from "../../base/time.ts";
import type { Bars } from "../../domain/bars.ts";
import type { Calendar } from "../../domain/calendar/calendar.ts";
import { ownFrame, type Expr, type FrameKey } from "../../domain/expression.ts";
import { isExternal, withOwnSymbol } from "../../domain/external-series.ts";
import type { IndicatorDefinition } from "../../domain/indicator.ts";
import { timeframeMs, type Timeframe } from "../../domain/timeframe.ts";
import type { PriceScale } from "./adjusted-frame.ts";
import { Column, Fold, grow } from "./fold.ts";
import { AlignedFrame, ChainedFrame, ResampledFrame, type Frame } from "./frame.ts";
import { HeldColumns } from "./held-columns.ts";

/** Bytes that the columns of all symbols of a search or a sweep may take in each thread, between its runs. */
const columnBytesMax = 64 * 1024 * 1024;

/** Ends one run of many over the same bars: columns that were not used for longest make room for others. */
export function endRunOf(stores: readonly ColumnStore[], bytesMax = columnBytesMax): void {
  for (const store of stores) store.endRun(bytesMax / stores.length);
}

/** How a store finds the bars of another symbol or an external series; throws when the run has none. */
export type FindBars = (symbol: string) => { readonly bars: Bars; readonly calendar: Calendar };

/**
 * The columns of one symbol's bars. Every distinct expression is folded once, whoever asks for it, so a sweep
 * over parameters shares what its runs have in common.
 */
export class ColumnStore {
  readonly bars: Bars;
  /** What the prices here are in multiples of traded ones; null where they are those. */
  readonly scale: PriceScale | null;
  private readonly calendar: Calendar;
  private readonly findBars: FindBars;
  private readonly frames = new Map<FrameKey, Frame>();
  private readonly columns = new Map<string, Column>();
  private readonly folds = new Map<string, Fold>();
  private readonly held = new HeldColumns();
  private readonly spare: Float64Array[] = [];
  private readonly definitions = new Map<string, IndicatorDefinition>();
  private readonly checked = new WeakSet<Expr>();

  constructor(bars: Bars, calendar: Calendar, findBars: FindBars, scale: PriceScale | null = null) {
    this.scale = scale;
    this.bars = bars;
    this.calendar = calendar;
    this.findBars = findBars;
  }

  /** Every column made so far, by expression key: what `kiwi check` compares. */
  get all(): ReadonlyMap<string, Column> {
    return this.columns;
  }

  /** The column of an expression, computed up to the bars there are. */
  column(expression: Expr): Column {
    let column = this.columns.get(expression.key);
    this.checkNames(expression);
    if (column === undefined) {
      column = this.make(expression);
      this.columns.set(expression.key, column);
      if (column.holder !== null) this.held.name(column.holder, expression.key);
    }
    if (column.holder !== null) this.held.use(column.holder);
    column.extend();
    return column;
  }

  /** Takes over a whole column of history that was folded elsewhere, by this same code over these same bars. */
  adopt(key: string, values: Float64Array): void {
    if (this.columns.has(key)) return;
    const column = new Column(() => {});
    column.values = values;
    this.columns.set(key, column);
  }

  /** Columns are told apart by the names of their indicators, so a name must not stand for two of them. */
  private checkNames(expression: Expr): void {
    const { node } = expression;
    if (node.kind === "align") return this.checkNames(node.input);
    if (node.kind !== "indicator" || this.checked.has(expression)) return;
    this.checked.add(expression);
    const known = this.definitions.get(node.definition.name) ?? node.definition;
    // A copy with another warm-up is still the same indicator; another fold is not.
    if (known.create !== node.definition.create) throw nameTaken(node.definition.name);
    this.definitions.set(node.definition.name, known);
    for (const input of node.inputs) this.checkNames(input);
  }

  /** Gives back a column that was taken over: who asks for it again has it folded here. */
  release(key: string): void {
    if (this.columns.get(key)?.holder === null) this.columns.delete(key);
  }

  /**
   * Ends one run of many over the same history: columns that were not used for longest make room until all take no more
   * than so many bytes. Only between runs: a session that still runs holds on to its columns.
   */
  endRun(bytesMax: number): void {
    // What the run did not need of the room that was made before it is given back.
    this.spare.length = 0;
    for (const [holder, { keys, outputs }] of this.held.letGo(bytesMax)) {
      this.folds.delete(holder);
      for (const key of keys) this.columns.delete(key);
      for (const { values } of outputs) this.spare.push(values);
    }
  }

  /** The bars of a frame other than the own one, and which of them are closed at each own row. */
  frame(key: FrameKey): Frame {
    assert(key !== ownFrame, "the own frame needs no map");
    let frame = this.frames.get(key);
    if (frame === undefined) {
      frame = this.makeFrame(key);
      this.frames.set(key, frame);
    }
    frame.extend();
    return frame;
  }

  private makeFrame(key: FrameKey): Frame {
    const [symbol, timeframe] = key.includes("@") ? key.split("@") : ["", key];
    if (symbol === "") {
      checkHigher(timeframe as Timeframe, this.bars.timeframe);
      return new ResampledFrame(this.bars, timeframe as Timeframe, this.calendar);
    }
    const other = this.findBars(withOwnSymbol(symbol!, this.bars.symbol));
    const aligned = new AlignedFrame(this.bars, other.bars);
    // Bars that nobody trades come as they are in their file: those of the own length are built of finer ones.
    const isFiner =
      !isExternal(symbol!) && timeframeMs(other.bars.timeframe) < timeframeMs(this.bars.timeframe);
    const wanted = timeframe === "" && isFiner ? this.bars.timeframe : (timeframe as Timeframe | "");
    if (wanted === "") return aligned;
    checkHigher(wanted, other.bars.timeframe);
    const higher = new ResampledFrame(other.bars, wanted, other.calendar);
    return new ChainedFrame(this.bars, aligned, higher);
  }

  private make(expression: Expr): Column {
    const { node } = expression;
    switch (node.kind) {
      case "field":
        return this.fieldColumn(expression);
      case "constant":
        return this.lone(
          expression,
          constantColumn(node.value, () => this.rows(expression.frame)),
        );
      case "align":
        return this.lone(
          expression,
          alignedColumn(this.column(node.input), this.frame(node.input.frame), () => this.bars.length),
        );
      case "indicator":
        return this.foldOf(expression).outputs[node.output]!;
    }
  }

  /** A column that is no fold and can be made again all the same. */
  private lone({ key, frame }: Expr, column: Column): Column {
    this.held.hold(`alone ${key}`, [column], this.rows(frame));
    return column;
  }

  /** Outputs of one indicator with the same parameters and inputs share one fold. */
  private foldOf(expression: Expr): Fold {
    const { node } = expression;
    assert(node.kind === "indicator", "only indicators fold");
    const inputs = node.inputs.map((input) => this.column(input));
    const key = `${node.definition.name}(${node.inputs.map((input) => input.key).join()};${Object.values(node.params).join()})`;
    let fold = this.folds.get(key);
    if (fold === undefined) {
      fold = new Fold(node.definition, node.params, inputs, () => this.rows(expression.frame), this.spare);
      this.folds.set(key, fold);
      this.held.hold(key, fold.outputs, this.rows(expression.frame));
    }
    return fold;
  }

  private rows(frame: FrameKey): number {
    return frame === ownFrame ? this.bars.length : this.frame(frame).bars.length;
  }

  private fieldColumn(expression: Expr): Column {
    const { node, frame } = expression;
    assert(node.kind === "field", "a field");
    const source = frame === ownFrame ? null : this.frame(frame);
    const bars = source?.bars ?? this.bars;
    const { field } = node;
    if (field === "session") return sessionColumn(bars, this.calendar, source);
    return new Column((column) => {
      source?.extend();
      column.values = bars[field];
    });
  }
}

function nameTaken(name: string): KiwiError {
  return new KiwiError({
    code: "INDICATOR_NAME_TAKEN",
    exit: "usage",
    message: `two different indicators are called "${name}"`,
    why: "columns are shared by name, so one of them would silently get the other's values",
    fix: "give your own indicator a name of its own   (kiwi indicators list shows those that are taken)",
    topic: "indicators",
  });
}

/** Bars are built of whole lower bars: higher ones only, and inside a day only whole multiples. */
function checkHigher(timeframe: Timeframe, own: Timeframe): void {
  const [spanMs, ownMs] = [timeframeMs(timeframe), timeframeMs(own)];
  if (spanMs > ownMs && (spanMs >= dayMs || spanMs % ownMs === 0)) return;
  throw new KiwiError({
    code: "TIMEFRAME_NOT_HIGHER",
    exit: "usage",
    message: `${timeframe} bars cannot be built of ${own} bars`,
    why:
      spanMs > ownMs
        ? `${own} does not divide ${timeframe}`
        : "only higher timeframes can be built from lower ones",
    fix: `use a timeframe above ${own} in tf(...), or run on finer bars`,
    topic: "timeframes",
  });
}

function constantColumn(value: number, rowsNow: () => number): Column {
  return new Column((column) => {
    const from = column.values.length;
    if (rowsNow() <= from) return;
    column.values = grow(column.values, rowsNow());
    column.values.fill(value, from);
  });
}

function alignedColumn(input: Column, frame: Frame, rowsNow: () => number): Column {
  let row = 0;
  return new Column((column) => {
    // Whatever the input reads takes in the bars of its frame.
    input.extend();
    const rows = rowsNow();
    column.values = grow(column.values, rows);
    for (; row < rows; row++) {
      const visible = frame.visible[row]!;
      column.values[row] = visible < 0 ? Number.NaN : input.values[visible]!;
    }
  });
}

function sessionColumn(bars: Bars, calendar: Calendar, source: Frame | null): Column {
  let row = 0;
  return new Column((column) => {
    source?.extend();
    column.values = grow(column.values, bars.length);
    for (; row < bars.length; row++) column.values[row] = calendar.sessionOf(bars.closeTimeMs[row]!);
  });
}

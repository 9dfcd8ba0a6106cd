import { sliceBars, type Bars } from "../../domain/bars.ts";
import type { DecisionEvent } from "../../engine/decision-log/event-table.ts";
import type { AnyStrategy } from "../../ports/strategy.ts";
import type { CheckSubject } from "./check-subject.ts";
import { rowsUntil } from "./compare-traces.ts";
import { gatedStrategy } from "./gated-strategy.ts";
import { ownMemory } from "./own-memory.ts";
import { ordinaryRun, type RunTrace } from "./run-trace.ts";

/** How far the end of a run is from the same bars after all of history. */
export type Probe = {
  readonly isSame: boolean;
  /** When the first decision that differs was made, and what it is with all of history and without. */
  readonly timeMs: number;
  readonly whole: string;
  readonly short: string;
  /** By column: the largest difference relative to the value, and relative to how much the column moves. */
  readonly errors: readonly number[];
  readonly spreadErrors: readonly number[];
  /** By column: the same on the few rows before the window, which a strategy may look back on. */
  readonly lookbackErrors: readonly number[];
};

/** Prices and weights that differ by less are the same decision: what `settling` promises. */
const tolerance = 1e-3;
const lookbackRows = 10;
const rangeChanges = 100;

/** A stretch of bars on which decisions are compared: with all bars before it, and with only a few. */
export class WarmupWindow {
  readonly fromMs: number;
  readonly toMs: number;
  /** Base bars of the first symbol before the window. */
  readonly historyMax: number;
  private readonly whole: RunTrace;
  /** How much each column moves around the window. */
  private readonly ranges: readonly number[];
  private readonly subject: CheckSubject;
  private readonly strategy: AnyStrategy;
  private readonly firstRow: number;
  private readonly probes = new Map<number, Probe>();

  constructor(subject: CheckSubject, strategy: AnyStrategy, fromMs: number, toMs: number) {
    this.subject = subject;
    this.strategy = gatedStrategy(strategy, fromMs);
    this.fromMs = fromMs;
    this.toMs = toMs;
    this.firstRow = rowsUntil(subject.bars[0]!, fromMs) - 1;
    this.historyMax = this.firstRow;
    this.whole = ordinaryRun(subject, this.strategy, subject.params, this.bars(this.historyMax));
    this.ranges = this.whole.columns.map(({ values }) => rangeOf(values));
  }

  /** The bars of the window and `history` bars of the first symbol before it; other symbols from the same time on. */
  bars(history: number): readonly Bars[] {
    const first = this.subject.bars[0]!;
    const row = this.firstRow - history;
    const beforeMs = row === 0 ? -Infinity : first.closeTimeMs[row - 1]!;
    return this.subject.bars.map((bars) =>
      sliceBars(bars, rowsUntil(bars, beforeMs), rowsUntil(bars, this.toMs)),
    );
  }

  /** How many decisions all of history leads to in the window. */
  get decisions(): number {
    return decisionsFrom(this.whole, this.fromMs).length;
  }

  /** By column: whether its indicator itself, apart from its inputs, remembers enough after `history` bars. */
  ownMemory(history: number): readonly boolean[] {
    return ownMemory(this.subject, this.strategy, this, history);
  }

  /** Compares a run that begins `history` bars before the window with the one that knows everything before it. */
  probe(history: number): Probe {
    let probe = this.probes.get(history);
    if (probe === undefined) {
      const short = ordinaryRun(this.subject, this.strategy, this.subject.params, this.bars(history));
      probe = compare(this.whole, short, this.fromMs, this.ranges);
      this.probes.set(history, probe);
    }
    return probe;
  }
}

function compare(whole: RunTrace, short: RunTrace, fromMs: number, ranges: readonly number[]): Probe {
  const errors: number[] = [];
  const spreadErrors: number[] = [];
  const lookbackErrors: number[] = [];
  for (const [index, column] of whole.columns.entries()) {
    const [one, other] = [whole, short].map(({ columns, decided }) => {
      const bars = decided[column.instrument]!;
      const row = rowsUntil(bars, fromMs - 1);
      return { values: columns[index]!.values.subarray(0, bars.length), row };
    });
    const inside = columnError(one!.values.subarray(one!.row), other!.values.subarray(other!.row));
    errors.push(relativeTo(inside.size, inside.largest));
    spreadErrors.push(relativeTo(ranges[index]!, inside.largest));
    lookbackErrors.push(
      relativeTo(ranges[index]!, columnError(lastBefore(one!), lastBefore(other!)).largest),
    );
  }
  return { ...compareDecisions(whole, short, fromMs), errors, spreadErrors, lookbackErrors };
}

/** The values of the last few rows before a window; a row before the first one is missing. */
function lastBefore({ values, row }: { values: Float64Array; row: number }): Float64Array {
  return Float64Array.from({ length: lookbackRows }, (_, k) => values[row - lookbackRows + k] ?? Number.NaN);
}

/** The largest difference of two columns, Infinity where one of them lacks a value, and the largest value. */
function columnError(whole: Float64Array, short: Float64Array): { largest: number; size: number } {
  if (whole.length !== short.length) return { largest: Infinity, size: 0 };
  let [largest, size] = [0, 0];
  for (let row = 0; row < whole.length; row++) {
    const [a, b] = [whole[row]!, short[row]!];
    if (Number.isNaN(a) && Number.isNaN(b)) continue;
    if (Number.isNaN(a) || Number.isNaN(b)) return { largest: Infinity, size: 0 };
    largest = Math.max(largest, Math.abs(a - b));
    size = Math.max(size, Math.abs(a));
  }
  return { largest, size };
}

function relativeTo(scale: number, difference: number): number {
  return difference === 0 ? 0 : scale > 0 ? difference / scale : Infinity;
}

/** From lowest to highest over the last hundred values that are new: a daily value stands still for many minutes. */
function rangeOf(values: Float64Array): number {
  let [low, high, last, changes] = [Infinity, -Infinity, Number.NaN, 0];
  for (let row = values.length - 1; row >= 0 && changes < rangeChanges; row--) {
    const value = values[row]!;
    if (Number.isNaN(value) || value === last) continue;
    [low, high, last] = [Math.min(low, value), Math.max(high, value), value];
    changes += 1;
  }
  return high > low ? high - low : 0;
}

/** Signals, and the prices of the orders that wait for one. Quantities follow from them and from the account. */
function compareDecisions(
  whole: RunTrace,
  short: RunTrace,
  fromMs: number,
): Pick<Probe, "isSame" | "timeMs" | "whole" | "short"> {
  const [one, other] = [whole, short].map((trace) => decisionsFrom(trace, fromMs));
  for (let row = 0; row < Math.max(one!.length, other!.length); row++) {
    const [a, b] = [one![row], other![row]];
    if (a !== undefined && b !== undefined && isAlike(a, b)) continue;
    const timeMs = Math.min(a?.timeMs ?? Infinity, b?.timeMs ?? Infinity);
    const textAt = (event: DecisionEvent | undefined) =>
      event?.timeMs === timeMs ? textOf(event) : "nothing";
    return { isSame: false, timeMs, whole: textAt(a), short: textAt(b) };
  }
  const [wholeEnd, shortEnd] = [whole.failure, short.failure].map((failure) => failure === null);
  return {
    isSame: wholeEnd === shortEnd,
    timeMs: fromMs,
    whole: "a run to the end",
    short: "a run that fails",
  };
}

function decisionsFrom({ events }: RunTrace, fromMs: number): readonly DecisionEvent[] {
  const decisions: DecisionEvent[] = [];
  for (let row = 0; row < events.length; row++) {
    const event = events.at(row)!;
    const isDecision = event.kind === "signal" || (event.kind === "order" && !Number.isNaN(event.second));
    if (isDecision && event.timeMs >= fromMs) decisions.push(event);
  }
  return decisions;
}

function isAlike(a: DecisionEvent, b: DecisionEvent): boolean {
  if (a.timeMs !== b.timeMs || a.instrument !== b.instrument || a.kind !== b.kind) return false;
  if (a.kind === "signal") return Math.abs(a.first - b.first) <= tolerance;
  return Math.sign(a.first) === Math.sign(b.first) && Math.abs(a.second / b.second - 1) <= tolerance;
}

function textOf({ kind, first, second, text }: DecisionEvent): string {
  return `${kind} ${kind === "signal" ? first : second} (${text})`;
}

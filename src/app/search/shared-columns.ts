import { listExpressions } from "../../analysis/checks/list-expressions.ts";
import { resolveParams, type Params } from "../../domain/params.ts";
import type { Expr } from "../../domain/expression.ts";
import { watchedSeries } from "../bars/watched-series.ts";
import type { BacktestSetup, Ground } from "../session/backtest-setup.ts";
import { layGround } from "../session/build-session.ts";
import type { SharedColumn, SharedColumns, TrialTask } from "./trial.ts";

/** Memory that shared columns may take in all. */
const sharedBytesMax = 256 * 1024 * 1024;

/** Hands columns to the stores of a ground over the same bars, and takes back those that it had from the search before. */
export function adoptColumns({ stores }: Ground, columns: SharedColumns, adopted: Set<string>): void {
  for (const key of adopted) {
    if (key in columns) continue;
    for (const store of stores) store.release(key);
    adopted.delete(key);
  }
  for (const [key, column] of Object.entries(columns)) {
    if (adopted.has(key)) continue;
    adopted.add(key);
    adoptOne(stores, key, column);
  }
}

function adoptOne(stores: Ground["stores"], key: string, { values, ends }: SharedColumn): void {
  for (const [index, store] of stores.entries())
    store.adopt(key, values.subarray(index === 0 ? 0 : ends[index - 1], ends[index]));
}

/** Folds what several trials of a search read, each expression once, in memory that all threads see. */
export class ColumnPool {
  private readonly setup: BacktestSetup;
  private readonly bytesMax: number;
  private readonly onFull: (line: string) => void;
  /** In the order of last use. */
  private readonly columns = new Map<string, SharedColumn>();
  private ground: Ground | null = null;
  private bytes = 0;
  private isFull = false;

  constructor(setup: BacktestSetup, onFull: (line: string) => void, bytesMax = sharedBytesMax) {
    this.setup = setup;
    this.onFull = onFull;
    this.bytesMax = bytesMax;
  }

  /**
   * Columns that at least two of these trials read, and those of earlier ones that one of them reads; undefined for trials on a
   * share of the bars, which fold their own.
   */
  columnsFor(tasks: readonly TrialTask[]): SharedColumns | undefined {
    if (tasks.some(({ share }) => share !== 1)) return undefined;
    const { strategy } = this.setup;
    // A choice among strategies and a portfolio build their series in ways of their own.
    if (strategy.plan !== undefined || strategy.portfolio !== undefined) return {};
    const read = readBy(this.setup, tasks);
    const wanted = new Set(read.map(({ expression }) => expression.key));
    for (const { expression, count } of read) {
      const known = this.columns.get(expression.key);
      if (known !== undefined) this.keep(expression.key, known);
      else if (count > 1) this.fold(expression, wanted);
    }
    return Object.fromEntries([...this.columns].filter(([key]) => wanted.has(key)));
  }

  /** Notes the last use of a column. */
  private keep(key: string, column: SharedColumn): void {
    this.columns.delete(key);
    this.columns.set(key, column);
  }

  private fold(expression: Expr, wanted: ReadonlySet<string>): void {
    const { stores } = (this.ground ??= this.laid());
    const rows = stores.reduce((sum, { bars }) => sum + bars.length, 0);
    if (!this.makeRoom(rows * Float64Array.BYTES_PER_ELEMENT, wanted)) return;
    const parts = stores.map((store) => store.column(expression).values);
    const length = parts.reduce((sum, part) => sum + part.length, 0);
    const column = {
      values: new Float64Array(new SharedArrayBuffer(length * Float64Array.BYTES_PER_ELEMENT)),
      ends: new Int32Array(new SharedArrayBuffer(parts.length * Int32Array.BYTES_PER_ELEMENT)),
    };
    let end = 0;
    for (const [index, part] of parts.entries()) {
      column.values.set(part, end);
      end += part.length;
      column.ends[index] = end;
    }
    this.keep(expression.key, column);
    this.bytes += column.values.byteLength;
    for (const store of stores) store.endRun(0);
    // What is made of it reads it where everybody does.
    adoptOne(stores, expression.key, column);
  }

  private laid(): Ground {
    const { bars, config, timeframe, actions, externals } = this.setup;
    const ground = layGround(bars, config, timeframe, actions);
    for (const table of externals ?? []) ground.externals?.set(table.symbol, table);
    return ground;
  }

  /** Lets go of what these trials do not read, until there is room for so many bytes; says so where there is none. */
  private makeRoom(bytes: number, wanted: ReadonlySet<string>): boolean {
    for (const [key, { values }] of this.columns) {
      if (this.bytes + bytes <= this.bytesMax) return true;
      if (wanted.has(key)) continue;
      this.columns.delete(key);
      this.bytes -= values.byteLength;
      for (const store of this.ground!.stores) store.release(key);
    }
    const isRoom = this.bytes + bytes <= this.bytesMax;
    if (!isRoom && !this.isFull) this.onFull(fullText(this.bytesMax));
    this.isFull ||= !isRoom;
    return isRoom;
  }
}

function fullText(bytesMax: number): string {
  return `indicators that trials share take more than ${Math.round(bytesMax / 2 ** 20)} MB: what is beyond that each thread computes for itself (same results, slower)`;
}

/** Indicators that the trials read and how many read each, inputs before what is made of them. */
function readBy(
  { strategy }: BacktestSetup,
  tasks: readonly TrialTask[],
): readonly { readonly expression: Expr; readonly count: number }[] {
  const known = new Map<string, { readonly expression: Expr; count: number }>();
  for (const { params } of tasks) {
    for (const { expression } of seriesOf(strategy, params)) {
      if (expression.node.kind !== "indicator") continue;
      const found = known.get(expression.key);
      if (found === undefined) known.set(expression.key, { expression, count: 1 });
      else found.count += 1;
    }
  }
  return [...known.values()];
}

function seriesOf(
  strategy: BacktestSetup["strategy"],
  params: TrialTask["params"],
): ReturnType<typeof listExpressions> {
  try {
    const p = resolveParams(`strategy ${strategy.name}`, strategy.params as Params, params);
    return listExpressions(watchedSeries(strategy, p));
  } catch {
    // What its setup throws is told by the trial itself, and is nobody else's.
    return [];
  }
}

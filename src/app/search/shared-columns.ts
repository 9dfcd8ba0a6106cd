import { listExpressions } from "../../analysis/checks/list-expressions.ts";
import { resolveParams, type Params } from "../../domain/params.ts";
import type { Expr } from "../../domain/expression.ts";
import { watchedSeries } from "../bars/watched-series.ts";
import type { BacktestSetup, Ground } from "../session/backtest-setup.ts";
import { layGround } from "../session/build-session.ts";
import type { SharedColumns, TrialTask } from "./trial.ts";

/** Memory that shared columns may take in all; what comes later is folded by whoever needs it. */
const bytesMax = 256 * 1024 * 1024;

/** Hands the columns to the stores of a ground over the same bars. */
export function adoptColumns({ stores }: Ground, columns: SharedColumns): void {
  for (const [index, store] of stores.entries())
    for (const [key, values] of Object.entries(columns[index] ?? {})) store.adopt(key, values);
}

/** Folds what several trials of a search read, each expression once. */
export class ColumnPool {
  private readonly setup: BacktestSetup;
  private readonly columns: Record<string, Float64Array>[];
  private ground: Ground | null = null;
  private bytes = 0;

  constructor(setup: BacktestSetup) {
    this.setup = setup;
    this.columns = setup.bars.map(() => ({}));
  }

  /** The columns so far, with those that at least two of these trials read. */
  columnsFor(tasks: readonly TrialTask[]): SharedColumns {
    const { strategy } = this.setup;
    // A choice among strategies and a portfolio build their series in ways of their own.
    if (strategy.plan !== undefined || strategy.portfolio !== undefined || tasks.length < 2)
      return this.columns;
    for (const expression of readTwice(this.setup, tasks)) this.fold(expression);
    return this.columns;
  }

  private fold(expression: Expr): void {
    const { bars, config, timeframe, actions, externals } = this.setup;
    if (this.columns.every((known) => expression.key in known)) return;
    this.ground ??= layGround(bars, config, timeframe, actions);
    for (const table of externals ?? []) this.ground.externals?.set(table.symbol, table);
    for (const [index, store] of this.ground.stores.entries()) {
      const { values } = store.column(expression);
      if (this.bytes + values.byteLength > bytesMax) return;
      this.bytes += values.byteLength;
      const shared = new Float64Array(new SharedArrayBuffer(values.byteLength));
      shared.set(values);
      this.columns[index]![expression.key] = shared;
    }
  }
}

/** Indicators that more than one of the trials reads, inputs before what is made of them. */
function readTwice({ strategy }: BacktestSetup, tasks: readonly TrialTask[]): readonly Expr[] {
  const known = new Map<string, { readonly expression: Expr; count: number }>();
  for (const { params } of tasks) {
    const p = resolveParams(`strategy ${strategy.name}`, strategy.params as Params, params);
    for (const { expression } of listExpressions(watchedSeries(strategy, p))) {
      if (expression.node.kind !== "indicator") continue;
      const found = known.get(expression.key);
      if (found === undefined) known.set(expression.key, { expression, count: 1 });
      else found.count += 1;
    }
  }
  return [...known.values()].flatMap(({ expression, count }) => (count > 1 ? [expression] : []));
}

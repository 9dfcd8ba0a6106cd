import type { Bars } from "../../domain/bars.ts";
import { ownFrame, type Expr } from "../../domain/expression.ts";
import type { ColumnStore } from "../../engine/columns/column-store.ts";
import { Column, Fold } from "../../engine/columns/fold.ts";
import type { AnyStrategy } from "../../ports/strategy.ts";
import type { CheckSubject } from "./check-subject.ts";
import { rowsUntil } from "./compare-traces.ts";
import { listExpressions } from "./list-expressions.ts";

type Window = {
  readonly fromMs: number;
  readonly historyMax: number;
  bars(history: number): readonly Bars[];
};

/**
 * By column: whether its indicator itself remembers enough, `history` bars before a window. It is folded over the inputs
 * that all of history gives, from there on; where that ends in the values of all of history, whatever else
 * the column differs by comes from its inputs. A crossing of two averages that agree to a hair may differ by a whole cross.
 */
export function ownMemory(
  subject: CheckSubject,
  strategy: AnyStrategy,
  window: Window,
  history: number,
): readonly boolean[] {
  const session = subject.build(strategy, subject.params, window.bars(window.historyMax));
  const begins = window.bars(history).map(({ closeTimeMs }) => closeTimeMs[0] ?? Infinity);
  return session.pipeline.runners.flatMap((runner) =>
    listExpressions(runner.expressions).map(({ expression }) =>
      remembers(runner.store, expression, begins[runner.instrument]!, window.fromMs),
    ),
  );
}

function remembers(store: ColumnStore, expression: Expr, beginMs: number, fromMs: number): boolean {
  const { node, frame } = expression;
  if (node.kind !== "indicator") return true;
  const { bars } = frame === ownFrame ? store : store.frame(frame);
  // The first bar of a higher timeframe may be a part of itself, and is none in the shorter run.
  const begin = Math.min(bars.length, rowsUntil(bars, beginMs - 1) + (frame === ownFrame ? 0 : 1));
  const inputs = node.inputs.map((input) => {
    const column = new Column(() => {});
    column.values = store.column(input).values.subarray(begin, bars.length);
    return column;
  });
  const rows = bars.length - begin;
  const again = new Fold(node.definition, node.params, inputs, () => rows).outputs[node.output]!;
  again.extend();
  const whole = store.column(expression).values;
  for (let row = rowsUntil(bars, fromMs - 1) - begin; row < rows; row++)
    if (!isClose(again.values[row] ?? Number.NaN, whole[begin + row]!)) return false;
  return true;
}

/** To a millionth: what an indicator forgets slowly, it has not forgotten while that shows. */
function isClose(a: number, b: number): boolean {
  return Object.is(a, b) || Math.abs(a - b) <= 1e-6 * Math.max(Math.abs(a), Math.abs(b), 1e-12);
}

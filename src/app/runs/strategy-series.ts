import type { StrategySeries } from "../../analysis/report/report-input.ts";
import { ownFrame, type Expr } from "../../domain/expression.ts";
import type { ColumnStore } from "../../engine/columns/column-store.ts";
import type { Runner } from "../../engine/runner.ts";
import { protectionRange } from "../../engine/symbol-window.ts";

/** The series that a strategy watched on one symbol, as it saw them when each of its bars had closed. Own columns are not copied. */
export function strategySeriesOf({ expressions, store }: Runner): readonly StrategySeries[] {
  return (
    Object.entries(expressions)
      // The candles show the bars themselves already.
      .filter(
        ([name, { node, frame }]) =>
          name !== protectionRange && !(node.kind === "field" && frame === ownFrame),
      )
      .map(([name, expression]) => ({
        name,
        isPriced: isPriced(expression),
        timeMs: store.bars.closeTimeMs,
        values: tradedValues(expression, store),
        length: store.bars.length,
      }))
  );
}

/** Whether an expression says of itself that it belongs over the prices: a field of the bars, or an indicator of that pane. */
function isPriced({ node }: Expr): boolean {
  if (node.kind === "field") return node.field !== "volume";
  if (node.kind === "align") return isPriced(node.input);
  return node.kind === "indicator" && node.definition.pane === "price";
}

/** Values by row of the own bars; prices are those that were traded at, whatever splits and dividends made of the columns. */
function tradedValues(expression: Expr, store: ColumnStore): Float64Array {
  const seen = seenValues(expression, store);
  const { scale, bars } = store;
  if (scale === null || !isPriced(expression)) return seen;
  return Float64Array.from(
    { length: bars.length },
    (_, row) => seen[row]! / scale.factorAt(bars.closeTimeMs[row]!),
  );
}

function seenValues(expression: Expr, store: ColumnStore): Float64Array {
  const { values } = store.column(expression);
  if (expression.frame === ownFrame) return values;
  const { visible } = store.frame(expression.frame);
  return Float64Array.from({ length: store.bars.length }, (_, row) => values[visible[row]!] ?? Number.NaN);
}

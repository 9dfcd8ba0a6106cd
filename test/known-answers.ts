import type { Expr, SourceField } from "../src/domain/expression.ts";
import {
  backtraderCase,
  backtraderQuotes,
  backtraderRows,
  evaluate,
  largestGap,
  lastValues,
  skenderQuotes,
  skenderResult,
  tulipCase,
  worstDifference,
} from "./indicator-fixtures.ts";

/** Tulip prints 3 decimals, so half of the last one is the best agreement there is. */
export const tulipDigits = 0.5001e-3;

/** Backtrader's tables have 6 decimals. */
export const backtraderDigits = 0.5001e-6;

/** The largest relative difference of an expression from a column of Skender's results on SPY, from row `from` on. */
export function differenceFromSkender(expression: Expr, name: string, column: string, from = 0): number {
  return worstDifference(evaluate(expression, skenderQuotes()), skenderResult(name)[column]!, from);
}

/** The largest difference of an expression from one line of a backtrader table, the expression times `scale`. */
export function differenceFromBacktrader(expression: Expr, test: string, line: number, scale = 1): number {
  const { firstRow, lines } = backtraderCase(test);
  const rows = backtraderRows(evaluate(expression, backtraderQuotes()), firstRow);
  return largestGap(
    rows.map((value) => value * scale),
    lines[line]!,
  );
}

/** The largest difference of an expression from an output of a Tulip case whose inputs are `fields`. */
export function differenceFromTulip(
  expression: Expr,
  [name, options]: readonly [name: string, options: string],
  fields: readonly SourceField[],
  output = 0,
): number {
  const arrays = tulipCase(name, options);
  const source = Object.fromEntries(fields.map((field, index) => [field, arrays[index]!]));
  const expected = arrays[fields.length + output]!;
  return largestGap(lastValues(evaluate(expression, source), expected.length), expected);
}

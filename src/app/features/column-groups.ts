import { listExpressions } from "../../analysis/checks/list-expressions.ts";
import type { Expr } from "../../domain/expression.ts";

type Expressions = Readonly<Record<string, Expr>>;

/**
 * Splits features into groups, in order, so that the columns behind each group take at most `bytesMax`, or the group
 * is a single feature. Features of one group share what they have in common; groups are computed one after the other.
 */
export function columnGroups(expressions: Expressions, rows: number, bytesMax: number): Expressions[] {
  const groups: Record<string, Expr>[] = [];
  let group: Record<string, Expr> = {};
  for (const [name, expression] of Object.entries(expressions)) {
    const larger = { ...group, [name]: expression };
    if (Object.keys(group).length > 0 && bytesBehind(larger, rows) > bytesMax) {
      groups.push(group);
      group = { [name]: expression };
    } else group = larger;
  }
  return [...groups, group];
}

/** An upper bound: columns of higher timeframes are counted as if they were as long. */
function bytesBehind(expressions: Expressions, rows: number): number {
  const columns = listExpressions(expressions).map(({ expression: { node } }) => {
    if (node.kind === "field") return node.field === "session" ? 1 : 0;
    return node.kind === "indicator" ? node.definition.outputs.length : 1;
  });
  return columns.reduce((sum, count) => sum + count, 0) * rows * Float64Array.BYTES_PER_ELEMENT;
}

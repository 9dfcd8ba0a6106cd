import type { Expr } from "../../domain/expression.ts";

/** An expression, and what the strategy calls it: empty for a step on the way to a series. */
type NamedExpression = { readonly expression: Expr; readonly name: string };

/** Every distinct expression behind a strategy's series, inputs before what is made of them. */
export function listExpressions(series: Readonly<Record<string, Expr>>): readonly NamedExpression[] {
  const names = new Map<string, string>();
  for (const [name, { key }] of Object.entries(series)) if (!names.has(key)) names.set(key, name);
  const found = new Map<string, NamedExpression>();
  for (const expression of Object.values(series)) collect(expression, names, found);
  return [...found.values()];
}

/** What an expression is directly made of. */
export function inputsOf({ node }: Expr): readonly Expr[] {
  if (node.kind === "indicator") return node.inputs;
  return node.kind === "align" ? [node.input] : [];
}

function collect(
  expression: Expr,
  names: ReadonlyMap<string, string>,
  found: Map<string, NamedExpression>,
): void {
  if (found.has(expression.key)) return;
  for (const input of inputsOf(expression)) collect(input, names, found);
  found.set(expression.key, { expression, name: names.get(expression.key) ?? "" });
}

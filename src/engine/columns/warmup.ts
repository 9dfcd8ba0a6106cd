import type { Expr, FrameKey } from "../../domain/expression.ts";

/** Rows that must have passed in each frame before an expression may be trusted: `warmup + settling`, summed along the tree. */
export function warmupOf(expression: Expr): ReadonlyMap<FrameKey, number> {
  const needs = new Map<FrameKey, number>();
  collect(expression, 0, needs);
  return needs;
}

function collect(expression: Expr, rowsAbove: number, needs: Map<FrameKey, number>): void {
  const { node, frame } = expression;
  switch (node.kind) {
    case "constant":
      return;
    case "field":
      needs.set(frame, Math.max(needs.get(frame) ?? 0, rowsAbove));
      return;
    case "align":
      // The rows needed on this side of the border are own rows; those beyond it are rows of the other frame.
      needs.set(frame, Math.max(needs.get(frame) ?? 0, rowsAbove));
      collect(node.input, 0, needs);
      return;
    case "indicator": {
      const { definition, params } = node;
      const rows = rowsAbove + definition.warmup(params as never) + definition.settling(params as never);
      needs.set(frame, Math.max(needs.get(frame) ?? 0, rows));
      for (const input of node.inputs) collect(input, rows, needs);
    }
  }
}

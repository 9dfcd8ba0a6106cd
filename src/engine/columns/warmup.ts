import type { Expr, FrameKey } from "../../domain/expression.ts";
import type { ColumnStore } from "./column-store.ts";
import type { Frame } from "./frame.ts";

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

/**
 * The first row of the expression's own frame whose value may be trusted: where its inputs may be, and `warmup +
 * settling` rows on. Infinity while that row is not known, because a higher timeframe has not closed often enough.
 */
export function readyRow(expression: Expr, store: ColumnStore): number {
  const { node } = expression;
  switch (node.kind) {
    case "constant":
    case "field":
      return 0;
    case "align":
      return firstRowThatSees(store.frame(node.input.frame), readyRow(node.input, store), store);
    case "indicator": {
      const { definition, params, inputs } = node;
      const inputsReady = Math.max(0, ...inputs.map((input) => readyRow(input, store)));
      return inputsReady + definition.warmup(params as never) + definition.settling(params as never);
    }
  }
}

/** The first own row at which `row` of another frame has closed. */
export function firstRowThatSees(frame: Frame, row: number, store: ColumnStore): number {
  let low = 0;
  let high = store.bars.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (frame.visible[middle]! < row) low = middle + 1;
    else high = middle;
  }
  return low < store.bars.length ? low : Infinity;
}

import type { Expr } from "../../domain/expression.ts";
import type { AnyStrategy } from "../../ports/strategy.ts";

/**
 * The strategy as it decides from `fromMs` on and not before, without waiting for its series to warm up. Whatever
 * run it is in, it begins there flat and with a new memory, so that only its series tell one run from another.
 */
export function gatedStrategy(strategy: AnyStrategy, fromMs: number): AnyStrategy {
  return {
    ...strategy,
    setup: (tools) => {
      const series = Object.entries(strategy.setup(tools) as Readonly<Record<string, Expr>>);
      return Object.fromEntries(series.map(([name, expression]) => [name, withoutWarmup(expression)]));
    },
    onBar(context) {
      if (context.timeMs >= fromMs) strategy.onBar(context);
    },
  };
}

/** The same expression, which nobody waits for. */
function withoutWarmup(expression: Expr): Expr {
  const { node } = expression;
  if (node.kind === "align") return { ...expression, node: { ...node, input: withoutWarmup(node.input) } };
  if (node.kind !== "indicator") return expression;
  const definition = { ...node.definition, warmup: () => 0, settling: () => 0 };
  return { ...expression, node: { ...node, definition, inputs: node.inputs.map(withoutWarmup) } };
}

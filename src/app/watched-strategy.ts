import type { AnyStrategy } from "../ports/strategy.ts";

type OnBar = (context: { readonly timeMs: number }) => void;

/**
 * The same strategy, asked from `tradeFromMs` on: what it is shown earlier would make it believe that it holds what
 * nobody bought. `onBar` hears the time of every bar before the strategy does, so that somebody outside can tell a
 * strategy that thinks from one that hangs.
 */
export function watchedStrategy(
  strategy: AnyStrategy,
  tradeFromMs: number,
  onBar?: (timeMs: number) => void,
): AnyStrategy {
  const ask = strategy.onBar as OnBar;
  if (onBar === undefined && tradeFromMs === -Infinity) return strategy;
  return {
    ...strategy,
    onBar(context: { readonly timeMs: number }) {
      onBar?.(context.timeMs);
      if (context.timeMs >= tradeFromMs) ask(context);
    },
  };
}

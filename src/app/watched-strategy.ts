import type { AnyStrategy } from "../ports/strategy.ts";

type OnBar = (context: { readonly timeMs: number }) => void;

/**
 * The same strategy, heard: `onBar` gets the time of every bar that the strategy is asked about, so that somebody
 * outside can tell a strategy that thinks from one that hangs.
 */
export function watchedStrategy(strategy: AnyStrategy, onBar?: (timeMs: number) => void): AnyStrategy {
  if (onBar === undefined) return strategy;
  const ask = strategy.onBar as OnBar;
  return {
    ...strategy,
    onBar(context: { readonly timeMs: number }) {
      onBar(context.timeMs);
      ask(context);
    },
  };
}

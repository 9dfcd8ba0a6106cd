import type { AnyStrategy } from "../../ports/strategy.ts";
import { resolvePlan, type ResolvedPlan } from "../meta/plan-of.ts";

type OnBar = (context: { readonly timeMs: number }) => void;

/**
 * The same strategy, heard: `onBar` gets the time of every bar that the strategy is asked about, so that somebody
 * outside can tell a strategy that thinks from one that hangs.
 */
export function watchedStrategy(strategy: AnyStrategy, onBar?: (timeMs: number) => void): AnyStrategy {
  if (onBar === undefined) return strategy;
  const ask = strategy.onBar as OnBar;
  const watched = {
    ...strategy,
    onBar(context: { readonly timeMs: number }) {
      onBar(context.timeMs);
      ask(context);
    },
  };
  const { plan } = strategy;
  // A choice among strategies is never asked itself: those that it chooses from are.
  return plan === undefined
    ? watched
    : { ...watched, plan: (p, about) => watchedPlan(resolvePlan(plan(p, about)), onBar) };
}

function watchedPlan(plan: ResolvedPlan, onBar: (timeMs: number) => void): ResolvedPlan {
  return {
    ...plan,
    arsenal: plan.arsenal.map((one) => ({ ...one, strategy: watchedStrategy(one.strategy, onBar) })),
  };
}

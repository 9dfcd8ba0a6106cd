import type { AnyStrategy } from "../../ports/strategy.ts";
import { builtIn, type Registry } from "./registry.ts";
import { resolvePlan, type ResolvedPlan } from "../meta/plan-of.ts";

type OnBar = (context: { readonly timeMs: number }) => void;

/** Whoever tells a strategy that thinks from one that hangs, and both from our own computing. */
export type StrategyWatch = {
  /** It is asked about the bar that closes then; NaN for what it is asked before any bar. */
  readonly asked: (timeMs: number) => void;
  readonly answered: () => void;
};

/** The same strategy, with every question to its own code and every answer heard by `watch`. */
export function watchedStrategy(
  strategy: AnyStrategy,
  watch?: StrategyWatch,
  registry: Registry = builtIn,
): AnyStrategy {
  if (watch === undefined) return strategy;
  const ask = strategy.onBar as OnBar;
  const watched: AnyStrategy = {
    ...strategy,
    setup: (tools) => heard(watch, () => strategy.setup(tools) as unknown),
    onBar(context: { readonly timeMs: number }) {
      watch.asked(context.timeMs);
      const answer: unknown = ask(context);
      watch.answered();
      return answer;
    },
  };
  const { plan } = strategy;
  // A choice among strategies is never asked itself: those that it chooses from are.
  return plan === undefined
    ? watched
    : {
        ...watched,
        plan: (p, about) =>
          watchedPlan(
            resolvePlan(
              heard(watch, () => plan(p, about)),
              registry,
            ),
            watch,
          ),
      };
}

function heard<Answer>(watch: StrategyWatch, ask: () => Answer): Answer {
  watch.asked(Number.NaN);
  const answer = ask();
  watch.answered();
  return answer;
}

function watchedPlan(plan: ResolvedPlan, watch: StrategyWatch): ResolvedPlan {
  return {
    ...plan,
    arsenal: plan.arsenal.map((one) => ({ ...one, strategy: watchedStrategy(one.strategy, watch) })),
  };
}

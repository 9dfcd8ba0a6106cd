import { resolveParams, type Params } from "../../domain/params.ts";
import type { Timeframe } from "../../domain/timeframe.ts";
import type { AnyStrategy, MetaPlan } from "../../ports/strategy.ts";
import type { BacktestSetup } from "../session/backtest-setup.ts";
import { builtIn, strategyNamed, type Registry } from "../plugins/registry.ts";

/** A plan in which every strategy stands itself, and not by its name. */
export type ResolvedPlan = Omit<MetaPlan, "arsenal"> & {
  readonly arsenal: readonly (Omit<MetaPlan["arsenal"][number], "strategy"> & {
    readonly strategy: AnyStrategy;
  })[];
};

/** What the strategy of a setup chooses from; null where it trades by itself. Throws `STRATEGY_UNKNOWN`. */
export function planOf({
  strategy,
  params,
  bars,
  timeframe,
  registry,
}: Pick<BacktestSetup, "strategy" | "params" | "bars" | "registry"> & {
  readonly timeframe?: Timeframe | undefined;
}): ResolvedPlan | null {
  if (strategy.plan === undefined) return null;
  const resolved = resolveParams(`strategy ${strategy.name}`, strategy.params as Params, params);
  return resolvePlan(
    strategy.plan(resolved as never, { timeframe: timeframe ?? bars[0]!.timeframe }),
    registry,
  );
}

/** Puts strategies of the registry in the place of their names. Throws `STRATEGY_UNKNOWN`. */
export function resolvePlan(plan: MetaPlan, registry: Registry = builtIn): ResolvedPlan {
  return {
    ...plan,
    arsenal: plan.arsenal.map(({ strategy, ...rest }) => ({
      ...rest,
      strategy: typeof strategy === "string" ? strategyNamed(strategy, registry) : strategy,
    })),
  };
}

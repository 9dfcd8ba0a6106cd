import type { Rival } from "../../analysis/selection/selection-input.ts";
import type { ResolvedPlan } from "./plan-of.ts";
import type { BacktestSetup } from "../session/backtest-setup.ts";
import { measuredFrom } from "../runs/score-run.ts";
import { runBacktest, type BacktestResult } from "../runs/run-backtest.ts";
import { watchedStrategy, type StrategyWatch } from "../plugins/watched-strategy.ts";

export type RivalOptions = {
  /** Hears when a strategy is asked and when it has answered. */
  readonly watch?: StrategyWatch;
  readonly onDone?: (done: number, total: number) => void;
};

/**
 * What a choice has to beat, run through the same engine on the same ground, over the same range, with the same money,
 * costs, sizes and limits: every strategy of the arsenal alone, and all of them with equal shares.
 */
export function rivalsOf(
  { setup, ground, session, log: own }: Pick<BacktestResult, "setup" | "ground" | "session" | "log">,
  plan: ResolvedPlan,
  options: RivalOptions = {},
): readonly Rival[] {
  const measureFrom = measuredFrom(session);
  // Nobody may earn before the choice can: a rival with less to learn would have a head start.
  const range = own.length === 0 ? setup : { ...setup, tradeFromMs: own.timeMs[0]! };
  const contests = contestsOf(range, plan);
  return contests.map(({ name, kind, setup: contest }, k): Rival => {
    options.onDone?.(k, contests.length);
    const strategy = watchedStrategy(contest.strategy, options.watch);
    const result = runBacktest({ ...contest, strategy }, { ground, measureFrom });
    const { log, trades, metrics } = result;
    return { name, kind, log, trades, metrics };
  });
}

type Contest = Pick<Rival, "name" | "kind"> & { readonly setup: BacktestSetup };

function contestsOf(setup: BacktestSetup, plan: ResolvedPlan): readonly Contest[] {
  const { strategy } = setup;
  const alone = plan.arsenal.map((one): Contest => ({
    name: one.name ?? one.strategy.name,
    kind: "alone",
    setup: { ...setup, strategy: one.strategy, params: one.params ?? {} },
  }));
  const shared = { ...strategy, plan: () => ({ ...plan, selector: { use: "equal-weight" } }) };
  return [...alone, { name: "equal shares", kind: "equal-weight", setup: { ...setup, strategy: shared } }];
}

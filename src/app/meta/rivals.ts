import type { Rival } from "../../analysis/selection/selection-input.ts";
import { arsenalOf } from "../../selection/arsenal.ts";
import { EqualShares } from "../../selection/equal-shares.ts";
import type { ResolvedPlan } from "./plan-of.ts";
import { buildSession } from "../session/build-session.ts";
import { measuredFrom } from "../runs/score-run.ts";
import { measureRun, runBacktest, runThrough, type BacktestResult } from "../runs/run-backtest.ts";
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
  { arsenal }: ResolvedPlan,
  options: RivalOptions = {},
): readonly Rival[] {
  const measureFrom = measuredFrom(session);
  // Nobody may earn before the choice can: a rival with less to learn would have a head start.
  const range = own.length === 0 ? setup : { ...setup, tradeFromMs: own.timeMs[0]! };
  const rivalOf = (
    name: string,
    kind: Rival["kind"],
    { log, trades, metrics }: Pick<BacktestResult, "log" | "trades" | "metrics">,
  ): Rival => ({ name, kind, log, trades, metrics });
  const total = arsenal.length + 1;
  const alone = arsenal.map(({ strategy: one, params = {}, name = one.name }, k) => {
    options.onDone?.(k, total);
    const strategy = watchedStrategy(one, options.watch);
    return rivalOf(name, "alone", runBacktest({ ...range, strategy, params }, { ground, measureFrom }));
  });
  options.onDone?.(arsenal.length, total);
  const runners = arsenalOf(session)!.runners.map((choice) => new EqualShares(choice));
  const shared = buildSession(range, ground, { runners });
  runThrough(shared, ground);
  const measured = measureRun({ setup: range, ground, session: shared }, { measureFrom });
  return [...alone, rivalOf("equal shares", "equal-weight", measured)];
}

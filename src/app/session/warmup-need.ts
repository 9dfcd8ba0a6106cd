import { countOf } from "../../data/validation/finding-list.ts";
import { KiwiError } from "../../base/errors.ts";
import { ownFrame } from "../../domain/expression.ts";
import { warmupOf } from "../../engine/columns/warmup.ts";
import type { Runner } from "../../engine/runner.ts";
import type { BacktestResult } from "../runs/run-backtest.ts";

/** How many bars a strategy has to see before it may decide: `199 bars`, `30 bars and 50 bars of 1d`. */
export function warmupNeed(runner: Pick<Runner, "expressions">): string {
  const texts = [...needsOf(runner.expressions)]
    .filter(([, rows]) => rows > 0)
    .map(([frame, rows]) => `${countOf(rows, "bar")}${frame === ownFrame ? "" : ` of ${frame}`}`);
  return texts.length === 0 ? "no bars" : texts.join(" and ");
}

function needsOf(expressions: Runner["expressions"]): ReadonlyMap<string, number> {
  const needs = new Map<string, number>();
  for (const expression of Object.values(expressions)) {
    for (const [frame, rows] of warmupOf(expression)) needs.set(frame, Math.max(needs.get(frame) ?? 0, rows));
  }
  return needs;
}

/** Throws `WARMUP_TOO_LONG` where the data end before the strategy may decide: nothing would have been tested. */
export function refuseOnlyWarmup({ funnel, session, ground, setup }: BacktestResult): void {
  if (funnel.decisions === 0 || funnel.warmingUp < funnel.decisions) return;
  const longest = Math.max(...ground.stores.map((store) => store.bars.length));
  const { timeframe } = ground.stores[0]!.bars;
  throw new KiwiError({
    code: "WARMUP_TOO_LONG",
    exit: "data",
    message: `${setup.strategy.name} needs ${warmupNeed(session.pipeline.runners[0]!)} before its first decision; the data have ${longest} bars of ${timeframe}`,
    why: "indicators have no value, or one that still depends on where the data begin, until they have seen enough",
    fix: "take longer data, an earlier start, or shorter lengths with --param",
    topic: "warm-up",
  });
}

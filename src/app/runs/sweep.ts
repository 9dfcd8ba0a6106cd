import { sessionEnds } from "../../analysis/metrics/sessions.ts";
import { sharpeOf, totalReturnOf } from "../../analysis/metrics/sweep-score.ts";
import { DecisionLog } from "../../engine/decision-log/decision-log.ts";
import type { ParamValue } from "../../domain/params.ts";
import type { BacktestSetup } from "../session/backtest-setup.ts";
import { buildSession, layGround } from "../session/build-session.ts";
import { runThrough } from "./run-backtest.ts";

/** The score of one set of parameters. */
export type SweepRow = {
  readonly params: Readonly<Record<string, ParamValue>>;
  readonly totalReturn: number;
  /** NaN where it is not defined. */
  readonly sharpe: number;
  readonly trades: number;
};

/** Runs one strategy with many sets of parameters over the same bars; every run is a full run of the engine. */
export function sweep(
  setup: BacktestSetup,
  paramSets: readonly Readonly<Record<string, ParamValue>>[],
): readonly SweepRow[] {
  const ground = layGround(setup.bars, setup.config, setup.timeframe);
  const { cash } = setup.config.account;
  const log = new DecisionLog(ground.bars[0]!.length);
  let ends: Int32Array | null = null;
  return paramSets.map((params) => {
    log.reset();
    const session = buildSession({ ...setup, params }, ground, { log });
    runThrough(session, ground);
    for (const store of ground.stores) store.endRun();
    // The slices are the same in every run, so their trading days are found once.
    ends ??= sessionEnds(log.timeMs, log.length, ground.calendars[0]!);
    return {
      params,
      totalReturn: totalReturnOf(log.equity, ends, cash),
      sharpe: sharpeOf(log.equity, ends, cash, ground.calendars[0]!.periodsPerYear),
      trades: session.portfolio.trades.closed.length,
    };
  });
}

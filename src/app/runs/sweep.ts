import { sessionEnds } from "../../analysis/metrics/sessions.ts";
import { endRunOf } from "../../engine/columns/column-store.ts";
import { DecisionLog } from "../../engine/decision-log/decision-log.ts";
import type { ParamValue } from "../../domain/params.ts";
import type { BacktestSetup } from "../session/backtest-setup.ts";
import { buildSession, layGround } from "../session/build-session.ts";
import { scoreRun, type RunScore } from "./score-run.ts";
import { runThrough } from "./run-backtest.ts";

/** The score of one set of parameters. */
export type SweepRow = RunScore & { readonly params: Readonly<Record<string, ParamValue>> };

/** Runs one strategy with many sets of parameters over the same bars; every run is a full run of the engine. */
export function sweep(
  setup: BacktestSetup,
  paramSets: readonly Readonly<Record<string, ParamValue>>[],
): readonly SweepRow[] {
  const ground = layGround(setup.bars, setup.config, setup.timeframe, setup.actions);
  const log = new DecisionLog(ground.bars[0]!.length);
  const calendar = ground.calendars[0]!;
  let ends: Int32Array | null = null;
  return paramSets.map((params) => {
    log.reset();
    const session = buildSession({ ...setup, params }, ground, { log });
    runThrough(session, ground);
    endRunOf(ground.stores);
    // The slices are the same in every run, so their trading days are found once.
    ends ??= sessionEnds(log.timeMs, log.length, calendar);
    return { params, ...scoreRun(session, calendar, setup.config.account.cash, ends) };
  });
}

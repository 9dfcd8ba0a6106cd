import { sessionEnds } from "../../analysis/metrics/sessions.ts";
import type { CurveScore } from "../../analysis/metrics/score-curve.ts";
import type { CapacityPoint, CostPoint } from "../../analysis/report/report-input.ts";
import type { Ledger } from "../../domain/ledger.ts";
import { watchedStrategy, type StrategyWatch } from "../plugins/watched-strategy.ts";
import { atAccountSizes } from "../session/account-sizes.ts";
import type { BacktestSetup, Ground } from "../session/backtest-setup.ts";
import { buildSession, layGround, logOver } from "../session/build-session.ts";
import { atScaledCosts } from "../session/scaled-costs.ts";
import { runThrough } from "./run-backtest.ts";
import { scoreRun } from "./score-run.ts";

/** Multiples of its costs at which a run is tried again. */
const costMultiples = [0, 0.5, 1, 2, 3];

/** Sizes of the account at which a run is tried again. */
const accountMultiples = [1, 10, 100, 1_000, 10_000];

export type RerunOptions = {
  /** Laid for the same bars before: columns that are folded already are not folded again. */
  readonly ground?: Ground;
  /** Hears when the strategy is asked and when it has answered. */
  readonly watch?: StrategyWatch;
  readonly onDone?: (done: number, total: number) => void;
};

/** What one run that is tried again leaves. */
type Rerun = CurveScore & { readonly ledger: Ledger };

/**
 * The same run with accounts of 1 to 10,000 times its cash, whose orders move the price; undefined where a symbol has no
 * volume to measure them by.
 */
export function capacityOf(
  setup: BacktestSetup,
  options: RerunOptions,
): readonly CapacityPoint[] | undefined {
  const hasVolume = setup.bars.every(({ volume, length }) =>
    volume.subarray(0, length).some((value) => value > 0),
  );
  if (!hasVolume) return undefined;
  const rerun = rerunner(setup, options);
  const sized = atAccountSizes(setup);
  return accountMultiples.map((multiple, index) => {
    options.onDone?.(index, accountMultiples.length);
    const cash = setup.config.account.cash * multiple;
    const { totalReturn, sharpe, ledger } = rerun(sized(cash));
    const { slippagePaid, tradedNotional } = ledger;
    const slippageShare = tradedNotional > 0 ? slippagePaid / tradedNotional : null;
    return { cash, totalReturn, sharpe, slippageShare };
  });
}

/** The same run at several multiples of its costs; `own` is what it came to at its own, and saves that run. */
export function costSensitivity(
  setup: BacktestSetup,
  options: RerunOptions & { readonly own?: CurveScore },
): readonly CostPoint[] {
  const { own, onDone } = options;
  const rerun = rerunner(setup, options);
  return costMultiples.map((costMultiple, index) => {
    onDone?.(index, costMultiples.length);
    const isOwn = costMultiple === 1 && own !== undefined;
    const { totalReturn, sharpe } = isOwn ? own : rerun(atScaledCosts(setup, costMultiple));
    return { costMultiple, totalReturn, sharpe };
  });
}

/**
 * Runs variants of a setup over its bars, whole runs of the engine each. They share ground and log, and are measured by
 * the two numbers that are asked of them: a whole report of each took as long as the run itself.
 */
function rerunner(setup: BacktestSetup, options: RerunOptions): (variant: BacktestSetup) => Rerun {
  const ground = options.ground ?? layGround(setup.bars, setup.config, setup.timeframe, setup.actions);
  const strategy = watchedStrategy(setup.strategy, options.watch, setup.registry);
  const log = logOver(setup.bars);
  const calendar = ground.calendars[0]!;
  let ends: Int32Array | null = null;
  return (variant) => {
    log.reset();
    const session = buildSession({ ...variant, strategy }, ground, { log });
    runThrough(session, ground);
    // The slices are the same in every run, so their trading days are found once.
    ends ??= sessionEnds(log.timeMs, log.length, calendar);
    const score = scoreRun(session, calendar, variant.config.account.cash, ends);
    return { ...score, ledger: session.portfolio.ledger };
  };
}

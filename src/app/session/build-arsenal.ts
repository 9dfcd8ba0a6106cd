import { KiwiError } from "../../base/errors.ts";
import { barSeries, timeframeFrame } from "../../domain/expression.ts";
import type { InstrumentIndex } from "../../domain/instrument.ts";
import { Arsenal } from "../../selection/arsenal.ts";
import { ArsenalRunner } from "../../selection/arsenal-runner.ts";
import { WatchedCandidate } from "../../selection/candidate.ts";
import { defaultDegradation } from "../../selection/degradation.ts";
import { Shadow } from "../../selection/shadow.ts";
import type { CostRate } from "../../selection/switch-costs.ts";
import type { Session } from "../../engine/session.ts";
import type { CommissionModel, SlippageModel } from "../../ports/costs.ts";
import type { PluginTools } from "../../ports/plugin.ts";
import type { ResolvedPlan } from "../meta/plan-of.ts";
import { barsPerYear } from "../bars/bars-per-year.ts";
import type { BacktestSetup, Ground } from "./backtest-setup.ts";
import { createPlugin } from "../plugins/registry.ts";
import type { RunConfig } from "../config/run-config.ts";

/** What the shadows of a run are made from. */
export type ArsenalRequest = {
  readonly setup: BacktestSetup;
  readonly ground: Ground;
  readonly plan: ResolvedPlan;
  readonly tools: PluginTools;
  readonly commission: CommissionModel;
  readonly slippage: SlippageModel;
};

type Build = (setup: BacktestSetup, ground: Ground) => Session;

/**
 * The strategies of a meta-strategy in their shadows, and who chooses among them, symbol by symbol. `build` puts a
 * session together; it is handed in because it is the function that calls this one. Throws `ARSENAL_EMPTY` and
 * `ARSENAL_PORTFOLIO`.
 */
export function buildArsenal(request: ArsenalRequest, build: Build): Arsenal {
  if (request.plan.arsenal.length === 0) throw arsenalEmpty(request.setup.strategy.name);
  for (const { strategy } of request.plan.arsenal)
    if (strategy.portfolio !== undefined) throw arsenalPortfolio(request.setup.strategy.name, strategy.name);
  return new Arsenal(request.ground.stores.map((_, index) => runnerFor(request, index, build)));
}

function arsenalEmpty(name: string): KiwiError {
  return new KiwiError({
    code: "ARSENAL_EMPTY",
    exit: "usage",
    message: `${name} has no strategies to choose from`,
    why: "the arsenal of its plan is empty",
    fix: "name at least one: arsenal: [{ strategy: mine }]",
    topic: "strategy-errors",
  });
}

function arsenalPortfolio(name: string, portfolio: string): KiwiError {
  return new KiwiError({
    code: "ARSENAL_PORTFOLIO",
    exit: "usage",
    message: `${name} cannot choose ${portfolio}, which decides on many symbols at once`,
    why: "the strategies of an arsenal are measured on each symbol alone",
    fix: `leave ${portfolio} out of the arsenal, or run it by itself: kiwi backtest ${portfolio}`,
    topic: "strategy-errors",
  });
}

function runnerFor(request: ArsenalRequest, index: number, build: Build): ArsenalRunner {
  const { setup, ground, plan, tools } = request;
  const store = ground.stores[index]!;
  const lone = loneGround(ground, index, setup.config.account.baseCurrency);
  const monitor = {
    windowBars: plan.windowBars,
    measuredBarsMin: plan.measuredBarsMin,
    barsPerYear: barsPerYear(ground.calendars[index]!, store.bars.timeframe),
    degradation: defaultDegradation,
  };
  const candidates = plan.arsenal.map(({ strategy, params = {}, name = strategy.name }) => {
    const { bars, config, tradeFromMs: _, ...rest } = setup;
    const session = build(
      { ...rest, bars: [bars[index]!], strategy, params, config: shadowConfig(config) },
      lone,
    );
    return new WatchedCandidate(new Shadow(name, session), monitor);
  });
  const detect = createPlugin("regime", plan.regime, tools, setup.registry);
  const { regimeTimeframe } = plan;
  return new ArsenalRunner({
    strategy: setup.strategy,
    instrument: index as InstrumentIndex,
    store,
    regime: detect(barSeries(regimeTimeframe === undefined ? "" : timeframeFrame(regimeTimeframe))),
    selector: createPlugin("selector", plan.selector, tools, setup.registry),
    candidates,
    costRate: costRateOf(request, index),
    barsPerYear: monitor.barsPerYear,
  });
}

/** The ground under one symbol alone. Money is counted in its own currency: a shadow's account is compared with no other. */
function loneGround(ground: Ground, index: number, baseCurrency: string): Ground {
  return {
    ...ground,
    instruments: [
      { ...ground.instruments[index]!, index: 0 as InstrumentIndex, quoteCurrency: baseCurrency },
    ],
    calendars: [ground.calendars[index]!],
    bars: [ground.bars[index]!],
    frames: ground.frames === null ? null : [ground.frames[index]!],
    stores: [ground.stores[index]!],
  };
}

/** A shadow trades at full size, with all costs and without limits: it shows what the strategy is worth. */
function shadowConfig(config: RunConfig): RunConfig {
  return {
    ...config,
    sizing: { use: "fixed-fraction" },
    risk: { profile: "none", tradingProfile: "none", rules: [] },
    execution: { ...config.execution, flattenAtEnd: false },
  };
}

function costRateOf({ ground, setup, commission, slippage }: ArsenalRequest, index: number): CostRate {
  const { bars } = ground.stores[index]!;
  const { contractMultiplier } = ground.instruments[index]!;
  const { cash } = setup.config.account;
  return (row) => {
    const price = bars.close[row]! * contractMultiplier;
    const quantity = cash / price;
    return commission.rate(quantity, price) + slippage.rate(bars, row, quantity);
  };
}

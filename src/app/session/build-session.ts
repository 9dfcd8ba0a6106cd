import type { BacktestSetup, Ground } from "./backtest-setup.ts";
import { barCalendar } from "../../domain/calendar/detect-calendar-name.ts";
import { conversionsFor, quoteCurrencies } from "../../domain/currency.ts";
import type { Calendar } from "../../domain/calendar/calendar.ts";
import type { Bars } from "../../domain/bars.ts";
import { BarsUntil } from "../../engine/bars-until.ts";
import { isExternal } from "../../domain/external-series.ts";
import type { CorporateAction } from "../../domain/corporate-action.ts";
import type { AssetClass, Instrument, InstrumentIndex } from "../../domain/instrument.ts";
import { Ledger } from "../../domain/ledger.ts";
import { resolveParams, type Params, type ParamValue } from "../../domain/params.ts";
import { timeframeMs, type Timeframe } from "../../domain/timeframe.ts";
import { ColumnStore } from "../../engine/columns/column-store.ts";
import { AccountView, unknownSymbol } from "../../engine/account-view.ts";
import { Listings } from "../../engine/listings.ts";
import { emptyDecision } from "../../engine/pipeline.ts";
import { DecisionLog } from "../../engine/decision-log/decision-log.ts";
import { DecisionRecorder } from "../../engine/decision-log/decision-recorder.ts";
import { OrderTracker } from "../../engine/execution/order-tracker.ts";
import { emptyPlan } from "../../engine/execution/plan.ts";
import { StandingTargets } from "../../engine/execution/standing-targets.ts";
import { Portfolio } from "../../engine/execution/portfolio.ts";
import { everyBar, FrameResampler } from "../../engine/resampler.ts";
import { RiskGate } from "../../engine/execution/risk-gate.ts";
import type { Runner } from "../../engine/runner.ts";
import type { Session } from "../../engine/session.ts";
import { StrategyRunner } from "../../engine/strategy-runner.ts";
import { TradeBook } from "../../engine/execution/trade-book.ts";
import type { Broker } from "../../ports/broker.ts";
import type { Market } from "../../ports/market.ts";
import type { Sizer } from "../../ports/sizer.ts";
import type { AnyStrategy } from "../../ports/strategy.ts";
import type { TradingState } from "../../ports/risk.ts";
import { KiwiError } from "../../base/errors.ts";
import { findExternal } from "../bars/find-external.ts";
import { buildArsenal } from "./build-arsenal.ts";
import { commissionOf } from "./commission-of.ts";
import { decisionFrames } from "./decision-frames.ts";
import { buildBroker } from "./build-broker.ts";
import { buildTogether } from "./build-together.ts";
import { modelNamed } from "../plugins/model-named.ts";
import { planOf } from "../meta/plan-of.ts";
import { createPlugin } from "../plugins/registry.ts";
import { KnownBars } from "./known-bars.ts";
import { filteredSizer, predictionFilter, type MayEnter } from "./prediction-filter.ts";
import { predictionReaders } from "./prediction-readers.ts";
import { protectionLevels } from "./protection-levels.ts";
import { withinSight } from "./within-sight.ts";
import { accountLimits, riskRules, sizingOf } from "./risk-rules.ts";
import { instrumentConfig, type RunConfig } from "../config/run-config.ts";

const assetClassOf: Record<string, AssetClass> = { "24/7": "crypto", "24/5": "forex", "us-equity": "equity" };

/** Lays the ground of a run: instruments, calendars, decision bars and column stores. */
export function layGround(
  bars: readonly Bars[],
  config: RunConfig,
  timeframe?: Timeframe,
  actions: readonly CorporateAction[] = [],
): Ground {
  const calendars = bars.map((table) => barCalendar(table, instrumentConfig(config, table.symbol).calendar));
  const quotes = quoteCurrencies(
    bars.map(({ symbol }) => symbol),
    bars.map(({ symbol }) => instrumentConfig(config, symbol).quoteCurrency),
    config.account.baseCurrency,
  );
  const instruments = bars.map((table, index): Instrument => {
    const { tickSize, lotSize, notionalMin, contractMultiplier } = instrumentConfig(config, table.symbol);
    return {
      index: index as InstrumentIndex,
      symbol: table.symbol,
      assetClass: assetClassOf[calendars[index]!.name.split("@")[0]!] ?? "unknown",
      quoteCurrency: quotes[index]!,
      tickSize,
      lotSize,
      notionalMin,
      contractMultiplier,
      calendarName: calendars[index]!.name,
    };
  });
  const laid = decisionFrames(bars, calendars, needsResampling(bars, timeframe) ? timeframe! : null, actions);
  const frames = laid?.map(({ frame }) => frame) ?? null;
  for (const frame of frames ?? []) frame.extend();
  const decided = frames === null ? bars : frames.map((frame) => frame.bars);
  const externals = new Map<string, Bars>();
  const known = new KnownBars(actions);
  const find = (symbol: string) => {
    if (isExternal(symbol)) return findExternal(externals, symbol, decided);
    const index = instruments.findIndex((instrument) => instrument.symbol === symbol);
    if (index < 0) return findKnown(externals, symbol, instruments, config, known);
    return { bars: decided[index]!, calendar: calendars[index]! };
  };
  const stores = decided.map(
    (table, index) => new ColumnStore(table, calendars[index]!, find, laid?.[index]!.scale ?? null),
  );
  return { instruments, calendars, bars, frames, stores, externals };
}

/** Bars that are read and never traded. Throws `SYMBOL_UNKNOWN`. */
function findKnown(
  externals: ReadonlyMap<string, Bars>,
  symbol: string,
  instruments: readonly Instrument[],
  config: RunConfig,
  known: KnownBars,
): { readonly bars: Bars; readonly calendar: Calendar } {
  const bars = externals.get(symbol);
  if (bars === undefined) throw unknownSymbol(symbol, instruments);
  const calendar = barCalendar(bars, instrumentConfig(config, symbol).calendar);
  return { bars: known.of(bars, calendar), calendar };
}

/** Parts that a caller makes itself. */
export type SessionParts = {
  /** An emptied log to write into: a sweep uses one for all its runs. */
  readonly log?: DecisionLog;
  /** Makes the broker; it may stand before the simulated venue that it is handed, or take its place. */
  readonly broker?: (venue: Broker, market: Market) => Broker;
  /** Who decides, by instrument, in the place of the strategy. */
  readonly runners?: readonly Runner[];
  /** Whether orders may leave, asked at every slice: where a kill switch is. */
  readonly tradingState?: () => TradingState;
};

/** Puts a session together: the one place that knows all the parts. */
export function buildSession(
  setup: BacktestSetup,
  ground = layGround(setup.bars, setup.config, setup.timeframe, setup.actions),
  parts: SessionParts = {},
): Session {
  const { config, strategy, registry } = setup;
  const { instruments, calendars, bars, frames, stores } = ground;
  for (const table of setup.externals ?? []) ground.externals?.set(table.symbol, table);
  const params = resolveParams(`strategy ${strategy.name}`, strategy.params as Params, setup.params);
  if (strategy.where !== undefined && !strategy.where(params)) throw impossibleParams(strategy, params);
  const market = { instruments, bars };
  const decided = stores.map((store) => store.bars);
  const seenDecided = decided.map((table) => new BarsUntil(table));
  const tools = {
    market: { instruments, bars: seenDecided },
    calendars,
    regimeModel: (name: string) => modelNamed(setup.regimeModels, name),
    predictions: predictionReaders(ground.externals ?? new Map(), instruments, seenDecided),
  };
  const mayEnter =
    config.predictionFilter === undefined
      ? null
      : predictionFilter(config.predictionFilter, tools.predictions);
  const gateTools = parts.tradingState === undefined ? {} : { tradingState: parts.tradingState };
  const conversions = conversionsFor(instruments, config.account.baseCurrency, config.account.fixedRates);
  const portfolio = new Portfolio(
    new Ledger(config.account.cash, instruments, conversions, config.account),
    new TradeBook(bars),
    bars,
  );
  const commission = commissionOf(setup, tools);
  const slippage = withinSight(createPlugin("slippage", config.costs.slippage, tools, registry));
  const protection = protectionLevels(config);
  const plan = parts.runners === undefined ? planOf(setup) : null;
  const arsenal =
    plan === null ? null : buildArsenal({ setup, ground, plan, tools, commission, slippage }, buildSession);
  const orders = new OrderTracker();
  const account = new AccountView(portfolio, instruments, accountLimits(config).openPositionsMax);
  const isTogether = strategy.portfolio !== undefined;
  // Alone, a symbol's time stands still without its bars: nobody could see it go.
  const listings =
    isTogether || bars.length > 1
      ? new Listings(
          decided,
          calendars,
          config.execution.goneAfterSessions,
          instruments.map(({ symbol }) => setup.delistings?.get(symbol) ?? []),
        )
      : null;
  const together = isTogether
    ? { ...buildTogether(setup, ground, params, account, listings!), mayEnter }
    : null;
  const venueLedger = new Ledger(config.account.cash, instruments, conversions, config.account);
  const venue = buildBroker(setup, ground, venueLedger, { commission, slippage }, listings);
  return {
    broker: parts.broker?.(venue, market) ?? venue,
    portfolio,
    orders,
    targets: new StandingTargets(),
    followers: arsenal,
    resampler: frames === null ? everyBar : new FrameResampler(frames),
    pipeline: {
      instruments,
      bars: decided,
      seenBars: seenDecided,
      runners:
        parts.runners ??
        arsenal?.runners ??
        together?.runner.runners ??
        stores.map(
          (store, index) =>
            new StrategyRunner(strategy, params, index as InstrumentIndex, store, account, protection),
        ),
      nextRows: new Int32Array(stores.length),
      together,
      listings,
      sizer: isTogether
        ? { weigh: ({ weight }) => weight, refusals: together!.refusals }
        : sizerOf(createPlugin("sizer", sizingOf(config, instruments.length), tools, registry), mayEnter),
      commission,
      slippage,
      decision: emptyDecision(),
    },
    risk: new RiskGate(
      market,
      (seen) => riskRules(config, { ...gateTools, market: seen, calendars }, registry),
      { commission, slippage },
    ),
    recorder: new DecisionRecorder(parts.log ?? logOver(bars)),
    plan: emptyPlan(),
    planOptions: {
      rebalanceBand: config.execution.rebalanceBand,
      sizeAtFill: config.execution.sizeAt === "fill",
    },
    tradeFromMs: setup.tradeFromMs ?? -Infinity,
    skipQuiet: config.execution.skipQuiet,
    ...endTimes(bars, config),
  };
}

/** Room for all slices that are known; of one instrument they are its bars. */
export function logOver(bars: readonly Bars[]): DecisionLog {
  return bars.length === 1 ? new DecisionLog(bars[0]!.length, bars[0]!.closeTimeMs) : new DecisionLog(4096);
}

function sizerOf(sizer: Sizer, mayEnter: MayEnter | null): Sizer {
  return mayEnter === null ? sizer : filteredSizer(sizer, mayEnter);
}

function needsResampling(bars: readonly Bars[], timeframe: Timeframe | undefined): boolean {
  return (
    timeframe !== undefined && bars.some((table) => timeframeMs(table.timeframe) !== timeframeMs(timeframe))
  );
}

/** When each symbol is closed for the end of the run: an order sent at the second last close fills at the last open. */
export function endTimes(bars: readonly Bars[], config: RunConfig): Pick<Session, "endMs" | "firstEndMs"> {
  const endMs = bars.map(({ closeTimeMs, length }) =>
    config.execution.flattenAtEnd && length >= 2 ? closeTimeMs[length - 2]! : Infinity,
  );
  return { endMs, firstEndMs: Math.min(...endMs) };
}

function impossibleParams(strategy: AnyStrategy, params: Readonly<Record<string, ParamValue>>): KiwiError {
  return new KiwiError({
    code: "PARAMS_IMPOSSIBLE",
    exit: "usage",
    message: `${strategy.name} makes no sense with ${JSON.stringify(params)}`,
    why: "the strategy's own condition on its parameters says so",
    fix: `kiwi strategy show ${strategy.name}   shows the parameters and the condition`,
    topic: "params",
  });
}

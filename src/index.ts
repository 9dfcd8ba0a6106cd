import type { BacktestAnswer, BacktestQuestion } from "./app/program/backtest.ts";
import type { OptimizeAnswer, OptimizeQuestion } from "./app/program/optimize.ts";

// The public face of Kiwi: what a strategy, an indicator or a plug-in of your own imports from "kiwi".
export { metaStrategy, strategy, crossOver, crossUnder } from "./ports/strategy.ts";
export { portfolioStrategy } from "./ports/portfolio-strategy.ts";
export type { PortfolioDefinition, RebalanceContext } from "./ports/portfolio-strategy.ts";
export type { BarContext, MetaPlan, PlanTools, Series, SetupTools } from "./ports/strategy.ts";
export type { Schedule, StrategyDefinition, TargetOptions } from "./ports/strategy.ts";
export type { Candidate, PerformanceView, RegimeView } from "./ports/selector.ts";
export type { Selection, SelectionContext, Selector } from "./ports/selector.ts";
export type { RegimeDetector, RegimeSeries } from "./ports/regime.ts";
export { regimeLabels } from "./domain/regime.ts";
export type { RegimeLabel } from "./domain/regime.ts";
export { bool, choice, float, int, text } from "./domain/params.ts";
export type { Params, ParamValue, ParamValues } from "./domain/params.ts";
export { apply } from "./domain/expression.ts";
export type { BarSeries, Expr } from "./domain/expression.ts";
export { externalSeries, news, prediction } from "./domain/external-series.ts";
export type { NewsSeries, PredictionSeries } from "./domain/external-series.ts";
export type { NewsItem, SentimentScore, SentimentScorer } from "./ports/news-source.ts";
export { indicator, settlingRows } from "./domain/indicator.ts";
export type { IndicatorDefinition, Next } from "./domain/indicator.ts";
export type { Timeframe } from "./domain/timeframe.ts";
export type { Bars } from "./domain/bars.ts";
export type { Entry, Protection, Signal } from "./domain/target.ts";
export type { Instrument } from "./domain/instrument.ts";
export type { OrderRequest } from "./domain/order.ts";
export type { PortfolioView, Position } from "./domain/portfolio.ts";
export type { MarketSlice } from "./domain/slice.ts";
export { definePlugin } from "./ports/plugin.ts";
export type { Plugin, PluginTools } from "./ports/plugin.ts";
export type { Model, ModelRows, ModelTools } from "./ports/model.ts";
export { approve, clear } from "./ports/risk.ts";
export type { RiskAlarm, RiskContext, RiskRule, RiskVerdict } from "./ports/risk.ts";
export type { Sizer, SizingContext } from "./ports/sizer.ts";
export type { CommissionModel, SlippageModel } from "./ports/costs.ts";
export { defineSource } from "./ports/source-plugin.ts";
export type { SourcePlugin } from "./ports/source-plugin.ts";
export type { ComponentHealth, ConnectTools } from "./ports/component.ts";
export { defineChannel } from "./ports/alert-channel.ts";
export type { AlertChannel, AlertMessage, ChannelPlugin, Severity } from "./ports/alert-channel.ts";
export { defineBroker } from "./ports/broker-plugin.ts";
export type { BrokerPlugin, BrokerTools, TradingMode } from "./ports/broker-plugin.ts";
export type { Acknowledgement, BrokerConnection, BrokerListener } from "./ports/broker-connection.ts";
export type { VenueFill, VenueInstrument, VenueOrder, VenueOrderRequest } from "./ports/broker-connection.ts";
export type { BarRange, BarRequest, BarSource, BarSourceCapabilities } from "./ports/bar-source.ts";
export type { LiveBar, StreamState, SubscribeRequest, Subscription, SymbolInfo } from "./ports/bar-source.ts";
export { barsOf } from "./domain/bars.ts";
export { KiwiError } from "./base/errors.ts";
export type { BacktestAnswer, BacktestQuestion } from "./app/program/backtest.ts";
export type { OptimizeAnswer, OptimizeQuestion } from "./app/program/optimize.ts";
export type { AnyStrategy } from "./ports/strategy.ts";
export { above } from "./indicators/above.ts";
export { absolute } from "./indicators/absolute.ts";
export { adx } from "./indicators/adx.ts";
export { aroon } from "./indicators/aroon.ts";
export { atr } from "./indicators/atr.ts";
export { below } from "./indicators/below.ts";
export { bollinger } from "./indicators/bollinger.ts";
export { both } from "./indicators/both.ts";
export { cci } from "./indicators/cci.ts";
export { choppiness } from "./indicators/choppiness.ts";
export { cmf } from "./indicators/cmf.ts";
export { crossing } from "./indicators/crossing.ts";
export { crossover } from "./indicators/crossover.ts";
export { crossunder } from "./indicators/crossunder.ts";
export { dema } from "./indicators/dema.ts";
export { donchian } from "./indicators/donchian.ts";
export { efficiencyRatio } from "./indicators/efficiency-ratio.ts";
export { either } from "./indicators/either.ts";
export { ema } from "./indicators/ema.ts";
export { garmanKlass } from "./indicators/garman-klass.ts";
export { highest } from "./indicators/highest.ts";
export { hma } from "./indicators/hma.ts";
export { ichimoku } from "./indicators/ichimoku.ts";
export { kama } from "./indicators/kama.ts";
export { keltner } from "./indicators/keltner.ts";
export { lag } from "./indicators/lag.ts";
export { larger } from "./indicators/larger.ts";
export { linearRegressionSlope } from "./indicators/linear-regression-slope.ts";
export { logReturn } from "./indicators/log-return.ts";
export { lowest } from "./indicators/lowest.ts";
export { macd } from "./indicators/macd.ts";
export { mfi } from "./indicators/mfi.ts";
export { minus } from "./indicators/minus.ts";
export { momentum } from "./indicators/momentum.ts";
export { natr } from "./indicators/natr.ts";
export { negateCondition } from "./indicators/negate-condition.ts";
export { obv } from "./indicators/obv.ts";
export { over } from "./indicators/over.ts";
export { overbought } from "./indicators/overbought.ts";
export { oversold } from "./indicators/oversold.ts";
export { parabolicSar } from "./indicators/parabolic-sar.ts";
export { parkinson } from "./indicators/parkinson.ts";
export { percentRank } from "./indicators/percent-rank.ts";
export { plus } from "./indicators/plus.ts";
export { ppo } from "./indicators/ppo.ts";
export { realizedVolatility } from "./indicators/realized-volatility.ts";
export { roc } from "./indicators/roc.ts";
export { rollingStd } from "./indicators/rolling-std.ts";
export { rsi } from "./indicators/rsi.ts";
export { sma } from "./indicators/sma.ts";
export { smaller } from "./indicators/smaller.ts";
export { stochasticRsi } from "./indicators/stochastic-rsi.ts";
export { stochastic } from "./indicators/stochastic.ts";
export { supertrend } from "./indicators/supertrend.ts";
export { tema } from "./indicators/tema.ts";
export { times } from "./indicators/times.ts";
export { trueRange } from "./indicators/true-range.ts";
export { vwap } from "./indicators/vwap.ts";
export { vwma } from "./indicators/vwma.ts";
export { williamsR } from "./indicators/williams-r.ts";
export { wma } from "./indicators/wma.ts";
export { zScore } from "./indicators/z-score.ts";

// What runs is loaded when it is called: a strategy that imports from here must not wait for it.

/** Runs a backtest from a program. It counts among the trials on its data; nothing else is kept. Throws `KiwiError`. */
export async function backtest(question: BacktestQuestion): Promise<BacktestAnswer> {
  const { runProgram } = await import("./app/program/backtest.ts");
  return runProgram(question);
}

/** Tries every combination of a grid of parameters, and runs the best one whole. Throws `KiwiError`. */
export async function optimize(question: OptimizeQuestion): Promise<OptimizeAnswer> {
  const { optimizeProgram } = await import("./app/program/optimize.ts");
  return optimizeProgram(question);
}

import { didYouMean } from "../../base/nearest.ts";
import { KiwiError } from "../../base/errors.ts";
import { resolveParams, type Params } from "../../domain/params.ts";
import { commissionPerLot } from "../../costs/commission-per-lot.ts";
import { commissionPerShare } from "../../costs/commission-per-share.ts";
import { commissionRate } from "../../costs/commission-rate.ts";
import { slippageFixed } from "../../costs/slippage-fixed.ts";
import { slippageSpread } from "../../costs/slippage-spread.ts";
import { slippageVolatility } from "../../costs/slippage-volatility.ts";
import { slippageVolumeShare } from "../../costs/slippage-volume-share.ts";
import type { Plugin, PluginChoice, PluginKind, PluginKinds, PluginTools } from "../../ports/plugin.ts";
import type { ChannelPlugin } from "../../ports/alert-channel.ts";
import type { BrokerPlugin } from "../../ports/broker-plugin.ts";
import type { SourcePlugin } from "../../ports/source-plugin.ts";
import type { AnyStrategy } from "../../ports/strategy.ts";
import { bullBear } from "../../regimes/bull-bear.ts";
import { hmm } from "../../regimes/hmm.ts";
import { hmmModel } from "../../regimes/hmm-model.ts";
import { volatilityTrend } from "../../regimes/volatility-trend.ts";
import { badData } from "../../risk/bad-data.ts";
import { buyingPower } from "../../risk/buying-power.ts";
import { correlatedExposure } from "../../risk/correlated-exposure.ts";
import { dailyLossHalt } from "../../risk/daily-loss-halt.ts";
import { drawdownHalt } from "../../risk/drawdown-halt.ts";
import { duplicateOrder } from "../../risk/duplicate-order.ts";
import { grossExposure } from "../../risk/gross-exposure.ts";
import { openPositions } from "../../risk/open-positions.ts";
import { orderNotional } from "../../risk/order-notional.ts";
import { orderRate } from "../../risk/order-rate.ts";
import { orderSize } from "../../risk/order-size.ts";
import { positionLimit } from "../../risk/position-limit.ts";
import { priceCollar } from "../../risk/price-collar.ts";
import { staleData } from "../../risk/stale-data.ts";
import { tradingState } from "../../risk/trading-state.ts";
import { valueAtRisk } from "../../risk/value-at-risk.ts";
import { volatilityBreaker } from "../../risk/volatility-breaker.ts";
import { bestRecent } from "../../selectors/best-recent.ts";
import { equalWeight } from "../../selectors/equal-weight.ts";
import { regimePerformance } from "../../selectors/regime-performance.ts";
import { confidence } from "../../sizers/confidence.ts";
import { fixedFraction } from "../../sizers/fixed-fraction.ts";
import { fixedRisk } from "../../sizers/fixed-risk.ts";
import { volatilityTarget } from "../../sizers/volatility-target.ts";
import { buyAndHold } from "../../strategies/buy-and-hold.ts";
import { everyCall } from "../../strategies/every-call.ts";
import { followPredictions } from "../../strategies/follow-predictions.ts";
import { meanReversion } from "../../strategies/mean-reversion.ts";
import { meta } from "../../strategies/meta.ts";
import { multiTimeframeSrsi } from "../../strategies/multi-timeframe-srsi.ts";
import { smaCross } from "../../strategies/sma-cross.ts";
import { template } from "../../strategies/template.ts";
import { trendFollowing } from "../../strategies/trend-following.ts";
import { volatilityBreakout } from "../../strategies/volatility-breakout.ts";
import { brokerPlugins } from "./broker-registry.ts";
import { sourcePlugins } from "./source-registry.ts";
import { channelPlugins } from "./channel-registry.ts";

/** Every built-in strategy, sorted by name. `registry-contract.test.ts` tries each one, and fails when one is missing. */
export const strategies: readonly AnyStrategy[] = [
  buyAndHold,
  everyCall,
  followPredictions,
  meanReversion,
  meta,
  multiTimeframeSrsi,
  smaCross,
  template,
  trendFollowing,
  volatilityBreakout,
];

/** A plug-in whose option types are of no interest here. */
// oxlint-disable-next-line typescript/no-explicit-any -- `create` takes its own options: nothing narrower accepts every plug-in
export type AnyPlugin = Plugin<PluginKind, any>;

/** Every built-in plug-in of the other kinds, by kind and sorted by name. */
export const plugins: readonly AnyPlugin[] = [
  confidence,
  fixedFraction,
  fixedRisk,
  volatilityTarget,
  badData,
  buyingPower,
  correlatedExposure,
  dailyLossHalt,
  drawdownHalt,
  duplicateOrder,
  grossExposure,
  openPositions,
  orderNotional,
  orderRate,
  orderSize,
  positionLimit,
  priceCollar,
  staleData,
  tradingState,
  valueAtRisk,
  volatilityBreaker,
  commissionPerLot,
  commissionPerShare,
  commissionRate,
  slippageFixed,
  slippageSpread,
  slippageVolatility,
  slippageVolumeShare,
  bestRecent,
  equalWeight,
  regimePerformance,
  bullBear,
  hmm,
  hmmModel,
  volatilityTrend,
];

/** Everything that a project may name: what is built in, and what its own files add. A value: two projects share none. */
export type Registry = {
  readonly strategies: readonly AnyStrategy[];
  readonly plugins: readonly AnyPlugin[];
  readonly sources: readonly SourcePlugin[];
  readonly brokers: readonly BrokerPlugin[];
  readonly channels: readonly ChannelPlugin[];
};

/** What every project knows. */
export const builtIn: Registry = {
  strategies,
  plugins,
  sources: sourcePlugins,
  brokers: brokerPlugins,
  channels: channelPlugins,
};

/** The registry with plug-ins behind those that it has. */
export function withPlugins(added: readonly AnyPlugin[], registry: Registry = builtIn): Registry {
  return { ...registry, plugins: [...registry.plugins, ...added] };
}

/** Finds a strategy by name. Throws `STRATEGY_UNKNOWN` with the nearest match. */
export function strategyNamed(name: string, registry: Registry = builtIn): AnyStrategy {
  const { strategies: known } = registry;
  const found = known.find((strategy) => strategy.name === name);
  if (found !== undefined) return found;
  throw unknown(
    "STRATEGY_UNKNOWN",
    "strategy",
    name,
    known.map((strategy) => strategy.name),
    "kiwi strategy list",
  );
}

/** Finds a plug-in of a kind by name. Throws `PLUGIN_UNKNOWN` with the nearest match. */
export function findPlugin(kind: PluginKind, name: string, registry: Registry = builtIn): AnyPlugin {
  const ofKind = registry.plugins.filter((plugin) => plugin.kind === kind);
  const found = ofKind.find((plugin) => plugin.name === name);
  if (found !== undefined) return found;
  const known = ofKind.map((plugin) => plugin.name);
  throw unknown("PLUGIN_UNKNOWN", kind, name, known, "kiwi config schema");
}

/** Makes a plug-in of a kind from its choice. Throws `PLUGIN_UNKNOWN`, `PARAM_UNKNOWN` or `PARAM_INVALID`. */
export function createPlugin<Kind extends PluginKind>(
  kind: Kind,
  { use, ...options }: PluginChoice,
  tools: PluginTools,
  registry: Registry = builtIn,
): PluginKinds[Kind] {
  const plugin = findPlugin(kind, use, registry);
  const values = resolveParams(`${kind} ${use}`, plugin.options as Params, options);
  return plugin.create(values, tools) as PluginKinds[Kind];
}

/** Finds a source by name. Throws `SOURCE_UNKNOWN` with the nearest among its own and `known`. */
export function sourceNamed(
  name: string,
  known: readonly string[] = [],
  registry: Registry = builtIn,
): SourcePlugin {
  const found = registry.sources.find((plugin) => plugin.name === name);
  if (found !== undefined) return found;
  const names = [...new Set([...registry.sources.map((plugin) => plugin.name), ...known])].sort();
  throw new KiwiError({
    code: "SOURCE_UNKNOWN",
    exit: "usage",
    message: `there is no source "${name}"`,
    why: `the sources are ${names.join(", ")}`,
    fix: didYouMean(name, names, (near) => `--source ${near}`),
    topic: "sources",
  });
}

/** Finds a broker by name. Throws `BROKER_UNKNOWN` with the nearest match. */
export function brokerNamed(name: string, registry: Registry = builtIn): BrokerPlugin {
  const found = registry.brokers.find((plugin) => plugin.name === name);
  if (found !== undefined) return found;
  const known = registry.brokers.map((plugin) => plugin.name);
  throw unknown("BROKER_UNKNOWN", "broker", name, known, "kiwi help brokers");
}

/** Finds a kind of channel by name. Throws `CHANNEL_UNKNOWN` with the nearest match. */
export function channelNamed(name: string, registry: Registry = builtIn): ChannelPlugin {
  const found = registry.channels.find((plugin) => plugin.name === name);
  if (found !== undefined) return found;
  const names = registry.channels.map((plugin) => plugin.name);
  throw new KiwiError({
    code: "CHANNEL_UNKNOWN",
    exit: "config",
    message: `there is no channel of the kind "${name}"`,
    why: `the kinds are ${names.join(", ")}`,
    fix: didYouMean(name, names, (near) => `{ "use": "${near}" }`),
    topic: "alerts",
  });
}

function unknown(
  code: string,
  what: string,
  name: string,
  known: readonly string[],
  list: string,
): KiwiError {
  return new KiwiError({
    code,
    exit: "usage",
    message: `no ${what} is called "${name}"`,
    why: `known: ${known.join(", ")}`,
    fix: didYouMean(name, known, undefined, `${list} shows them all`),
    topic: "plugins",
  });
}

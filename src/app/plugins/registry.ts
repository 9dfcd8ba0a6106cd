import { closest } from "fastest-levenshtein";
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
import type { AnyStrategy } from "../../ports/strategy.ts";
import { bullBear } from "../../regimes/bull-bear.ts";
import { hmm } from "../../regimes/hmm.ts";
import { hmmModel } from "../../regimes/hmm-model.ts";
import { volatilityTrend } from "../../regimes/volatility-trend.ts";
import { badData } from "../../risk/bad-data.ts";
import { dailyLossHalt } from "../../risk/daily-loss-halt.ts";
import { drawdownHalt } from "../../risk/drawdown-halt.ts";
import { grossExposure } from "../../risk/gross-exposure.ts";
import { openPositions } from "../../risk/open-positions.ts";
import { orderNotional } from "../../risk/order-notional.ts";
import { positionLimit } from "../../risk/position-limit.ts";
import { staleData } from "../../risk/stale-data.ts";
import { volatilityBreaker } from "../../risk/volatility-breaker.ts";
import { bestRecent } from "../../selectors/best-recent.ts";
import { equalWeight } from "../../selectors/equal-weight.ts";
import { regimePerformance } from "../../selectors/regime-performance.ts";
import { fixedFraction } from "../../sizers/fixed-fraction.ts";
import { fixedRisk } from "../../sizers/fixed-risk.ts";
import { volatilityTarget } from "../../sizers/volatility-target.ts";
import { buyAndHold } from "../../strategies/buy-and-hold.ts";
import { meanReversion } from "../../strategies/mean-reversion.ts";
import { meta } from "../../strategies/meta.ts";
import { multiTimeframeSrsi } from "../../strategies/multi-timeframe-srsi.ts";
import { smaCross } from "../../strategies/sma-cross.ts";
import { template } from "../../strategies/template.ts";
import { trendFollowing } from "../../strategies/trend-following.ts";
import { volatilityBreakout } from "../../strategies/volatility-breakout.ts";

/** Every built-in strategy, sorted by name. `registry-contract.test.ts` tries each one, and fails when one is missing. */
export const strategies: readonly AnyStrategy[] = [
  buyAndHold,
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
  fixedFraction,
  fixedRisk,
  volatilityTarget,
  badData,
  dailyLossHalt,
  drawdownHalt,
  grossExposure,
  openPositions,
  orderNotional,
  positionLimit,
  staleData,
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

/** A person's own plug-ins, in this thread; they stand behind the built-in ones and replace none. */
const own: AnyPlugin[] = [];

/** Everything that a configuration may name: what is built in, then what was added. */
export function knownPlugins(): readonly AnyPlugin[] {
  return [...plugins, ...own];
}

/** Makes a plug-in known from now on. */
export function addPlugin(plugin: AnyPlugin): void {
  own.push(plugin);
}

/** Makes plug-ins known while `act` runs, and unknown again. */
export function withPlugins<Result>(added: readonly AnyPlugin[], act: () => Result): Result {
  const before = own.length;
  own.push(...added);
  try {
    return act();
  } finally {
    own.splice(before, added.length);
  }
}

/** Finds a strategy by name. Throws `STRATEGY_UNKNOWN` with the nearest match. */
export function strategyNamed(name: string, known: readonly AnyStrategy[] = strategies): AnyStrategy {
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
export function findPlugin(kind: PluginKind, name: string): AnyPlugin {
  const ofKind = knownPlugins().filter((plugin) => plugin.kind === kind);
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
): PluginKinds[Kind] {
  const plugin = findPlugin(kind, use);
  const values = resolveParams(`${kind} ${use}`, plugin.options as Params, options);
  return plugin.create(values, tools) as PluginKinds[Kind];
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
    fix: `did you mean ${closest(name, known)}?   (${list} shows them all)`,
    topic: "plugins",
  });
}

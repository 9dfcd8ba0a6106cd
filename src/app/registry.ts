import { closest } from "fastest-levenshtein";
import { KiwiError } from "../base/errors.ts";
import { resolveParams, type Params, type ParamValue } from "../domain/params.ts";
import { commissionRate } from "../costs/commission-rate.ts";
import { slippageFixed } from "../costs/slippage-fixed.ts";
import type { Plugin, PluginKind, PluginKinds, PluginTools } from "../ports/plugin.ts";
import type { AnyStrategy } from "../ports/strategy.ts";
import { grossExposure } from "../risk/gross-exposure.ts";
import { fixedFraction } from "../sizers/fixed-fraction.ts";
import { buyAndHold } from "../strategies/buy-and-hold.ts";
import { smaCross } from "../strategies/sma-cross.ts";

/** Every built-in strategy, by import. `test/tidy.test.ts` fails when a file is missing here. */
export const strategies: readonly AnyStrategy[] = [buyAndHold, smaCross];

/** A plug-in whose option types are of no interest here. */
// oxlint-disable-next-line typescript/no-explicit-any -- `create` takes its own options: nothing narrower accepts every plug-in
export type AnyPlugin = Plugin<PluginKind, any>;

/** Every built-in plug-in of the other kinds. */
export const plugins: readonly AnyPlugin[] = [fixedFraction, grossExposure, commissionRate, slippageFixed];

/** A plug-in by name with its options: `{ use: "fixed-fraction", fraction: 0.5 }`. */
export type PluginChoice = { readonly use: string } & Readonly<Record<string, ParamValue>>;

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

/** Makes a plug-in of a kind from its choice. Throws `PLUGIN_UNKNOWN`, `PARAM_UNKNOWN` or `PARAM_INVALID`. */
export function createPlugin<Kind extends PluginKind>(
  kind: Kind,
  choice: PluginChoice,
  tools: PluginTools,
): PluginKinds[Kind] {
  const { use, ...options } = choice;
  const ofKind = plugins.filter((plugin) => plugin.kind === kind);
  const plugin = ofKind.find((candidate) => candidate.name === use);
  if (plugin === undefined) {
    throw unknown(
      "PLUGIN_UNKNOWN",
      kind,
      use,
      ofKind.map((candidate) => candidate.name),
      "kiwi config schema",
    );
  }
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

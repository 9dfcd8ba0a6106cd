import { halfSpreadOf } from "../../costs/quoted-spread.ts";
import type { Params } from "../../domain/params.ts";
import type { HalfSpread } from "../../ports/costs.ts";
import { definePlugin } from "../../ports/plugin.ts";
import { builtIn, createPlugin, findPlugin, withPlugins } from "../plugins/registry.ts";
import type { BacktestSetup } from "./backtest-setup.ts";

/** Whether a model stands for the distance between bid and ask and for nothing else: quotes take its place. */
export function isAssumedSpread(use: string): boolean {
  return use === "fixed" || use === "spread";
}

/**
 * The same setup where takers pay half of the distance between bid and ask, where both were quoted: instead of a slippage that
 * stands for it (`fixed`, `spread`), and on top of one that is about something else. The model keeps its name and options, so that
 * whatever multiplies or adds to the slippage of the run does so to this one.
 */
export function atQuotedSpreads(setup: BacktestSetup): BacktestSetup {
  const spreads = setup.costTables?.spreads;
  if (spreads === undefined) return setup;
  const { registry = builtIn, config } = setup;
  const choice = config.costs.slippage;
  const { name, summary, options } = findPlugin("slippage", choice.use, registry);
  const isReplaced = isAssumedSpread(name);
  const halves = new Map<string, HalfSpread>(
    Object.entries(spreads).map(([symbol, history]) => [symbol, halfSpreadOf(history)]),
  );
  const quoted = definePlugin<"slippage", Params>({
    kind: "slippage",
    name,
    summary,
    options,
    create(given, tools) {
      const own = createPlugin("slippage", { use: name, ...given }, tools, registry);
      return {
        fraction(bars, row, quantity, moment) {
          const half =
            halves.get(bars.symbol)?.within(bars.closeTimeMs[row]!, moment ?? "inside") ?? Number.NaN;
          const modelled = Number.isNaN(half) || !isReplaced ? own.fraction(bars, row, quantity, moment) : 0;
          return modelled + (Number.isNaN(half) ? 0 : half / bars.open[row]!);
        },
        rate(bars, row, quantity) {
          const half = halves.get(bars.symbol)?.known(bars.closeTimeMs[row]!) ?? Number.NaN;
          const modelled = Number.isNaN(half) || !isReplaced ? own.rate(bars, row, quantity) : 0;
          return modelled + (Number.isNaN(half) ? 0 : half / bars.close[row]!);
        },
      };
    },
  });
  return { ...setup, registry: withPlugins(registry.plugins, { ...registry, plugins: [quoted] }) };
}

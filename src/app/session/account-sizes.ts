import type { SlippageModel } from "../../ports/costs.ts";
import type { Bars } from "../../domain/bars.ts";
import { definePlugin } from "../../ports/plugin.ts";
import { createPlugin, withPlugins } from "../plugins/registry.ts";
import type { BacktestSetup } from "./backtest-setup.ts";

/** The plug-in whose square-root law says how far a price gives way. */
const impactPlugin = "volume-share";
/** However large an order, no fill is worse than this share of the price. */
const largest = 0.5;

/**
 * Gives the same setup with other accounts: `cash` instead of its own, and with the price giving way to its orders by the
 * square-root law (Almgren and others 2005; Toth and others 2011): the standard deviation of a bar's return of that symbol
 * times the root of the order's share of the mean volume of the twenty bars before, on top of the slippage of the run. A
 * run that has a slippage by volume already keeps it as it is.
 */
export function atAccountSizes(setup: BacktestSetup): (cash: number) => BacktestSetup {
  const { account, costs } = setup.config;
  const withCash = (cash: number): BacktestSetup["config"] => ({
    ...setup.config,
    account: { ...account, cash },
  });
  if (costs.slippage.use === impactPlugin) return (cash) => ({ ...setup, config: withCash(cash) });
  const name = "with impact";
  const deviations = new Map(setup.bars.map((bars) => [bars.symbol, deviationOf(bars)]));
  const slippage = definePlugin({
    kind: "slippage",
    name,
    summary: "the slippage of the run, and the impact of its orders",
    options: {},
    create(_, tools) {
      const own = createPlugin("slippage", costs.slippage, tools, setup.registry);
      const impacts = new Map<string, SlippageModel>();
      const impactOn = ({ symbol }: Bars): SlippageModel => {
        let impact = impacts.get(symbol);
        if (impact === undefined) {
          const coefficient = Math.min(1, deviations.get(symbol) ?? 0);
          const choice = { use: impactPlugin, law: "square-root", coefficient, largest };
          impact = createPlugin("slippage", choice, tools, setup.registry);
          impacts.set(symbol, impact);
        }
        return impact;
      };
      return {
        fraction: (bars, row, quantity, moment) =>
          own.fraction(bars, row, quantity, moment) + impactOn(bars).fraction(bars, row, quantity, moment),
        rate: (bars, row, quantity) =>
          own.rate(bars, row, quantity) + impactOn(bars).rate(bars, row, quantity),
      };
    },
  });
  const registry = withPlugins([slippage], setup.registry);
  return (cash) => ({
    ...setup,
    registry,
    config: { ...withCash(cash), costs: { ...costs, slippage: { use: name } } },
  });
}

/** Standard deviation of the log returns of all bars; what impact is measured by. */
function deviationOf({ close, length }: Bars): number {
  let [count, sum, squares] = [0, 0, 0];
  for (let row = 1; row < length; row++) {
    const move = Math.log(close[row]! / close[row - 1]!);
    if (!Number.isFinite(move)) continue;
    count += 1;
    sum += move;
    squares += move * move;
  }
  return count < 2 ? 0 : Math.sqrt(Math.max(0, squares - (sum * sum) / count) / (count - 1));
}

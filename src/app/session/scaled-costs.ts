import type { CommissionModel, SlippageModel } from "../../ports/costs.ts";
import { definePlugin } from "../../ports/plugin.ts";
import { createPlugin, withPlugins } from "../plugins/registry.ts";
import type { RunConfig } from "../config/run-config.ts";

/** Does something with the settings in which all that trading costs is multiplied: commission, slippage, borrowing, funding. */
export function atScaledCosts<Result>(
  config: RunConfig,
  multiple: number,
  act: (scaled: RunConfig) => Result,
): Result {
  const { costs } = config;
  const name = `times ${multiple}`;
  const shared = { name, summary: "the costs of the run, multiplied", options: {} };
  const commission = definePlugin({
    ...shared,
    kind: "commission",
    create: (_, tools) => scaledCommission(createPlugin("commission", costs.commission, tools), multiple),
  });
  const slippage = definePlugin({
    ...shared,
    kind: "slippage",
    create: (_, tools) => scaledSlippage(createPlugin("slippage", costs.slippage, tools), multiple),
  });
  const scaled: RunConfig = {
    ...config,
    costs: {
      ...costs,
      commission: { use: name },
      slippage: { use: name },
      borrowRate: costs.borrowRate * multiple,
      fundingRate: costs.fundingRate * multiple,
    },
  };
  return withPlugins([commission, slippage], () => act(scaled));
}

function scaledCommission(model: CommissionModel, multiple: number): CommissionModel {
  return {
    fee: (quantity, notional, liquidity) => multiple * model.fee(quantity, notional, liquidity),
    rate: (quantity, price) => multiple * model.rate(quantity, price),
  };
}

function scaledSlippage(model: SlippageModel, multiple: number): SlippageModel {
  return {
    fraction: (bars, row, quantity) => multiple * model.fraction(bars, row, quantity),
    rate: (bars, row, quantity) => multiple * model.rate(bars, row, quantity),
  };
}

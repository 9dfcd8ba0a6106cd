import type { CommissionModel, SlippageModel } from "../ports/costs.ts";
import { definePlugin } from "../ports/plugin.ts";
import { addPlugin } from "./own-plugins.ts";
import { createPlugin } from "./registry.ts";
import type { RunConfig } from "./run-config.ts";

/** The same settings with everything that trading costs multiplied: commission, slippage, borrow fee and funding. */
export function scaledCosts(config: RunConfig, multiple: number): RunConfig {
  const { costs } = config;
  const commission = `${costs.commission.use} x ${multiple}`;
  const slippage = `${costs.slippage.use} x ${multiple}`;
  addPlugin(
    definePlugin({
      kind: "commission",
      name: commission,
      summary: "the commission of the run, multiplied",
      options: {},
      create: (_, tools) => scaledCommission(createPlugin("commission", costs.commission, tools), multiple),
    }),
  );
  addPlugin(
    definePlugin({
      kind: "slippage",
      name: slippage,
      summary: "the slippage of the run, multiplied",
      options: {},
      create: (_, tools) => scaledSlippage(createPlugin("slippage", costs.slippage, tools), multiple),
    }),
  );
  return {
    ...config,
    costs: {
      ...costs,
      commission: { use: commission },
      slippage: { use: slippage },
      borrowRate: costs.borrowRate * multiple,
      fundingRate: costs.fundingRate * multiple,
    },
  };
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

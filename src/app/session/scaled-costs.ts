import type { CommissionModel, SlippageModel } from "../../ports/costs.ts";
import type { CostTables, RatesBySymbol } from "../../domain/cost-tables.ts";
import { definePlugin } from "../../ports/plugin.ts";
import { createPlugin, withPlugins } from "../plugins/registry.ts";
import type { BacktestSetup } from "./backtest-setup.ts";

/** The same setup with all that trading costs multiplied: commission, slippage, borrowing, funding. */
export function atScaledCosts(setup: BacktestSetup, multiple: number): BacktestSetup {
  const { costs } = setup.config;
  const registry = setup.registry;
  const name = `times ${multiple}`;
  const shared = { name, summary: "the costs of the run, multiplied", options: {} };
  const commission = definePlugin({
    ...shared,
    kind: "commission",
    create: (_, tools) =>
      scaledCommission(createPlugin("commission", costs.commission, tools, registry), multiple),
  });
  const slippage = definePlugin({
    ...shared,
    kind: "slippage",
    create: (_, tools) => scaledSlippage(createPlugin("slippage", costs.slippage, tools, registry), multiple),
  });
  return {
    ...setup,
    registry: withPlugins([commission, slippage], registry),
    ...(setup.costTables === undefined ? {} : { costTables: scaledTables(setup.costTables, multiple) }),
    config: {
      ...setup.config,
      costs: {
        ...costs,
        commission: { use: name },
        slippage: { use: name },
        borrowRate: costs.borrowRate * multiple,
        fundingRate: costs.fundingRate * multiple,
      },
    },
  };
}

function scaledTables({ funding, borrow, feeTiers, spreads }: CostTables, multiple: number): CostTables {
  const scaled = (rates: RatesBySymbol): RatesBySymbol =>
    Object.fromEntries(
      Object.entries(rates).map(([symbol, { timeMs, rate }]) => [
        symbol,
        { timeMs, rate: rate.map((value) => value * multiple) },
      ]),
    );
  return {
    // What a taker pays for a spread is scaled with the slippage; where the market stood stays.
    ...(spreads === undefined ? {} : { spreads }),
    ...(funding === undefined ? {} : { funding: scaled(funding) }),
    ...(borrow === undefined ? {} : { borrow: scaled(borrow) }),
    ...(feeTiers === undefined
      ? {}
      : {
          feeTiers: feeTiers.map((tier) => ({
            ...tier,
            maker: tier.maker * multiple,
            taker: tier.taker * multiple,
          })),
        }),
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
    fraction: (bars, row, quantity, moment) => multiple * model.fraction(bars, row, quantity, moment),
    rate: (bars, row, quantity) => multiple * model.rate(bars, row, quantity),
  };
}

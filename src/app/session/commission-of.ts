import { tieredCommission } from "../../costs/tiered-commission.ts";
import type { CommissionModel } from "../../ports/costs.ts";
import type { PluginTools } from "../../ports/plugin.ts";
import { createPlugin } from "../plugins/registry.ts";
import type { BacktestSetup } from "./backtest-setup.ts";

/** What a run pays for a fill: the steps of a fee table where there is one, else the plug-in that its costs name. */
export function commissionOf(
  { config, registry, costTables }: Pick<BacktestSetup, "config" | "registry" | "costTables">,
  tools: PluginTools,
): CommissionModel {
  const tiers = costTables?.feeTiers;
  return tiers === undefined
    ? createPlugin("commission", config.costs.commission, tools, registry)
    : tieredCommission(tiers);
}

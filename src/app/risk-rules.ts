import type { NamedRule } from "../engine/risk-gate.ts";
import type { PluginTools } from "../ports/plugin.ts";
import { createPlugin, type PluginChoice } from "./registry.ts";
import type { RunConfig } from "./run-config.ts";

/** The rules of the run: what the account can carry at all, then its own rules. */
export function riskRules(config: RunConfig, tools: PluginTools): readonly NamedRule[] {
  const limit = config.account.kind === "cash" ? 1 : config.account.leverage;
  const choices: readonly PluginChoice[] = [{ use: "gross-exposure", limit }, ...config.risk.rules];
  return choices.map((choice) => ({ name: choice.use, rule: createPlugin("risk", choice, tools) }));
}

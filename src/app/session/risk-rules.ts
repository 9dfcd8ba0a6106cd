import type { NamedRule } from "../../engine/execution/risk-gate.ts";
import type { PluginChoice, PluginTools } from "../../ports/plugin.ts";
import { riskProfiles } from "../../risk/profiles.ts";
import { createPlugin } from "../plugins/registry.ts";
import type { RunConfig } from "../config/run-config.ts";

/**
 * The rules of the run: what the account can carry at all, then those of its risk profile, then its own. A rule of
 * its own replaces the profile's rule of the same name. Throws `PLUGIN_UNKNOWN`, `PARAM_UNKNOWN` or `PARAM_INVALID`.
 */
export function riskRules(config: RunConfig, tools: PluginTools): readonly NamedRule[] {
  const { kind, leverage } = config.account;
  const { profile, rules: own } = config.risk;
  const account: PluginChoice = { use: "gross-exposure", limit: kind === "cash" ? 1 : leverage };
  const replaced = new Set(own.map(({ use }) => use));
  const kept = profile === "none" ? [] : riskProfiles[profile].rules.filter(({ use }) => !replaced.has(use));
  return [account, ...kept, ...own].map((choice) => ({
    name: choice.use,
    rule: createPlugin("risk", choice, tools),
  }));
}

/**
 * The sizing of the run: as it is configured, but equal parts of the money keep to what the risk profile allows in one
 * symbol. Without this a profile would refuse every order of a run with few symbols.
 */
export function sizingOf(config: RunConfig, symbolCount: number): PluginChoice {
  const { sizing, risk } = config;
  const isEqualParts = sizing.use === "fixed-fraction" && (sizing["fraction"] ?? 0) === 0;
  if (risk.profile === "none" || !isEqualParts) return sizing;
  return { ...sizing, fraction: Math.min(riskProfiles[risk.profile].positionShare, 1 / symbolCount) };
}

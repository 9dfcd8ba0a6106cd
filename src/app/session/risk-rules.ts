import type { Params } from "../../domain/params.ts";
import type { NamedRule } from "../../engine/execution/risk-gate.ts";
import type { PortfolioLimits } from "../../engine/size-together.ts";
import type { PluginChoice, PluginTools } from "../../ports/plugin.ts";
import { riskProfiles, tradingProfiles } from "../../risk/profiles.ts";
import { createPlugin, findPlugin, type Registry } from "../plugins/registry.ts";
import type { RunConfig } from "../config/run-config.ts";

/**
 * The rules of the run: what the account can carry at all, then those of its risk and its trading profile, then its
 * own. A rule of its own replaces the profiles' rule of the same name.
 */
export function ruleChoices({ account, risk }: RunConfig): readonly PluginChoice[] {
  const { profile, tradingProfile, rules: own } = risk;
  const carried: PluginChoice = {
    use: "gross-exposure",
    limit: account.kind === "cash" ? 1 : account.leverage,
  };
  const replaced = new Set(own.map(({ use }) => use));
  const profiles = [
    ...(profile === "none" ? [] : riskProfiles[profile].rules),
    ...(tradingProfile === "none" ? [] : tradingProfiles[tradingProfile]),
  ];
  const kept = profiles.filter(({ use }) => !replaced.has(use));
  return [carried, ...kept, ...own];
}

/** The rules of the run, ready to be asked; where there is a kill switch it is heard first. Throws `PLUGIN_UNKNOWN`, `PARAM_UNKNOWN` or `PARAM_INVALID`. */
export function riskRules(config: RunConfig, tools: PluginTools, registry?: Registry): readonly NamedRule[] {
  const heard: readonly PluginChoice[] = tools.tradingState === undefined ? [] : [{ use: "trading-state" }];
  return [...heard, ...ruleChoices(config)].map((choice) => ({
    name: choice.use,
    rule: createPlugin("risk", choice, tools, registry),
  }));
}

/** What the rules of a run leave to its positions. */
type Room = {
  /** How many symbols can be held at once. */
  readonly positions: number;
  /** Largest share of equity in one of them, when all of them are held. */
  readonly share: number;
};

function roomOf(config: RunConfig, symbolCount: number): Room {
  const { grossMax, shareMax, openPositionsMax } = accountLimits(config);
  const positions = Math.max(1, Math.min(symbolCount, openPositionsMax));
  return { positions, share: Math.min(shareMax, grossMax / positions) };
}

/** The lowest limit of the rules of a name; Infinity where there is none. */
function lowest(config: RunConfig, name: string): number {
  const rules = ruleChoices(config).filter(({ use }) => use === name);
  return Math.min(Infinity, ...rules.map((rule) => limitOf(rule)));
}

/** The limit of a rule; a rule that names none has its plug-in's own. */
function limitOf({ use, limit }: PluginChoice): number {
  return Number(limit ?? (findPlugin("risk", use).options as Params)["limit"]!.default);
}

/** How far from the last price the rules let an order open, as a share of it: also by the time when it is sent. */
export function priceCollarOf(config: RunConfig): number {
  return lowest(config, "price-collar");
}

/** What the rules of the run leave room for, so that a portfolio is sized to it and not refused afterwards. */
export function accountLimits(config: RunConfig): PortfolioLimits & { readonly openPositionsMax: number } {
  return {
    grossMax: lowest(config, "gross-exposure"),
    shareMax: lowest(config, "position-limit"),
    openPositionsMax: lowest(config, "open-positions"),
    rebalanceBand: config.execution.rebalanceBand,
  };
}

/**
 * The sizing of the run: as it is configured, but equal parts are parts of what can be held at once, and every sizing
 * keeps to what the risk profile allows in one symbol. Without this a profile would refuse the orders of a run with
 * few symbols, and leave the money of one with many idle.
 */
export function sizingOf(config: RunConfig, symbolCount: number): PluginChoice {
  const { sizing, risk } = config;
  const { positions, share } = roomOf(config, symbolCount);
  if (sizing.use === "fixed-fraction" && numberOf(sizing, "fraction", 0) === 0) {
    // Rules of one's own are limits that trim; a profile promises that its sizes fit.
    const fraction = Math.min(1 / positions, risk.profile === "none" ? Infinity : share);
    return fraction === 1 / symbolCount ? sizing : { ...sizing, fraction };
  }
  return risk.profile === "none" ? sizing : capped(sizing, positions, share);
}

function capped(sizing: PluginChoice, positions: number, share: number): PluginChoice {
  switch (sizing.use) {
    case "fixed-fraction":
      return { ...sizing, fraction: Math.min(numberOf(sizing, "fraction", 0), share) };
    case "fixed-risk":
      return {
        ...sizing,
        weightMax: Math.min(numberOf(sizing, "weightMax", 1), share),
        fallbackFraction: Math.min(numberOf(sizing, "fallbackFraction", 0), share),
      };
    case "confidence":
      return { ...sizing, shareMax: Math.min(numberOf(sizing, "shareMax", 1), share * positions) };
    case "volatility-target":
      return {
        ...sizing,
        symbols: positions,
        leverageMax: Math.min(numberOf(sizing, "leverageMax", 1), share * positions),
      };
    default:
      return sizing;
  }
}

/** The largest share of equity that sizing and rules let work at once; null where a sizer of one's own decides. */
export function workingShare(config: RunConfig, symbolCount: number): number | null {
  const sizing = sizingOf(config, symbolCount);
  const { positions } = roomOf(config, symbolCount);
  switch (sizing.use) {
    case "fixed-fraction":
      return positions * numberOf(sizing, "fraction", 1 / symbolCount);
    case "fixed-risk":
      return positions * numberOf(sizing, "weightMax", 1);
    case "volatility-target":
      return numberOf(sizing, "leverageMax", 1);
    default:
      return null;
  }
}

function numberOf(sizing: PluginChoice, name: string, fallback: number): number {
  return Number(sizing[name] ?? fallback);
}

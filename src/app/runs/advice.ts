import { percentText } from "../../analysis/report/number-text.ts";
import { KiwiError } from "../../base/errors.ts";
import type { Bars } from "../../domain/bars.ts";
import type { Params } from "../../domain/params.ts";
import type { PluginChoice } from "../../ports/plugin.ts";
import type { RunConfig } from "../config/run-config.ts";
import { builtIn, findPlugin, type Registry } from "../plugins/registry.ts";
import { workingShare } from "../session/risk-rules.ts";

/** Holding costs above these are seldom meant: 100 % a year, 1 % every eight hours. */
const usualMax = { borrowRate: 1, fundingRate: 0.01 };

/** Below this share of the money at work, a run says little about what the strategy would do with all of it. */
const workingShareMin = 0.2;

/** Settings that are allowed and do nothing, or not what one would think. */
export function adviceOn(
  config: RunConfig,
  symbolCount: number,
  registry: Registry = builtIn,
): readonly string[] {
  const { account, costs } = config;
  const lines: (string | false)[] = [
    account.kind === "cash" &&
      account.leverage !== 2 &&
      "leverage has no effect on a cash account (--account margin)",
    account.kind === "cash" &&
      costs.fundingRate !== 0 &&
      "funding is charged although the account is a cash account",
    ...unusualRates("commission", costs.commission, registry),
    ...unusualRates("slippage", costs.slippage, registry),
    costs.borrowRate > usualMax.borrowRate &&
      `the borrow fee is ${percentText(costs.borrowRate)} a year: 0.03 means 3 %`,
    Math.abs(costs.fundingRate) > usualMax.fundingRate &&
      `funding is ${percentText(costs.fundingRate)} every eight hours: 0.0001 means 0.01 %`,
    idleMoney(config, symbolCount),
  ];
  return lines.filter((line) => line !== false);
}

/** A rate far beyond what its cost model is usually given was most likely meant in per cent. */
function unusualRates(
  kind: "commission" | "slippage",
  choice: PluginChoice,
  registry: Registry,
): readonly string[] {
  const options = findPlugin(kind, choice.use, registry).options as Params;
  return Object.entries(choice).flatMap(([name, value]) => {
    const option = options[name];
    const isRate = name.toLowerCase().endsWith("rate") && option?.kind === "float";
    if (!isRate || !(Number(value) > option.max)) return [];
    return [
      `the ${kind} is ${percentText(Number(value))} of every order; more than ${percentText(option.max)} is hardly ` +
        `meant: 0.001 means 0.1 %`,
    ];
  });
}

function idleMoney(config: RunConfig, symbolCount: number): string | false {
  const share = workingShare(config, symbolCount);
  if (share === null || share >= workingShareMin - 1e-9) return false;
  return (
    `at most ${percentText(share)} of the money can work: sizing and risk rules leave the rest in cash ` +
    `(sizing.use is ${config.sizing.use}, the risk profile ${config.risk.profile})`
  );
}

/** Refuses a limit by volume where a source has no volumes: nothing would ever fill. Throws `VOLUME_NONE`. */
export function refuseShareOfNothing({ costs }: RunConfig, bars: readonly Bars[]): void {
  if (!Number.isFinite(costs.volumeShareMax)) return;
  const empty = bars.find(({ volume, length }) => !volume.subarray(0, length).some((value) => value > 0));
  if (empty === undefined) return;
  throw new KiwiError({
    code: "VOLUME_NONE",
    exit: "data",
    message: `orders may take ${percentText(costs.volumeShareMax)} of a bar's volume, and the bars of ${empty.symbol} have none`,
    why: "a share of no volume is nothing: no order would ever fill",
    fix: "leave --volume-share out, or use data with volumes",
    topic: "costs",
  });
}

import { KiwiError } from "../../base/errors.ts";
import { wasMember } from "../../domain/membership.ts";
import type { ParamValue } from "../../domain/params.ts";
import type { AccountView } from "../../engine/account-view.ts";
import type { Listings } from "../../engine/listings.ts";
import type { TogetherPart } from "../../engine/pipeline.ts";
import { PortfolioRunner } from "../../engine/portfolio-runner.ts";
import type { RunConfig } from "../config/run-config.ts";
import type { BacktestSetup, Ground } from "./backtest-setup.ts";
import { protectionLevels } from "./protection-levels.ts";
import { accountLimits } from "./risk-rules.ts";

/** What a strategy over many symbols decides with. Throws `SIZER_UNUSED` and `SYMBOL_UNKNOWN`. */
export function buildTogether(
  { strategy, config, membership, tradeFromMs }: BacktestSetup,
  { stores, calendars }: Ground,
  params: Readonly<Record<string, ParamValue>>,
  account: AccountView,
  listings: Listings,
): Omit<TogetherPart, "mayEnter"> {
  const runner = new PortfolioRunner(strategy, params, {
    stores,
    calendars,
    account,
    listings,
    protection: protectionLevels(config),
    ...(membership === undefined
      ? {}
      : { isMember: (symbol: string, day: number) => wasMember(membership, symbol, day) }),
    tradeFromMs: tradeFromMs ?? -Infinity,
  });
  return {
    runner,
    listings,
    limits: accountLimits(config),
    fraction: fractionOf(config, strategy.name),
    refusals: new Map(),
  };
}

/** Weights of a portfolio are shares of equity already: a sizing can only multiply all of them. */
function fractionOf({ sizing }: RunConfig, name: string): number {
  if (sizing.use !== "fixed-fraction") throw sizerUnused(sizing.use, name);
  const fraction = sizing["fraction"];
  return typeof fraction === "number" && fraction > 0 ? fraction : 1;
}

function sizerUnused(sizer: string, name: string): KiwiError {
  return new KiwiError({
    code: "SIZER_UNUSED",
    exit: "usage",
    message: `the sizer ${sizer} cannot be used with ${name}`,
    why: "a portfolio strategy says itself which share of the equity each symbol gets",
    fix: "leave --sizer out; all weights are multiplied by --set sizing.fraction=0.5",
    topic: "portfolios",
  });
}

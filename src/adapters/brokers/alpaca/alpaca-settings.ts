import { formatDuration } from "../../../base/time.ts";
import type { BrokerFinding } from "../../../ports/broker-connection.ts";
import type { Clock } from "../../../ports/clock.ts";
import type { AlpacaMarket } from "../../sources/alpaca/alpaca-messages.ts";
import type { Inspection } from "../shared/venue-connection.ts";
import type { AlpacaCalls } from "./alpaca-trading-calls.ts";
import { accountSchema, clockSchema, settingsSchema } from "./alpaca-trading-messages.ts";
import { timeOf } from "./read-alpaca-order.ts";

/** How the account is to be. */
export type AlpacaWanted = {
  readonly market: AlpacaMarket;
  /** How many times its money an account may hold at most: set at the venue where it is named. */
  readonly marginMultiplier?: 1 | 2 | 4 | undefined;
};

const settingsPath = "/v2/account/configurations";

/** Looks at the account, its settings and the clock. */
export async function inspectAlpaca(
  calls: AlpacaCalls,
  wanted: AlpacaWanted,
  clock: Clock,
): Promise<Inspection> {
  const account = await calls.ask("the account", "/v2/account", accountSchema);
  const settings = await calls.ask(
    "the settings of the account",
    "/v2/account/configurations",
    settingsSchema,
  );
  const isCrypto = wanted.market === "crypto";
  const findings = [
    await clockFinding(calls, clock),
    fit("status of the account", account.status, "ACTIVE", account.status === "ACTIVE"),
    ...(isCrypto
      ? [
          fit(
            "right to trade crypto",
            account.crypto_status ?? "not told",
            "ACTIVE",
            account.crypto_status === "ACTIVE",
          ),
        ]
      : []),
    no("block on the account", account.account_blocked),
    no("block on trading", account.trading_blocked),
    no("halt of trading by its owner", account.trade_suspended_by_user || settings.suspend_trade),
    fit(
      "short sales",
      account.shorting_enabled === true && !settings.no_shorting ? "yes" : "no",
      "as you trade",
      true,
    ),
    // The interface does not tell what a key may do.
    fit("right to withdraw", "not told by this venue", "no", true),
    multiplierFinding(settings.max_margin_multiplier ?? null, wanted.marginMultiplier),
  ];
  return { accountName: account.account_number, findings };
}

async function clockFinding(calls: AlpacaCalls, clock: Clock): Promise<BrokerFinding> {
  const sentMs = clock.nowMs();
  const { timestamp } = await calls.ask("its time", "/v2/clock", clockSchema);
  const aheadMs = Math.round(timeOf(timestamp) - (sentMs + clock.nowMs()) / 2);
  const found = `${formatDuration(Math.abs(aheadMs))} ${aheadMs < 0 ? "behind" : "ahead of"} ours`;
  return fit("the venue's clock", found, "within the limit", true);
}

/** Sets the multiplier of margin where one is wanted; whether that worked, the next look tells. */
export async function adjustAlpaca(calls: AlpacaCalls, { marginMultiplier }: AlpacaWanted): Promise<void> {
  if (marginMultiplier === undefined) return;
  const settings = await calls.ask("the settings of the account", settingsPath, settingsSchema);
  const wanted = String(marginMultiplier);
  if (settings.max_margin_multiplier !== wanted)
    await calls.send("PATCH", settingsPath, { max_margin_multiplier: wanted });
}

function multiplierFinding(found: string | null, wanted: AlpacaWanted["marginMultiplier"]): BrokerFinding {
  const text = wanted === undefined ? null : String(wanted);
  return fit("multiplier of margin", found ?? "not told", text ?? "any", text === null || found === text);
}

function no(what: string, isThere: boolean): BrokerFinding {
  return fit(what, isThere ? "yes" : "no", "no", !isThere);
}

function fit(what: string, found: string, wanted: string, isFit: boolean): BrokerFinding {
  return { what, found, wanted, isFit };
}

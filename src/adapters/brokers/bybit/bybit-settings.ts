import { formatDuration, dayMs } from "../../../base/time.ts";
import type { BrokerFinding } from "../../../ports/broker-connection.ts";
import type { TradingMode } from "../../../ports/broker-plugin.ts";
import { KiwiError } from "../../../base/errors.ts";
import type { HttpAnswer } from "../../shared/http-answer.ts";
import { envelopeSchema } from "../../sources/bybit/bybit-messages.ts";
import type { Inspection } from "../shared/venue-connection.ts";
import type { BybitCalls } from "./bybit-calls.ts";
import { accountInfoSchema, keySchema, positionsSchema } from "./bybit-trading-messages.ts";
import type { BybitTraded } from "./write-bybit-order.ts";

/** How the account is to be. What is left out may be as it is. */
export type BybitWanted = {
  readonly category: BybitTraded;
  readonly leverage?: number | undefined;
  readonly marginMode?: "isolated" | "cross" | "portfolio" | undefined;
};

const marginModes = {
  isolated: "ISOLATED_MARGIN",
  cross: "REGULAR_MARGIN",
  portfolio: "PORTFOLIO_MARGIN",
} as const;

/** Looks at the key, the account and the clock. */
export async function inspectBybit(
  calls: BybitCalls,
  wanted: BybitWanted,
  mode: TradingMode,
): Promise<Inspection> {
  const offsetMs = await calls.offsetMs();
  const clock: BrokerFinding = {
    what: "the venue's clock",
    found: `${formatDuration(offsetMs)} ahead of ours`,
    wanted: "within the limit; stamps are corrected by it",
    isFit: true,
  };
  const key = await inspectKey(calls, wanted.category, mode);
  const account = await inspectAccount(calls, wanted);
  return { accountName: key.accountName, findings: [clock, ...key.findings, ...account] };
}

async function inspectKey(calls: BybitCalls, category: BybitTraded, mode: TradingMode): Promise<Inspection> {
  const found = await calls
    .ask("what the key may do", "/v5/user/query-api", {}, keySchema)
    .catch((error: unknown) => {
      // The demo serves only a part of the interface; its money is play money, and its keys move none.
      const isMissing = error instanceof KiwiError && /10032|demo trading/i.test(error.message);
      if (mode === "paper" && isMissing) return null;
      throw error;
    });
  if (found === null) return { accountName: "demo", findings: [] };
  const { readOnly, permissions, ips, expiredAt, userID } = found.result;
  const may = (group: string, right: string): boolean => permissions[group]?.includes(right) === true;
  const canTrade =
    category === "spot"
      ? may("Spot", "SpotTrade")
      : may("Derivatives", "DerivativesTrade") ||
        (may("ContractTrade", "Order") && may("ContractTrade", "Position"));
  const endsMs = Date.parse(expiredAt ?? "");
  return {
    accountName: userID,
    findings: [
      fit("right to write", readOnly === 0 ? "yes" : "no, the key is read-only", "yes", readOnly === 0),
      fit(`right to trade ${category}`, canTrade ? "yes" : "no", "yes", canTrade),
      // A robot never withdraws; whoever steals its key must not either.
      fit("right to withdraw", may("Wallet", "Withdraw") ? "yes" : "no", "no", !may("Wallet", "Withdraw")),
      fit("addresses that the key is bound to", boundTo(ips), "your own, to make a stolen key useless", true),
      // 1970 stands for "never".
      fit("end of the key", endsMs > dayMs ? (expiredAt ?? "") : "never", "later than now", true),
    ],
  };
}

function boundTo(ips: readonly string[] | null | undefined): string {
  return ips === null || ips === undefined || ips.length === 0 || ips[0] === "*" ? "none" : ips.join(", ");
}

async function inspectAccount(calls: BybitCalls, wanted: BybitWanted): Promise<readonly BrokerFinding[]> {
  const what = "the settings of the account";
  const { result } = await calls.ask(what, "/v5/account/info", {}, accountInfoSchema);
  const isUnified = result.unifiedMarginStatus >= 3;
  const mode = wanted.marginMode === undefined ? null : marginModes[wanted.marginMode];
  return [
    fit("unified trading account", isUnified ? "yes" : "no", "yes", isUnified),
    fit("margin mode", result.marginMode, mode ?? "any", mode === null || mode === result.marginMode),
  ];
}

/**
 * Brings one futures symbol to the wanted settings and reads them back: one-way mode, which is only looked at, and
 * leverage, which is set where the configuration names it.
 */
export async function prepareSymbol(
  calls: BybitCalls,
  symbol: string,
  { leverage }: BybitWanted,
): Promise<readonly BrokerFinding[]> {
  const before = await readSymbol(calls, symbol);
  const found = [before.mode];
  if (leverage === undefined || !before.mode.isFit) return found;
  if (before.leverage === leverage) return [...found, leverageFinding(symbol, before.leverage, leverage)];
  const text = String(leverage);
  const body = { category: "linear", symbol, buyLeverage: text, sellLeverage: text };
  const said = refusalIn(await calls.post("/v5/position/set-leverage", body));
  const after = await readSymbol(calls, symbol);
  const finding = leverageFinding(symbol, after.leverage, leverage);
  return [
    ...found,
    said === null || finding.isFit ? finding : { ...finding, found: `${finding.found} (${said})` },
  ];
}

async function readSymbol(
  calls: BybitCalls,
  symbol: string,
): Promise<{ readonly mode: BrokerFinding; readonly leverage: number | null }> {
  const fields = { category: "linear", symbol };
  const { result } = await calls.ask(
    `the settings of ${symbol}`,
    "/v5/position/list",
    fields,
    positionsSchema,
  );
  const rows = result.list.filter((row) => row.symbol === symbol);
  const isOneWay = rows.length > 0 && rows.every(({ positionIdx }) => positionIdx === 0);
  const leverage = Number(rows[0]?.leverage ?? Number.NaN);
  return {
    mode: fit(
      `position mode of ${symbol}`,
      rows.length === 0 ? "not told" : isOneWay ? "one-way" : "hedge",
      "one-way",
      isOneWay,
    ),
    leverage: leverage > 0 ? leverage : null,
  };
}

function leverageFinding(symbol: string, found: number | null, wanted: number): BrokerFinding {
  return fit(
    `leverage of ${symbol}`,
    found === null ? "not told" : String(found),
    String(wanted),
    found === wanted,
  );
}

/** Why a setting was not changed; null when it was, or was so already (110043). */
function refusalIn({ body, status }: HttpAnswer): string | null {
  const envelope = envelopeSchema.safeParse(body).data;
  if (envelope === undefined) return `HTTP ${status}`;
  const { retCode, retMsg } = envelope;
  return retCode === 0 || retCode === 110_043 ? null : `${retMsg} (${retCode})`;
}

function fit(what: string, found: string, wanted: string, isFit: boolean): BrokerFinding {
  return { what, found, wanted, isFit };
}

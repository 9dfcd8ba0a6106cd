import { secondMs } from "../../../base/time.ts";
import type {
  BrokerCapabilities,
  BrokerConnection,
  BrokerFinding,
} from "../../../ports/broker-connection.ts";
import type { BrokerTools, TradingMode } from "../../../ports/broker-plugin.ts";
import { findTerminalFolder } from "../../sources/metatrader/find-terminal-folder.ts";
import { serverTime } from "../../sources/metatrader/server-time.ts";
import { TerminalFiles } from "../../sources/metatrader/terminal-files.ts";
import { resolve } from "node:path";
import { modeMismatch } from "../shared/broker-errors.ts";
import { refusal } from "../shared/order-caller.ts";
import { PollingWatch } from "../shared/polling-wire.ts";
import { VenueConnection, type Inspection, type VenueEvent } from "../shared/venue-connection.ts";
import { BridgeCaller } from "./bridge-caller.ts";
import type { BridgeAccount } from "./bridge-messages.ts";
import { MetatraderOrders } from "./metatrader-orders.ts";
import { MetatraderQuestions } from "./metatrader-questions.ts";

/** What a configuration may say about MetaTrader as a broker. */
export type MetatraderBrokerOptions = {
  /** `MQL5/Files` of the terminal's data folder. */
  readonly folder: string;
  /** What time the broker's server shows. */
  readonly serverTime: string;
  /** Marks our orders among those of others. */
  readonly magic: number;
  readonly pollMs?: number | undefined;
  readonly pickupMsMax?: number | undefined;
  readonly answerMsMax?: number | undefined;
  readonly clockSkewMsMax?: number | undefined;
  readonly staleAfterMs?: number | undefined;
};

const capabilities: BrokerCapabilities = {
  // Its stop limit waits behind the stop, where ours buys at once: decisions/0119.
  orderTypes: ["market", "limit", "stop_market"],
  timesInForce: ["gtc", "day", "ioc", "fok"],
  postOnly: false,
  reduceOnly: false,
  waitsForOpen: true,
  // A pending order can have another price, and never another volume.
  modify: false,
  // A comment holds 31 characters.
  clientOrderId: { lengthMax: 31, pattern: /^[A-Za-z0-9_-]+$/ },
};

/**
 * A MetaTrader 5 terminal on this machine with KiwiBridge in it. Throws `TERMINAL_FOLDER_MISSING`, `SERVER_TIME_INVALID`
 * and `TIME_ZONE_UNKNOWN`; a demo account where money was meant, and the other way round, is refused by `open`.
 */
export async function metatraderBroker(
  options: MetatraderBrokerOptions,
  tools: BrokerTools,
): Promise<BrokerConnection> {
  const { clock, prng, mode } = tools;
  const { pollMs = 50, staleAfterMs = 15 * secondMs } = options;
  const magic = String(options.magic);
  const server = serverTime(options.serverTime);
  const caller = new BridgeCaller({
    files: new TerminalFiles(await findTerminalFolder(resolve(tools.folder, options.folder))),
    clock,
    prng,
    server,
    pollMs,
    staleAfterMs,
    clockSkewMsMax: options.clockSkewMsMax ?? 5 * secondMs,
    pickupMsMax: options.pickupMsMax ?? 10 * secondMs,
    answerMsMax: options.answerMsMax ?? 20 * secondMs,
  });
  const questions = new MetatraderQuestions(caller, clock, server, magic);
  const orders = new MetatraderOrders(caller, questions, clock, magic);
  const watch = new PollingWatch({
    clock,
    everyMs: pollMs,
    idleMsMax: 10 * secondMs,
    pulse: async () => {
      const { started, changes } = await caller.heartbeat();
      return `${started} ${changes}`;
    },
    openOrders: () => questions.openOrders(),
    newFills: () => questions.newFills(),
    order: ({ clientOrderId, venueOrderId }) =>
      clientOrderId === null ? questions.orderByTicket(venueOrderId) : questions.order(clientOrderId),
  });
  return new VenueConnection({
    venue: "MetaTrader",
    clock,
    prng,
    capabilities,
    staleAfterMs: 2 * staleAfterMs,
    inspect: async () => inspected(await questions.look(), mode),
    openWire: (events) => watch.openWire(events),
    interpret: (message) => [message as VenueEvent],
    ping() {},
    submit: (order) => orders.submit(order),
    cancel: (id) => orders.cancel(id),
    modify: () => Promise.resolve(refusal("unsupported", "not sent: no volume can be changed")),
    cancelAll: () => orders.cancelAll(),
    account: () => questions.account(),
    openOrders: () => questions.openOrders(),
    order: (id) => questions.order(id),
    fillsSince: (sinceMs) => questions.fillsSince(sinceMs),
    instruments: (symbols) => questions.instruments(symbols),
    timeMs: async () => (await questions.look()).timeMs,
    isMarketOpen: (symbol) => questions.isMarketOpen(symbol),
  });
}

/** Throws `BROKER_MODE_MISMATCH` where the account is not one of this mode. */
function inspected({ account, is_trade_allowed: isAllowed }: BridgeAccount, mode: TradingMode): Inspection {
  const isMoney = account.trade_mode === "real";
  if (isMoney !== (mode === "live"))
    throw modeMismatch(
      "MetaTrader",
      mode,
      `the terminal is logged in to a ${account.trade_mode} account (${account.number})`,
      `log in to a ${mode === "live" ? "real" : "demo"} account in this terminal, or name the folder of another one`,
    );
  const findings: readonly BrokerFinding[] = [
    {
      what: "kind of account",
      found: account.trade_mode,
      wanted: isMoney ? "real" : "demo or contest",
      isFit: true,
    },
    { what: "positions", found: account.margin_mode, wanted: "netting or hedging", isFit: true },
    {
      what: "trading by Expert Advisors",
      found: isAllowed ? "allowed" : "off",
      wanted: "allowed: the button Algo Trading, and the account",
      isFit: isAllowed,
    },
  ];
  return { accountName: `${account.server}:${account.number}`, findings };
}

import { secondMs } from "../../../base/time.ts";
import type { BrokerCapabilities, BrokerConnection } from "../../../ports/broker-connection.ts";
import type { BrokerTools, TradingMode } from "../../../ports/broker-plugin.ts";
import { HostLimits } from "../../shared/host-limit.ts";
import { modeMismatch } from "../shared/broker-errors.ts";
import { isLocal } from "../shared/check-host.ts";
import { OrderCaller } from "../shared/order-caller.ts";
import { VenueConnection, type VenueEvent } from "../shared/venue-connection.ts";
import { ContractNames, type ContractWish } from "./ib-contracts.ts";
import { IbFillBook } from "./ib-fill-book.ts";
import { IbLine } from "./ib-line.ts";
import { isTooFast } from "./ib-notices.ts";
import { IbOrderBook } from "./ib-order-book.ts";
import { IbOrders } from "./ib-orders.ts";
import { IbQuestions } from "./ib-questions.ts";
import { inspectIb } from "./ib-settings.ts";
import { fillTimeStepMs } from "./ib-times.ts";

/** What a configuration may say about Interactive Brokers. */
export type IbBrokerOptions = {
  readonly host: string;
  readonly port?: number | undefined;
  readonly clientId: number;
  readonly account?: string | undefined;
  /** Parts of shares. */
  readonly fractional: boolean;
  /** Orders work before and after the regular session, too. */
  readonly outsideRth: boolean;
  /** What symbols are that do not say it by their name. */
  readonly contracts: Readonly<Record<string, ContractWish>>;
  readonly requestTimeoutMs?: number | undefined;
  readonly clockSkewMsMax?: number | undefined;
  readonly staleAfterMs?: number | undefined;
};

const venue = "Interactive Brokers";
/** Where a gateway and TWS listen: the first is the one that is taken where nobody says. */
const ports: Readonly<Record<TradingMode, readonly [number, number]>> = {
  paper: [4002, 7497],
  live: [4001, 7496],
};
/** Of 50 messages in a second; some are kept for exits and cancels. */
const allowance = { weight: 45, windowMs: secondMs, reserve: 5 };
/** How long nothing is sent after a gateway has said that it is too much. */
const pauseMs = secondMs;

const capabilities: BrokerCapabilities = {
  orderTypes: [
    "market",
    "limit",
    "stop_market",
    "stop_limit",
    "trailing_stop_market",
    "market_if_touched",
    "limit_if_touched",
  ],
  timesInForce: ["day", "gtc", "ioc", "fok"],
  postOnly: false,
  reduceOnly: false,
  modify: true,
  clientOrderId: { lengthMax: 40, pattern: /^[\x21-\x7e]+$/ },
};

/** An account at Interactive Brokers, through a gateway or TWS that somebody has signed in. Throws `BROKER_MODE_MISMATCH`. */
export function ibBroker(options: IbBrokerOptions, tools: BrokerTools): BrokerConnection {
  const { mode, clock, prng } = tools;
  const { clientId, account } = options;
  const { line, questions, orders, chooseAccount } = partsOf(options, tools);
  return new VenueConnection({
    venue,
    clock,
    prng,
    capabilities: { ...capabilities, waitsForOpen: !options.outsideRth },
    staleAfterMs: options.staleAfterMs ?? 30 * secondMs,
    inspect: async () =>
      inspectIb({
        session: await questions.signedIn(),
        questions,
        clock,
        mode,
        account,
        clientId,
        clockSkewMsMax: options.clockSkewMsMax ?? 5 * secondMs,
        onAccount: chooseAccount,
      }),
    openWire: (events) => line.openWire(events),
    interpret: (message) => message as readonly VenueEvent[],
    ping: () => line.ping(),
    hangUp: () => line.hangUp(),
    fillTimeStepMs,
    prepare: (symbol) => orders.prepare(symbol),
    submit: (order, urgency) => orders.submit(order, urgency),
    modify: (order, urgency) => orders.modify(order, urgency),
    cancel: (id) => orders.cancel(id),
    cancelAll: () => orders.cancelAll(),
    account: () => questions.account(),
    openOrders: () => questions.openOrders(),
    order: (id) => questions.order(id),
    fillsSince: () => questions.executions(),
    instruments: (symbols) => questions.instruments(symbols),
    timeMs: () => questions.timeMs(),
    isMarketOpen: (symbol) => questions.isMarketOpen(symbol),
  });
}

/** The line to the gateway, the books of what was heard over it, and who asks and sends. */
function partsOf(options: IbBrokerOptions, { mode, clock, prng }: BrokerTools) {
  const { host, clientId, contracts, fractional, outsideRth } = options;
  const port = options.port ?? ports[mode][0];
  checkPlace(host, port, mode);
  let chosen = options.account ?? "";
  const accountName = (): string => chosen;
  const names = new ContractNames();
  const book = new IbOrderBook({
    clock,
    names,
    accountName,
    onOrder: (order) => line.tell({ kind: "order", order }),
    onStranger: () => void questions.openOrders().catch(() => {}),
  });
  const fills = new IbFillBook({
    clock,
    names,
    accountName,
    gatewayZone: () => line.zone,
    refOf: (permId) => book.refOf(permId),
    onFill: (fill) => line.tell({ kind: "fill", fill }),
  });
  const limit = new HostLimits(clock).of(`tcp://${host}:${port}`, allowance);
  const line: IbLine = new IbLine({
    host,
    port,
    clientId,
    clock,
    requestTimeoutMs: options.requestTimeoutMs ?? 10 * secondMs,
    onMessage(message, session) {
      if (message.kind === "noticed") {
        book.notice(message.notice, session.clientId);
        if (isTooFast(message.notice)) limit.pauseUntil(clock.nowMs() + pauseMs);
      }
      if (message.kind !== "told") return;
      book.hear(message.name, message.values);
      fills.hear(message.name, message.values);
      const number = book.numberIn(message.name, message.values, session.clientId);
      if (number !== null) line.noteOrderId(number);
    },
  });
  const asking = { line, clock, prng, limit, orders: book, fills, names, contracts, accountName, fractional };
  const questions: IbQuestions = new IbQuestions(asking);
  const caller = new OrderCaller({ clock, limit, redact: (text) => text, onKeyRefused: () => {} });
  const orders = new IbOrders({ line, clock, book, questions, caller, accountName, outsideRth });
  const chooseAccount = (name: string): void => {
    chosen = name;
  };
  return { line, questions, orders, chooseAccount };
}

/** A gateway stands on this machine or beside it, and its usual ports say what is traded through it. */
function checkPlace(host: string, port: number, mode: TradingMode): void {
  const other = mode === "paper" ? "live" : "paper";
  if (!isLocal(host))
    throw modeMismatch(
      venue,
      mode,
      `${host} is not in this network`,
      "the protocol of the gateway is not encrypted: let it run on this machine or in its private network, or tunnel to it",
    );
  if (ports[other].includes(port))
    throw modeMismatch(
      venue,
      mode,
      `port ${port} is that of ${other} trading`,
      `give the port of ${mode} trading: ${ports[mode][0]} of the gateway, ${ports[mode][1]} of TWS`,
    );
}

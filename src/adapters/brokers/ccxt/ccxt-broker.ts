import { secondMs } from "../../../base/time.ts";
import { KiwiError } from "../../../base/errors.ts";
import { sha256 } from "../../../base/hash.ts";
import type {
  Acknowledgement,
  BrokerCapabilities,
  BrokerConnection,
  Urgency,
  VenueOrder,
  VenueOrderRequest,
} from "../../../ports/broker-connection.ts";
import type { BrokerTools } from "../../../ports/broker-plugin.ts";
import type { Clock } from "../../../ports/clock.ts";
import { HostLimits } from "../../shared/host-limit.ts";
import { redactor } from "../../shared/redact.ts";
import { CcxtCalls } from "../../sources/ccxt/ccxt-calls.ts";
import { exchangeUnknown, loadCcxt, type Ccxt } from "../../sources/ccxt/load-ccxt.ts";
import { hostOf, retarget } from "../../sources/ccxt/venue-address.ts";
import { keysMissing, modeMismatch } from "../shared/broker-errors.ts";
import { checkHost } from "../shared/check-host.ts";
import { IdBook } from "../shared/id-book.ts";
import { lookUpTaken } from "../shared/look-up-taken.ts";
import { OrderCaller, refusal } from "../shared/order-caller.ts";
import { PollingWatch } from "../shared/polling-wire.ts";
import { VenueConnection, type Inspection, type VenueEvent } from "../shared/venue-connection.ts";
import { CcxtLine } from "./ccxt-line.ts";
import { CcxtQuestions } from "./ccxt-questions.ts";
import type { CcxtTrader } from "./ccxt-trader.ts";
import { judgeCcxtOrder } from "./judge-ccxt-order.ts";

/** What a configuration may say about an exchange of ccxt as a broker. */
export type CcxtBrokerOptions = {
  /** As ccxt writes it: `kraken`, `okx`. */
  readonly exchangeId: string;
  readonly defaultType: "spot" | "swap";
  /** What the account is called here; by default part of a hash of its key. */
  readonly account?: string | undefined;
  /** How often orders and fills are asked for. */
  readonly everyMs?: number | undefined;
  /** Between two requests; ccxt's own number where nothing is said. */
  readonly rateLimitMs?: number | undefined;
  readonly baseUrl?: string | undefined;
  readonly requestTimeoutMs?: number | undefined;
  readonly clockSkewMsMax?: number | undefined;
  /** ccxt's own options of the exchange. */
  readonly exchangeOptions?: Readonly<Record<string, unknown>> | undefined;
};

/** Of a second's worth of requests, so much is kept for exits and cancels. */
const reserve = 1;

/**
 * An exchange by ccxt's unified interface: market and limit orders, watched by asking. Throws `CCXT_MISSING`,
 * `CCXT_UNUSABLE`, `EXCHANGE_UNKNOWN`, `BROKER_KEY_MISSING`, and `BROKER_MODE_MISMATCH` where there is no play money.
 */
export async function ccxtBroker(options: CcxtBrokerOptions, tools: BrokerTools): Promise<BrokerConnection> {
  const library = await loadCcxt();
  if (!library.exchanges.includes(options.exchangeId))
    throw exchangeUnknown(options.exchangeId, library.exchanges);
  const exchange = exchangeOf(library, options, tools);
  const { clock, prng, mode, credentials } = tools;
  const redact = redactor(Object.values(credentials).filter((one) => one !== undefined));
  const rateLimitMs = options.rateLimitMs ?? exchange.rateLimit;
  const costMax = Math.max(5, Math.ceil(1000 / rateLimitMs));
  const limit = new HostLimits(clock).of(hostOf(exchange), {
    weight: costMax,
    windowMs: costMax * rateLimitMs,
    reserve,
  });
  const calls = new CcxtCalls(exchange, clock, limit, costMax, options.requestTimeoutMs ?? 10 * secondMs);
  const { errors } = library;
  const line = new CcxtLine({
    exchange,
    calls,
    errors,
    mode,
    clock,
    prng,
    limit,
    redact,
    clockSkewMsMax: options.clockSkewMsMax ?? 5 * secondMs,
    defaultType: options.defaultType,
  });
  const ids = new IdBook();
  const questions = new CcxtQuestions(line, ids);
  const orders = new CcxtOrders(
    questions,
    ids,
    calls,
    new OrderCaller({ clock, limit, redact, onKeyRefused: (error) => connection.refuse(error) }),
    (answer) => judgeCcxtOrder(answer, { venue: exchange.name, mode, errors }),
  );
  const accountName = accountNameOf(options, tools);
  const everyMs = options.everyMs ?? 2 * secondMs;
  const watch = watching(questions, clock, everyMs);
  const connection = new VenueConnection({
    venue: exchange.name,
    clock,
    prng,
    capabilities: capabilitiesOf(exchange, options),
    staleAfterMs: Math.max(60 * secondMs, 10 * everyMs),
    inspect: () => inspectCcxt(line, questions, options, accountName),
    openWire: (events) => watch.openWire(events),
    interpret: (message) => [message as VenueEvent],
    ping() {},
    submit: (order, urgency) => orders.submit(order, urgency),
    cancel: (id, symbol) => orders.cancel(id, symbol),
    modify: () =>
      Promise.resolve(refusal("unsupported", "not sent: exchanges of ccxt change orders in many ways")),
    cancelAll: () => orders.cancelAll(),
    account: () => questions.account(),
    openOrders: () => questions.openOrders(),
    order: (id, symbol) => questions.order(id, symbol),
    fillsSince: (sinceMs) => questions.fillsSince(sinceMs),
    instruments: (symbols) => questions.instruments(symbols),
    timeMs: async () => clock.nowMs(),
    isMarketOpen: (symbol) => questions.isMarketOpen(symbol),
  });
  return connection;
}

function watching(questions: CcxtQuestions, clock: Clock, everyMs: number): PollingWatch {
  return new PollingWatch({
    clock,
    everyMs,
    idleMsMax: everyMs,
    openOrders: () => questions.openOrders(),
    newFills: () => questions.newFills(),
    order: ({ clientOrderId, symbol }) =>
      clientOrderId === null ? Promise.resolve(null) : questions.order(clientOrderId, symbol),
  });
}

function exchangeOf(
  library: Ccxt,
  { exchangeId, defaultType, baseUrl, exchangeOptions = {} }: CcxtBrokerOptions,
  { mode, credentials: { key, secret, password } }: BrokerTools,
): CcxtTrader {
  if (key === undefined || secret === undefined)
    throw keysMissing(exchangeId, "an API key and its secret", "CCXT_API_KEY=... CCXT_SECRET=...");
  const exchange = library.exchange(exchangeId, {
    apiKey: key,
    secret,
    ...(password === undefined ? {} : { password }),
    options: { ...exchangeOptions, defaultType, warnOnFetchOpenOrdersWithoutSymbol: false },
    enableRateLimit: true,
  }) as CcxtTrader;
  if (baseUrl !== undefined) {
    checkHost(exchange.name, mode, baseUrl, { paper: [], live: [] });
    exchange.urls.api = retarget(exchange.urls.api, baseUrl);
    // Lists of what can be paid in are not what orders need, and some want a key of their own.
    (exchange.has as Record<string, unknown>)["fetchCurrencies"] = false;
    return exchange;
  }
  if (mode === "paper") useSandbox(exchange);
  return exchange;
}

/**
 * Exchanges have no common word for the name of an account. A lock, a journal and a kill switch hold for a name, so two
 * accounts must not share one: the key tells them apart, and nothing of the key is shown.
 */
function accountNameOf(
  { exchangeId, account, baseUrl }: CcxtBrokerOptions,
  { mode, credentials: { key = "" } }: BrokerTools,
): string {
  return account === undefined
    ? `${exchangeId}:${baseUrl ?? mode}:${sha256(key).slice(0, 8)}`
    : `${exchangeId}:${account}`;
}

/** Play money is traded at the exchange's own test network; without one nothing is sent. */
function useSandbox(exchange: CcxtTrader): void {
  try {
    exchange.setSandboxMode(true);
  } catch {
    throw modeMismatch(
      exchange.name,
      "paper",
      "it has no place with play money that ccxt knows",
      "use kiwi live with --confirm for money, or the emulator for play money: kiwi help emulator",
    );
  }
}

function capabilitiesOf({ features }: CcxtTrader, { defaultType }: CcxtBrokerOptions): BrokerCapabilities {
  const all = features as
    | Readonly<Record<string, { readonly linear?: unknown } | null | undefined>>
    | undefined;
  const feature = (defaultType === "spot" ? all?.["spot"] : all?.["swap"]?.linear) as
    | { readonly createOrder?: { readonly timeInForce?: Readonly<Record<string, unknown>> } }
    | undefined;
  const times = feature?.createOrder?.timeInForce ?? {};
  return {
    orderTypes: ["market", "limit"],
    timesInForce: [
      "gtc",
      ...(times["IOC"] === true ? (["ioc"] as const) : []),
      ...(times["FOK"] === true ? (["fok"] as const) : []),
    ],
    postOnly: times["PO"] === true,
    reduceOnly: defaultType === "swap",
    modify: false,
    clientOrderId: { lengthMax: 32, pattern: /^[A-Za-z0-9_-]+$/ },
  };
}

async function inspectCcxt(
  line: CcxtLine,
  questions: CcxtQuestions,
  { defaultType }: CcxtBrokerOptions,
  accountName: string,
): Promise<Inspection> {
  await questions.account();
  const { has, name } = line.exchange;
  const needed = ["createOrder", "cancelOrder", "fetchOpenOrders", "fetchMyTrades", "fetchBalance"];
  const missing = [...needed, ...(defaultType === "swap" ? ["fetchPositions"] : [])].filter(
    (one) => has[one] !== true,
  );
  let openOrders = "whole";
  try {
    await questions.openOrders();
  } catch (error) {
    if (!(error instanceof KiwiError)) throw error;
    openOrders = error.parts.message;
  }
  return {
    accountName,
    findings: [
      {
        what: "what ccxt can do there",
        found: missing.length === 0 ? "enough" : `no ${missing.join(", ")}`,
        wanted: "enough",
        isFit: missing.length === 0,
      },
      {
        what: "open orders of every symbol at once",
        found: openOrders,
        wanted: "whole",
        isFit: openOrders === "whole",
      },
      { what: "exchange", found: name, wanted: name, isFit: true },
    ],
  };
}

/** Everything that moves orders at an exchange of ccxt. */
class CcxtOrders {
  private readonly questions: CcxtQuestions;
  private readonly ids: IdBook;
  private readonly calls: CcxtCalls;
  private readonly caller: OrderCaller;
  private readonly judge: Parameters<OrderCaller["call"]>[0]["judge"];

  constructor(
    questions: CcxtQuestions,
    ids: IdBook,
    calls: CcxtCalls,
    caller: OrderCaller,
    judge: Parameters<OrderCaller["call"]>[0]["judge"],
  ) {
    this.questions = questions;
    this.ids = ids;
    this.calls = calls;
    this.caller = caller;
    this.judge = judge;
  }

  async submit(order: VenueOrderRequest, urgency: Urgency): Promise<Acknowledgement> {
    const { clientOrderId, symbol, side, quantity, terms, timeInForce, postOnly, reduceOnly } = order;
    await this.questions.instruments([symbol]);
    const isLimit = terms.type === "limit";
    const params = {
      clientOrderId,
      ...(isLimit && timeInForce !== "gtc" ? { timeInForce: timeInForce.toUpperCase() } : {}),
      ...(postOnly ? { postOnly } : {}),
      ...(reduceOnly ? { reduceOnly } : {}),
    };
    const price = isLimit ? terms.limitPrice : undefined;
    const answer = await this.caller.call({
      urgency,
      send: () =>
        this.calls.run(
          (one) => (one as CcxtTrader).createOrder(symbol, terms.type, side, quantity, price, params),
          undefined,
          urgency,
        ),
      judge: this.judge,
      lookUp: () => lookUpTaken(order, () => this.questions.order(clientOrderId, symbol)),
    });
    if (answer.kind === "accepted") this.ids.note(clientOrderId, answer.venueOrderId);
    return answer;
  }

  /** Exchanges want their own id: it is asked for where it was not heard. */
  async cancel(clientOrderId: string, symbol: string): Promise<Acknowledgement> {
    const found = await this.questions.order(clientOrderId, symbol);
    if (found === null) return refusal("unknown_order", "in no list of the exchange");
    if (isOver(found)) return refusal("already_over", `the order is ${found.status}`);
    return this.cancelOne(found);
  }

  /** One by one; done when the exchange has taken every one of them off. */
  async cancelAll(): Promise<Acknowledgement> {
    const answers: Acknowledgement[] = [];
    for (const order of await this.questions.openOrders()) answers.push(await this.cancelOne(order));
    const failed = answers.find(
      (one) => one.kind !== "accepted" && !("code" in one && one.code === "unknown_order"),
    );
    return failed ?? { kind: "accepted", venueOrderId: "", venueTimeMs: 0 };
  }

  private cancelOne({ venueOrderId, symbol }: VenueOrder): Promise<Acknowledgement> {
    return this.caller.call({
      urgency: "urgent",
      send: () =>
        this.calls.run(
          // What a cancel is answered with differs; that it was taken is what counts.
          async (one) => ({
            ...((await (one as CcxtTrader).cancelOrder(venueOrderId, symbol)) as object),
            id: venueOrderId,
          }),
          undefined,
          "urgent",
        ),
      judge: this.judge,
    });
  }
}

function isOver({ status }: VenueOrder): boolean {
  return status === "filled" || status === "canceled" || status === "rejected" || status === "expired";
}

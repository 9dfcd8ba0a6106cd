import { minuteMs, secondMs } from "../../../base/time.ts";
import type { BrokerCapabilities, BrokerConnection } from "../../../ports/broker-connection.ts";
import type { BrokerTools } from "../../../ports/broker-plugin.ts";
import type { AlpacaMarket } from "../../sources/alpaca/alpaca-messages.ts";
import { keysMissing, keysSwapped, modeMismatch } from "../shared/broker-errors.ts";
import type { VenueHosts } from "../shared/check-host.ts";
import { IdBook } from "../shared/id-book.ts";
import { reachVenue, type NetworkOptions } from "../shared/reach-venue.ts";
import { OrderCaller, refusal } from "../shared/order-caller.ts";
import { pingSocket } from "../shared/socket-wire.ts";
import { VenueConnection } from "../shared/venue-connection.ts";
import { AlpacaOrders } from "./alpaca-orders.ts";
import { AlpacaQuestions } from "./alpaca-questions.ts";
import { adjustAlpaca, inspectAlpaca } from "./alpaca-settings.ts";
import { AlpacaCalls } from "./alpaca-trading-calls.ts";
import { interpretAlpacaOrders, openAlpacaOrders } from "./alpaca-trading-stream.ts";

/** What a configuration may say about Alpaca as a broker. */
export type AlpacaBrokerOptions = NetworkOptions & {
  readonly market: AlpacaMarket;
  /** Parts of shares; such orders live for a day only. */
  readonly fractional: boolean;
  readonly marginMultiplier?: 1 | 2 | 4 | undefined;
};

const hosts: VenueHosts = { paper: ["paper-api.alpaca.markets"], live: ["api.alpaca.markets"] };
/** Of 200 requests in a minute and key; a part of them is kept for exits and cancels. */
const allowance = { weight: 190, windowMs: minuteMs, reserve: 20 };

const clientOrderId = { lengthMax: 48, pattern: /^[\x21-\x7e]+$/ };
const capabilitiesOf: Readonly<Record<AlpacaMarket, BrokerCapabilities>> = {
  stocks: {
    orderTypes: ["market", "limit", "stop_market", "stop_limit", "trailing_stop_market"],
    timesInForce: ["day", "gtc", "ioc", "fok"],
    postOnly: false,
    reduceOnly: false,
    waitsForOpen: true,
    // A changed order has another id, and another name of ours: docs/decisions/0073.
    modify: false,
    clientOrderId,
  },
  crypto: {
    orderTypes: ["market", "limit", "stop_limit"],
    timesInForce: ["gtc", "ioc"],
    postOnly: false,
    reduceOnly: false,
    modify: false,
    clientOrderId,
  },
};

/** Alpaca's trading interface. Throws `BROKER_MODE_MISMATCH`, `BROKER_KEYS_SWAPPED`, `BROKER_KEY_MISSING`. */
export function alpacaBroker(options: AlpacaBrokerOptions, tools: BrokerTools): BrokerConnection {
  const { mode, clock, prng } = tools;
  const { market } = options;
  const keys = checkedKeys(tools);
  const reach = reachVenue(
    {
      name: "Alpaca",
      hosts,
      allowance,
      keys,
      rest: `https://${hosts[mode][0]}`,
      stream: (baseUrl) => baseUrl.replace(/^http/, "ws"),
    },
    options,
    tools,
  );
  const { limit, redact, wsUrl } = reach;
  const calls = new AlpacaCalls(reach);
  const ids = new IdBook();
  const questions = new AlpacaQuestions(calls, market, options.fractional, clock, ids);
  const caller = new OrderCaller({
    clock,
    limit,
    redact,
    onKeyRefused: (error) => connection.refuse(error),
  });
  const interpret = interpretAlpacaOrders(clock, mode);

  const orders = new AlpacaOrders(calls, questions, market, mode, caller, ids);
  const connection = new VenueConnection({
    venue: "Alpaca",
    clock,
    prng,
    capabilities: capabilitiesOf[market],
    staleAfterMs: options.staleAfterMs ?? 30 * secondMs,
    adjust: () => adjustAlpaca(calls, options),
    inspect: () => inspectAlpaca(calls, options, clock),
    openWire: (events) => openAlpacaOrders(`${wsUrl}/stream`, events, keys),
    interpret(message) {
      const events = interpret(message);
      for (const event of events)
        if (event.kind === "order" && event.order.clientOrderId !== null)
          ids.note(event.order.clientOrderId, event.order.venueOrderId);
      return events;
    },
    ping: pingSocket,
    submit: (order, urgency) => orders.submit(order, urgency),
    cancel: (id) => orders.cancel(id),
    modify: () => Promise.resolve(refusal("other", "not sent: a changed order would have another name")),
    cancelAll: () => orders.cancelAll(),
    account: () => questions.account(),
    openOrders: () => questions.openOrders(),
    order: (id) => questions.order(id),
    fillsSince: (sinceMs) => questions.fillsSince(sinceMs),
    instruments: (symbols) => questions.instruments(symbols),
    timeMs: () => questions.timeMs(),
    isMarketOpen: (symbol) => questions.isMarketOpen(symbol),
  });
  return connection;
}

/** Keys for play money begin with PK, keys for money with AK. */
function checkedKeys({ credentials: { key, secret }, mode }: BrokerTools): {
  readonly key: string;
  readonly secret: string;
} {
  if (key === undefined || secret === undefined)
    throw keysMissing(
      "Alpaca",
      "an API key id and its secret",
      "APCA_API_KEY_ID=... APCA_API_SECRET_KEY=...",
    );
  const isKey = (text: string): boolean => /^[PA]K[A-Z0-9]{12,26}$/.test(text);
  if (isKey(secret) && !isKey(key)) throw keysSwapped("Alpaca");
  const other = mode === "paper" ? "AK" : "PK";
  if (isKey(key) && key.startsWith(other))
    throw modeMismatch(
      "Alpaca",
      mode,
      `the key begins with ${other}: it is one for ${mode === "paper" ? "live" : "paper"} trading`,
      `make a key for ${mode} trading at Alpaca, or keep the two under different names`,
    );
  return { key, secret };
}

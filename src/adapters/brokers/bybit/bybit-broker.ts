import { secondMs } from "../../../base/time.ts";
import type { BrokerCapabilities, BrokerConnection } from "../../../ports/broker-connection.ts";
import type { BrokerTools } from "../../../ports/broker-plugin.ts";
import { keysMissing, keysSwapped } from "../shared/broker-errors.ts";
import type { VenueHosts } from "../shared/check-host.ts";
import { reachVenue, type NetworkOptions } from "../shared/reach-venue.ts";
import { OrderCaller } from "../shared/order-caller.ts";
import { VenueConnection } from "../shared/venue-connection.ts";
import { BybitCalls } from "./bybit-calls.ts";
import { interpretBybitOrders, openBybitWire, pingBybit } from "./bybit-private-stream.ts";
import { BybitOrders } from "./bybit-orders.ts";
import { BybitQuestions } from "./bybit-questions.ts";
import { inspectBybit } from "./bybit-settings.ts";
import type { BybitTraded } from "./write-bybit-order.ts";

/** What a configuration may say about Bybit as a broker. */
export type BybitBrokerOptions = NetworkOptions & {
  readonly category: BybitTraded;
  /** Which of the two places with play money; for `paper` only. */
  readonly environment: "demo" | "testnet";
  readonly leverage?: number | undefined;
  readonly marginMode?: "isolated" | "cross" | "portfolio" | undefined;
  readonly recvWindowMs?: number | undefined;
};

const addresses = {
  live: { rest: "https://api.bybit.com", stream: "wss://stream.bybit.com" },
  demo: { rest: "https://api-demo.bybit.com", stream: "wss://stream-demo.bybit.com" },
  testnet: { rest: "https://api-testnet.bybit.com", stream: "wss://stream-testnet.bybit.com" },
} as const;

const hosts: VenueHosts = {
  paper: [addresses.demo, addresses.testnet].flatMap(hostsOf),
  // The same venue under other names, for countries where the first is blocked.
  live: [
    ...hostsOf(addresses.live),
    "api.bytick.com",
    "api.bybit.nl",
    "api.bybit.eu",
    "stream.bybit.nl",
    "stream.bybit.eu",
  ],
};

function hostsOf({ rest, stream }: { readonly rest: string; readonly stream: string }): readonly string[] {
  return [new URL(rest).hostname, new URL(stream).hostname];
}

/** Of 600 requests in 5 seconds and address; a tenth of them is kept for exits and cancels. */
const allowance = { weight: 400, windowMs: 5 * secondMs, reserve: 40 };

const capabilitiesOf: Readonly<Record<BybitTraded, BrokerCapabilities>> = {
  linear: {
    orderTypes: ["market", "limit", "stop_market", "stop_limit", "market_if_touched", "limit_if_touched"],
    timesInForce: ["gtc", "ioc", "fok"],
    postOnly: true,
    reduceOnly: true,
    modify: true,
    clientOrderId: { lengthMax: 36, pattern: /^[A-Za-z0-9_-]+$/ },
  },
  spot: {
    orderTypes: ["market", "limit", "stop_market", "stop_limit"],
    timesInForce: ["gtc", "ioc", "fok"],
    postOnly: true,
    reduceOnly: false,
    turnsReachedStops: true,
    modify: true,
    clientOrderId: { lengthMax: 36, pattern: /^[A-Za-z0-9_-]+$/ },
  },
};

/** Bybit's unified account through the v5 interface. Throws `BROKER_MODE_MISMATCH`, `BROKER_KEYS_SWAPPED`, `BROKER_KEY_MISSING`. */
export function bybitBroker(options: BybitBrokerOptions, tools: BrokerTools): BrokerConnection {
  const { mode, clock, prng } = tools;
  const { category } = options;
  const place = addresses[mode === "live" ? "live" : options.environment];
  const reach = reachVenue(
    {
      name: "Bybit",
      hosts,
      allowance,
      keys: checkedKeys(tools),
      rest: place.rest,
      stream: () => place.stream,
    },
    options,
    tools,
  );
  const { limit, redact, wsUrl, key, secret } = reach;
  const calls = new BybitCalls({ ...reach, recvWindowMs: options.recvWindowMs ?? 5 * secondMs });
  const questions = new BybitQuestions(calls, category, clock);
  const caller = new OrderCaller({
    clock,
    limit,
    redact,
    onKeyRefused: (error) => connection.refuse(error),
  });
  const orders = new BybitOrders(calls, questions, options, mode, caller);
  const connection = new VenueConnection({
    venue: "Bybit",
    clock,
    prng,
    capabilities: capabilitiesOf[category],
    staleAfterMs: options.staleAfterMs ?? 30 * secondMs,
    inspect: () => inspectBybit(calls, options, mode),
    openWire(events) {
      // While nothing was heard, somebody may have changed settings by hand.
      orders.forgetPrepared();
      return openBybitWire(`${wsUrl}/v5/private`, events, () => ({
        key,
        secret,
        nowMs: clock.nowMs() + calls.lastOffsetMs,
      }));
    },
    interpret: interpretBybitOrders(category, clock, mode),
    ping: pingBybit,
    prepare: (symbol) => orders.prepare(symbol),
    submit: (order, urgency) => orders.submit(order, urgency),
    modify: (order, urgency) => orders.modify(order, urgency),
    cancel: (id, symbol) => orders.cancel(id, symbol),
    cancelAll: () => orders.cancelAll(),
    async account() {
      try {
        return await questions.account();
      } catch (error) {
        orders.forgetPrepared();
        throw error;
      }
    },
    openOrders: () => questions.openOrders(),
    order: (id, symbol) => questions.order(id, symbol),
    fillsSince: (sinceMs) => questions.fillsSince(sinceMs),
    async instruments(symbols) {
      const found = await questions.instruments(symbols);
      for (const symbol of symbols) await orders.look(symbol);
      return found;
    },
    timeMs: () => calls.timeMs(),
    isMarketOpen: (symbol) => questions.isMarketOpen(symbol),
  });
  return connection;
}

function checkedKeys({ credentials: { key, secret } }: BrokerTools): {
  readonly key: string;
  readonly secret: string;
} {
  if (key === undefined || secret === undefined)
    throw keysMissing("Bybit", "an API key and its secret", "BYBIT_API_KEY=... BYBIT_API_SECRET=...");
  // Keys have 18 characters, secrets 36.
  if (/^\w{36}$/.test(key) && /^\w{18}$/.test(secret)) throw keysSwapped("Bybit");
  return { key, secret };
}

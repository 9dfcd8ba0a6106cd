import { clientWire, hasField } from "../shared/client-wire.ts";
import type { StreamTopic } from "../shared/stream-events.ts";
import type { Wire, WireEvents } from "../../shared/wire.ts";
import { bybitInterval } from "./bybit-intervals.ts";
import type { BybitCategory } from "./bybit-messages.ts";

type WebsocketClient = typeof import("bybit-api").WebsocketClient;

const silent = { trace() {}, info() {}, error() {} };

/** What a connection carries: the venue's own bars, or the trades that bars are made of. */
export type BybitFeed = "klines" | "trades";

/** The topics to subscribe to: `kline.1.BTCUSDT`, or `publicTrade.BTCUSDT` once per symbol. */
export function bybitTopics(topics: readonly StreamTopic[], feed: BybitFeed): readonly string[] {
  const names = topics.map(({ symbol, timeframe }) =>
    feed === "klines" ? `kline.${bybitInterval(timeframe)}.${symbol}` : `publicTrade.${symbol}`,
  );
  return [...new Set(names)];
}

/** One connection of the official client, which is closed before it can reconnect on its own. */
export function openBybitWire(
  Client: WebsocketClient,
  wsUrl: string | undefined,
  category: BybitCategory,
  topics: readonly string[],
  events: WireEvents,
): Wire {
  // The client takes one address for every channel: a client is made for one channel only.
  const address = wsUrl === undefined ? {} : { wsUrl: `${wsUrl}/v5/public/${category}` };
  const client = new Client({ ...address, pongTimeout: 5_000 }, silent);
  const words = {
    message: "update",
    reconnect: "reconnect",
    isReply: (data: unknown) => hasField(data, "op"),
  };
  const wire = clientWire(client, words, events);
  for (const promise of client.subscribeV5([...topics], category)) {
    promise.catch(() => wire.lose("the connection was refused"));
  }
  return wire;
}

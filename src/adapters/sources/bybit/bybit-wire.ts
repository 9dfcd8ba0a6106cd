import type { StreamTopic, Wire, WireEvents } from "../shared/stream-events.ts";
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
  { message, lost }: WireEvents,
): Wire {
  // The client takes one address for every channel: a client is made for one channel only.
  const address = wsUrl === undefined ? {} : { wsUrl: `${wsUrl}/v5/public/${category}` };
  const client = new Client({ ...address, pongTimeout: 5_000 }, silent);
  let isOpen = true;
  const close = (): void => {
    if (!isOpen) return;
    isOpen = false;
    client.closeAll(true);
  };
  const lose = (reason: string): void => {
    if (!isOpen) return;
    close();
    lost(reason);
  };
  client.on("update", (data: unknown) => isOpen && message(data));
  client.on("response", (data: unknown) => isOpen && isReply(data) && message(data));
  client.on("reconnect", () => lose("the connection was closed"));
  client.on("close", () => lose("the connection was closed"));
  client.on("exception", (error: unknown) => {
    // A refusal, or a message that it could not parse, says nothing about the connection.
    if (isReply(error)) return isOpen && message(error);
    const { eventData } = error as { eventData?: unknown };
    return eventData === undefined ? lose(reasonOf(error)) : isOpen && message(eventData);
  });
  for (const promise of client.subscribeV5([...topics], category)) {
    promise.catch(() => lose("the connection was refused"));
  }
  return { close };
}

/** The client emits failures of the transport as "responses" too. */
function isReply(data: unknown): boolean {
  return data !== null && typeof data === "object" && "op" in data;
}

function reasonOf(error: unknown): string {
  const text = (error as { message?: unknown } | null)?.message;
  return typeof text === "string" && text !== "" ? text : "the connection failed";
}

import { clientWire, hasField } from "../shared/client-wire.ts";
import type { StreamTopic } from "../shared/stream-events.ts";
import type { Wire, WireEvents } from "../../shared/wire.ts";

type WebsocketClient = typeof import("binance").WebsocketClient;

const silent = { trace() {}, info() {}, error() {} };

/** `btcusdt@kline_1m`. */
function topicOf({ symbol, timeframe }: StreamTopic): string {
  return `${symbol.toLowerCase()}@kline_${timeframe}`;
}

/** One connection of the official client, which is closed before it can reconnect on its own. */
export function openBinanceWire(
  Client: WebsocketClient,
  wsUrl: string | undefined,
  topics: readonly StreamTopic[],
  events: WireEvents,
): Wire {
  // The client appends /stream to the address.
  const client = new Client(wsUrl === undefined ? {} : { wsUrl }, silent);
  const words = {
    message: "message",
    reconnect: "reconnecting",
    isReply: (data: unknown) => hasField(data, "id"),
  };
  const wire = clientWire(client, words, events);
  client.subscribe(topics.map(topicOf), "main").catch(() => wire.lose("the connection was refused"));
  return wire;
}

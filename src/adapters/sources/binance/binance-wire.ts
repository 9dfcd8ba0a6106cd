import type { StreamTopic, Wire, WireEvents } from "../shared/stream-events.ts";

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
  { message, lost }: WireEvents,
): Wire {
  // The client appends /stream to the address.
  const client = new Client(wsUrl === undefined ? {} : { wsUrl }, silent);
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
  client.on("message", (data: unknown) => isOpen && message(data));
  // The client emits failures of the transport as "responses" too.
  client.on("response", (data: unknown) => isOpen && isReply(data) && message(data));
  client.on("reconnecting", () => lose("the connection was closed"));
  client.on("close", () => lose("the connection was closed"));
  client.on("exception", (error: unknown) => {
    // A refusal, or a message that it could not parse, says nothing about the connection.
    if (isReply(error)) return isOpen && message(error);
    const { eventData } = error as { eventData?: unknown };
    return eventData === undefined ? lose(reasonOf(error)) : isOpen && message(eventData);
  });
  client.subscribe(topics.map(topicOf), "main").catch(() => lose("the connection was refused"));
  return { close };
}

function isReply(data: unknown): boolean {
  return data !== null && typeof data === "object" && "id" in data;
}

function reasonOf(error: unknown): string {
  const text = (error as { message?: unknown } | null)?.message;
  return typeof text === "string" && text !== "" ? text : "the connection failed";
}

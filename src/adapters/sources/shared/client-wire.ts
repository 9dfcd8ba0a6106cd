import type { Wire, WireEvents } from "../../shared/wire.ts";

/** What the WebSocket clients of Binance and Bybit, made by one hand, have in common. */
type SocketClient = {
  readonly on: (event: never, handle: never) => unknown;
  readonly closeAll: (isForced: boolean) => void;
};

/** How a client calls what it tells, and how its replies are told from failures of the transport. */
type ClientWords = {
  readonly message: string;
  readonly reconnect: string;
  readonly isReply: (data: unknown) => boolean;
};

/** A wire that can be given up from outside. */
type ClientWire = Wire & { readonly lose: (reason: string) => void };

/** Listens to a client for as long as its first connection holds: it is closed before it can reconnect on its own. */
export function clientWire(
  client: SocketClient,
  { message: messageEvent, reconnect, isReply }: ClientWords,
  { message, lost }: WireEvents,
): ClientWire {
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
  const on = (event: string, handle: (data: unknown) => void): void => {
    client.on(event as never, handle as never);
  };
  const tell = (data: unknown): void => {
    if (isOpen) message(data);
  };
  on(messageEvent, tell);
  // The clients emit failures of the transport as "responses" too.
  on("response", (data) => {
    if (isReply(data)) tell(data);
  });
  on(reconnect, () => lose("the connection was closed"));
  on("close", () => lose("the connection was closed"));
  on("exception", (error) => {
    // A refusal, or a message that it could not parse, says nothing about the connection.
    if (isReply(error)) return tell(error);
    const { eventData } = error as { eventData?: unknown };
    if (eventData === undefined) lose(reasonOf(error));
    else tell(eventData);
  });
  return { close, lose };
}

/** Whether something that a client tells is an object with a field of its replies. */
export function hasField(data: unknown, name: string): boolean {
  return data !== null && typeof data === "object" && name in data;
}

function reasonOf(error: unknown): string {
  const text = (error as { message?: unknown } | null)?.message;
  return typeof text === "string" && text !== "" ? text : "the connection failed";
}

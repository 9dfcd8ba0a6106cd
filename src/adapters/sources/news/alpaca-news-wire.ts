import type { KiwiError } from "../../../base/errors.ts";
import { secondMs } from "../../../base/time.ts";
import type { AlpacaCredentials } from "../alpaca/alpaca-rest.ts";
import type { Redact } from "../../shared/redact.ts";
import { keyRefused, requestRefused } from "../shared/source-errors.ts";
import type { Wire, WireEvents } from "../../shared/wire.ts";
import type { NewsSymbols } from "./alpaca-news-messages.ts";
import type { AlpacaLibrary } from "./alpaca-news-rest.ts";
import type { NewsEvent } from "./news-stream.ts";

/** After a connection breaks, the server may count it as open for about 90 seconds more. */
const connectionLimitMs = 90 * secondMs;

/** What the client tells, put into words of one kind. */
type Told =
  | { readonly kind: "news"; readonly news: { readonly idRaw?: string } & Readonly<Record<string, unknown>> }
  | { readonly kind: "subscription" }
  | { readonly kind: "error"; readonly text: string };

/** Reads what the wire of `openAlpacaNewsWire` delivers. */
export function interpretAlpacaNews(message: unknown, names: NewsSymbols, receivedAtMs: number): NewsEvent {
  const told = message as Told;
  switch (told.kind) {
    case "subscription":
      return { kind: "ready" };
    case "error":
      return refusalOf(told.text) ?? { kind: "fault", reason: told.text };
    case "news": {
      const { idRaw, createdAt, updatedAt, ...rest } = told.news;
      const article = { ...rest, id: idRaw ?? rest["id"], created_at: createdAt, updated_at: updatedAt };
      return names.read(article, receivedAtMs);
    }
  }
}

/** Errors that no later connection would be spared. */
function refusalOf(text: string): NewsEvent | null {
  const refuse = (error: KiwiError): NewsEvent => ({ kind: "refused", error });
  if (text === "auth failed") return refuse(keyRefused("Alpaca", text));
  if (text === "insufficient subscription") {
    return refuse(keyRefused("Alpaca", text, "subscribe to the news"));
  }
  if (text === "symbol limit exceeded" || text === "v2 not enabled") {
    return refuse(requestRefused("Alpaca", "the subscription", text));
  }
  return null;
}

/**
 * One connection of the official client with its own reconnecting turned off: it gives up after ten tries, and takes
 * a timeout of the sign-in (404) for a wrong key.
 */
export function openAlpacaNewsWire(
  { streaming }: AlpacaLibrary,
  wsUrl: string | undefined,
  credentials: AlpacaCredentials,
  redact: Redact,
  names: NewsSymbols,
  { message, lost }: WireEvents,
): Wire {
  const stream = new streaming.NewsStream({
    credentials,
    reconnect: false,
    ...(wsUrl === undefined ? {} : { url: `${wsUrl}/v1beta1/news` }),
  });
  let isOpen = true;
  let reason = "the connection was closed";
  let delayMsMin: number | undefined;
  const close = (): void => {
    isOpen = false;
    stream.disconnect();
  };
  const tell = (told: Told): void => {
    if (isOpen) message(told);
  };
  stream.onNews((news) =>
    tell({ kind: "news", news: { ...news } as Extract<Told, { kind: "news" }>["news"] }),
  );
  stream.on(streaming.EVENT.SUBSCRIPTION, () => tell({ kind: "subscription" }));
  stream.onError((text) => {
    reason = redact(text);
    if (text === "connection limit exceeded") delayMsMin = connectionLimitMs;
    if (refusalOf(text) !== null || text.startsWith("failed to ")) tell({ kind: "error", text: reason });
  });
  stream.onDisconnect(() => {
    if (!isOpen) return;
    close();
    lost(reason, delayMsMin);
  });
  // Known before signing in, they are sent once, when it has succeeded.
  stream.subscribeForNews([...names.written]);
  stream.connect();
  return { close };
}

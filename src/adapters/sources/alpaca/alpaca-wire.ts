import { z } from "zod";
import type { KiwiError } from "../../../base/errors.ts";
import { secondMs } from "../../../base/time.ts";
import type { Redact } from "../../shared/redact.ts";
import { keyRefused, requestRefused } from "../shared/source-errors.ts";
import type { StreamEvent, StreamTopic } from "../shared/stream-events.ts";
import type { Wire, WireEvents } from "../../shared/wire.ts";
import type { AlpacaCredentials, AlpacaOptions } from "./alpaca-rest.ts";

type Library = typeof import("@alpacahq/alpaca-trade-api");

/** After a connection breaks, the server may count it as open for about 90 seconds more. */
const connectionLimitMs = 90 * secondMs;

/** What the client tells, put into words of one kind. */
type Told =
  | { readonly kind: "bar" | "updatedBar" | "dailyBar"; readonly bar: unknown }
  | { readonly kind: "subscription" }
  | { readonly kind: "error"; readonly text: string };

const barSchema = z.object({
  symbol: z.string(),
  timestamp: z.date(),
  open: z.number(),
  high: z.number(),
  low: z.number(),
  close: z.number(),
  volume: z.number(),
});

/** Reads what the wire of `openAlpacaWire` delivers. */
export function interpretAlpaca(message: unknown): readonly StreamEvent[] {
  const told = message as Told;
  switch (told.kind) {
    case "subscription":
      return [{ kind: "ready" }];
    case "dailyBar":
      // A running day: it is never closed before the next one begins.
      return [{ kind: "ignored", what: "dailyBar" }];
    case "error":
      return [refusalOf(told.text) ?? { kind: "unreadable", reason: told.text }];
    case "bar":
    case "updatedBar":
      return [readBar(told.kind, told.bar)];
  }
}

function readBar(kind: "bar" | "updatedBar", bar: unknown): StreamEvent {
  const parsed = barSchema.safeParse(bar);
  if (!parsed.success || Number.isNaN(parsed.data.timestamp.getTime())) {
    return { kind: "unreadable", reason: "a bar of another shape" };
  }
  const { symbol, timestamp, ...prices } = parsed.data;
  const row = { openMs: timestamp.getTime(), ...prices };
  return kind === "bar"
    ? { kind: "bar", symbol, timeframe: "1m", row, isClosed: true }
    : { kind: "revision", symbol, timeframe: "1m", row };
}

/** Errors that no later connection would be spared. */
function refusalOf(text: string): StreamEvent | null {
  const refuse = (error: KiwiError): StreamEvent => ({ kind: "refused", error });
  if (text === "auth failed") return refuse(keyRefused("Alpaca", text));
  if (text === "symbol limit exceeded" || text === "v2 not enabled") {
    return refuse(requestRefused("Alpaca", "the subscription", text));
  }
  if (text === "insufficient subscription") {
    return refuse(keyRefused("Alpaca", text, 'use feed: "iex", or subscribe to the data'));
  }
  return null;
}

/**
 * One connection of the official client with its own reconnecting turned off: it gives up after ten tries, and takes
 * a timeout of the sign-in (404) for a wrong key.
 */
export function openAlpacaWire(
  { streaming }: Library,
  { market, feed = "iex", wsUrl }: AlpacaOptions,
  credentials: AlpacaCredentials,
  redact: Redact,
  topics: readonly StreamTopic[],
  { message, lost }: WireEvents,
): Wire {
  const path = market === "stocks" ? `/v2/${feed}` : "/v1beta3/crypto/us";
  const common = {
    credentials,
    reconnect: false,
    ...(wsUrl === undefined ? {} : { url: `${wsUrl}${path}` }),
  };
  const stream =
    market === "stocks"
      ? new streaming.StockDataStream({ ...common, feed })
      : new streaming.CryptoDataStream(common);
  const symbols = topics.map(({ symbol }) => symbol);
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
  stream.onBar((bar) => tell({ kind: "bar", bar }));
  stream.onUpdatedBar((bar) => tell({ kind: "updatedBar", bar }));
  stream.onDailyBar((bar) => tell({ kind: "dailyBar", bar }));
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
  stream.subscribeForBars(symbols);
  stream.subscribeForUpdatedBars(symbols);
  stream.connect();
  return { close };
}

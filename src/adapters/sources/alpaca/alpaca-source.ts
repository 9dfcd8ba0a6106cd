import { barsOf, type Bars } from "../../../domain/bars.ts";
import { calendarNamed } from "../../../domain/calendar/calendar-named.ts";
import type { Timeframe } from "../../../domain/timeframe.ts";
import type { SubscribeRequest, Subscription } from "../../../ports/bar-source.ts";
import { minuteMs } from "../../../base/time.ts";
import { LiveStream } from "../shared/live-stream.ts";
import { makeSource } from "../shared/make-source.ts";
import { redactor } from "../../shared/redact.ts";
import { keyMissing, requestRefused } from "../shared/source-errors.ts";
import { resolveOptions } from "../shared/source-options.ts";
import { alpacaCloses, alpacaSettleMs, alpacaTimeframes } from "./alpaca-closes.ts";
import { AlpacaRest, type AlpacaOptions, type AlpacaSource } from "./alpaca-rest.ts";
import { interpretAlpaca, openAlpacaWire } from "./alpaca-wire.ts";

/** One connection per account and feed is allowed, whatever it carries. */
const topicsPerConnection = 100_000;

/**
 * Market data of Alpaca: US stocks (with a key) or crypto (history without one). Source: docs.alpaca.markets.
 * Throws `SOURCE_KEY_MISSING`.
 */
export async function alpacaSource(options: AlpacaOptions): Promise<AlpacaSource> {
  const { market, credentials } = options;
  if (market === "stocks" && credentials === undefined) {
    throw keyMissing("Alpaca's stock data", "an API key id and secret");
  }
  const library = await import("@alpacahq/alpaca-trade-api");
  const resolved = resolveOptions(options);
  const rest = new AlpacaRest(options, library);
  const source = makeSource({
    name: market === "stocks" ? "Alpaca stocks" : "Alpaca crypto",
    capabilities: {
      timeframes: Object.keys(alpacaTimeframes) as Timeframe[],
      streamTimeframes: ["1m"],
      pageRowsMax: 10_000,
      pageOrder: "oldest-first",
      hasVolume: true,
      needsCredentials: market === "stocks",
      calendarName: market === "stocks" ? "us-equity" : "24/7",
    },
    clock: resolved.clock,
    settleMsOf: (timeframe) => alpacaSettleMs(market, timeframe, resolved.settleMs),
    closesOf: (timeframe) => alpacaCloses(market, timeframe),
    pages: (request) => rest.pages(request),
    listSymbols: (signal) => rest.symbols.all(signal),
    stream: (request) => subscribe(request, options, library),
    latest: (symbol, timeframe, count) => latestFromSnapshot(rest, options, symbol, timeframe, count),
  });
  return {
    ...source,
    async snapshots(symbols) {
      if (market === "crypto") return rest.snapshots(symbols);
      throw requestRefused("Alpaca", "snapshots", "this source serves stocks; snapshots are of crypto");
    },
  };
}

function subscribe(
  request: SubscribeRequest,
  options: AlpacaOptions,
  library: typeof import("@alpacahq/alpaca-trade-api"),
): Subscription {
  const { market, credentials } = options;
  if (credentials === undefined) throw keyMissing("Alpaca's stream", "an API key id and secret");
  const redact = redactor([credentials.keyId, credentials.secret]);
  const calendar = calendarNamed("us-equity");
  return new LiveStream(request, {
    ...resolveOptions(options),
    topicsPerConnection,
    staleAfterMs: options.staleAfterMs ?? (market === "stocks" ? 10 * minuteMs : 5 * minuteMs),
    // A minute without a trade has no bar.
    isContinuous: false,
    isQuiet: (nowMs) => market === "stocks" && !calendar.isOpen(nowMs),
    closesOf: (timeframe) => alpacaCloses(market, timeframe),
    interpreter: () => interpretAlpaca,
    openWire: (topics, events) => openAlpacaWire(library, options, credentials, redact, topics, events),
  });
}

/** One closed bar of a crypto symbol is in its snapshot; null where the snapshot does not have it. */
async function latestFromSnapshot(
  rest: AlpacaRest,
  { market }: AlpacaOptions,
  symbol: string,
  timeframe: Timeframe,
  count: number,
): Promise<Bars | null> {
  if (market !== "crypto" || count !== 1 || (timeframe !== "1m" && timeframe !== "1d")) return null;
  const [snapshot] = await rest.snapshots([symbol]);
  const bar = (timeframe === "1m" ? snapshot?.minuteBar : snapshot?.previousDay) ?? null;
  if (bar === null) return null;
  const column = (value: number): Float64Array => Float64Array.of(value);
  return barsOf(symbol, timeframe, {
    closeTimeMs: column(bar.closeTimeMs),
    open: column(bar.open),
    high: column(bar.high),
    low: column(bar.low),
    close: column(bar.close),
    volume: column(bar.volume),
  });
}

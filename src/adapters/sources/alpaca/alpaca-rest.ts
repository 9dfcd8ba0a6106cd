import type { BarSource, LiveBar, SymbolInfo } from "../../../ports/bar-source.ts";
import type { Timeframe } from "../../../domain/timeframe.ts";
import { longestMs } from "../shared/bar-grid.ts";
import { RecordingFetch } from "../../shared/capture-fetch.ts";
import { TransportError, type HttpAnswer } from "../../shared/http-answer.ts";
import { describeRange, type PageRequest } from "../shared/make-source.ts";
import { doubtIn, type VenuePage } from "../shared/read-page.ts";
import { redactor } from "../../shared/redact.ts";
import { RestCaller, type Ask, type Reply } from "../../shared/rest-caller.ts";
import { faultIn } from "../shared/row-quarantine.ts";
import { keyMissing } from "../shared/source-errors.ts";
import { resolveOptions, type SourceOptions } from "../shared/source-options.ts";
import { SymbolList } from "../shared/symbol-list.ts";
import { alpacaCloses, alpacaTimeframe } from "./alpaca-closes.ts";
import {
  assetsSchema,
  barsSchema,
  snapshotsSchema,
  toRow,
  toSymbols,
  type AlpacaMarket,
} from "./alpaca-messages.ts";
import { judgeAlpaca } from "./judge-alpaca.ts";

const hostUrl = "https://data.alpaca.markets";
const tradingHostUrl = "https://paper-api.alpaca.markets";
/** Of 200 requests a minute, the smallest plan. */
const requestsPerMinuteDefault = 180;
const pageRows = 10_000;

export type AlpacaCredentials = { readonly keyId: string; readonly secret: string };

export type AlpacaOptions = SourceOptions & {
  readonly market: AlpacaMarket;
  /** Needed for stocks, for every stream, and for the list of symbols. */
  readonly credentials?: AlpacaCredentials;
  /** Default `iex`, the one exchange that is free. */
  readonly feed?: "iex" | "sip" | "delayed_sip";
  /** Default `raw`: prices as they were traded. */
  readonly adjustment?: "raw" | "split" | "dividend" | "all";
  /** Where the list of symbols is; default the paper account's host. */
  readonly tradingUrl?: string;
  /** What the plan allows; default 180 of the smallest plan's 200. */
  readonly requestsPerMinute?: number;
};

/** What a snapshot says that can be relied on: the bar of the running day or minute is not part of it. */
export type AlpacaSnapshot = {
  readonly symbol: string;
  /** The last closed minute, null when the snapshot holds the one still open. */
  readonly minuteBar: LiveBar | null;
  readonly previousDay: LiveBar | null;
  readonly lastTrade: { readonly timeMs: number; readonly price: number } | null;
  readonly quote: { readonly timeMs: number; readonly bid: number; readonly ask: number } | null;
};

/** A source of Alpaca's, with what only Alpaca has. */
export type AlpacaSource = BarSource & {
  /** Crypto only: closed bars, last trade and quote of several symbols in one request. */
  snapshots(symbols: readonly string[]): Promise<readonly AlpacaSnapshot[]>;
};

type Library = typeof import("@alpacahq/alpaca-trade-api");

/** The REST side of Alpaca's market data, through the generated interface of the official client. */
export class AlpacaRest {
  readonly symbols: SymbolList;
  private readonly options: AlpacaOptions;
  private readonly library: Library;
  private readonly resolved: ReturnType<typeof resolveOptions>;

  constructor(options: AlpacaOptions, library: Library) {
    this.options = options;
    this.library = library;
    this.resolved = resolveOptions(options);
    this.symbols = new SymbolList(this.resolved.clock, "Alpaca", (signal) => this.listSymbols(signal));
  }

  /** Pages of 10,000, oldest first, each with the key to the next. */
  async *pages(request: PageRequest): AsyncGenerator<VenuePage> {
    const { symbol, timeframe, fromMs, toMs, signal } = request;
    const askedFromMs = Math.max(0, fromMs - longestMs(timeframe));
    const askedToMs = toMs - 1;
    const seen = new Set<string>();
    for (let pageToken = ""; ;) {
      const token = pageToken;
      const { value, generatedMs } = await this.call(symbol, {
        what: describeRange(request, fromMs),
        weight: 1,
        schema: barsSchema,
        signal,
        doubt: ({ bars, next_page_token: next }) => {
          const other = Object.keys(bars ?? {}).find((name) => name !== symbol);
          if (other !== undefined) return `bars of ${other} instead of ${symbol}`;
          if (typeof next === "string" && (next === token || seen.has(next))) {
            return "a page that leads back to itself";
          }
          return doubtIn((bars?.[symbol] ?? []).map(toRow), askedFromMs, askedToMs);
        },
        send: () => this.sendBars(symbol, timeframe, askedFromMs, askedToMs, token),
      });
      yield { rows: (value.bars?.[symbol] ?? []).map(toRow), askedFromMs, askedToMs, generatedMs };
      seen.add(token);
      pageToken = value.next_page_token ?? "";
      if (pageToken === "") return;
    }
  }

  /** What is known of these crypto symbols now, without anything that is still open. */
  async snapshots(symbols: readonly string[]): Promise<readonly AlpacaSnapshot[]> {
    const { value, generatedMs } = await this.call("", {
      what: `snapshots of ${symbols.join(", ")}`,
      weight: 1,
      schema: snapshotsSchema,
      send: () =>
        this.send((config) =>
          new this.library.marketData.CryptoApi(config).cryptoSnapshotsRaw({
            loc: "us",
            symbols: symbols.join(","),
          }),
        ),
    });
    const closedMs = generatedMs - this.resolved.settleMs;
    return symbols.flatMap((symbol) => {
      const found = value.snapshots[symbol];
      if (found === undefined) return [];
      const { minuteBar, prevDailyBar, latestTrade, latestQuote } = found;
      return {
        symbol,
        minuteBar: closedBar(symbol, "1m", minuteBar, closedMs),
        previousDay: closedBar(symbol, "1d", prevDailyBar, closedMs),
        lastTrade: latestTrade ? { timeMs: Date.parse(latestTrade.t), price: latestTrade.p } : null,
        quote: latestQuote
          ? { timeMs: Date.parse(latestQuote.t), bid: latestQuote.bp, ask: latestQuote.ap }
          : null,
      };
    });
  }

  private sendBars(
    symbol: string,
    timeframe: Timeframe,
    fromMs: number,
    toMs: number,
    pageToken: string,
  ): Promise<HttpAnswer> {
    const { StockApi, CryptoApi } = this.library.marketData;
    const { market, feed = "iex", adjustment = "raw" } = this.options;
    const asked = {
      symbols: symbol,
      timeframe: alpacaTimeframe(timeframe),
      start: new Date(fromMs),
      end: new Date(toMs),
      limit: pageRows,
      sort: "asc" as const,
      ...(pageToken === "" ? {} : { pageToken }),
    };
    // Delayed quotes are a stream; in the past, the consolidated tape is one and the same.
    const history = feed === "delayed_sip" ? "sip" : feed;
    return this.send((config) =>
      market === "stocks"
        ? new StockApi(config).stockBarsRaw({ ...asked, feed: history, adjustment })
        : new CryptoApi(config).cryptoBarsRaw({ ...asked, loc: "us" }),
    );
  }

  private async listSymbols(signal?: AbortSignal): Promise<readonly SymbolInfo[]> {
    const { credentials, market, tradingUrl = tradingHostUrl } = this.options;
    if (credentials === undefined) throw keyMissing("Alpaca's list of symbols", "an API key id and secret");
    const assetClass = market === "stocks" ? "us_equity" : "crypto";
    const { trading } = this.library;
    const { value } = await this.call("", {
      what: "the list of symbols",
      weight: 1,
      schema: assetsSchema,
      signal,
      send: () =>
        this.record((fetchApi) =>
          new trading.AssetsApi(
            new trading.Configuration({ ...credentials, basePath: tradingUrl, timeoutMs: 0, fetchApi }),
          ).getV2AssetsRaw({ status: "active", assetClass }),
        ),
    });
    return toSymbols(value);
  }

  private call<T>(symbol: string, ask: Ask<T>): Promise<Reply<T>> {
    const { credentials, baseUrl = hostUrl, requestsPerMinute = requestsPerMinuteDefault } = this.options;
    const redact = redactor([credentials?.keyId, credentials?.secret]);
    const caller = new RestCaller({
      ...this.resolved,
      venue: "Alpaca",
      limit: this.resolved.limits.of(baseUrl, { weight: requestsPerMinute, windowMs: 60_000 }),
      redact,
      judge: (answer) => judgeAlpaca(answer, ask.what, redact, () => this.symbols.unknown(symbol)),
    });
    return caller.call(ask);
  }

  private send(
    run: (config: InstanceType<Library["marketData"]["Configuration"]>) => Promise<unknown>,
  ): Promise<HttpAnswer> {
    const { credentials, baseUrl = hostUrl } = this.options;
    const { Configuration } = this.library.marketData;
    return this.record((fetchApi) =>
      run(new Configuration({ ...credentials, basePath: baseUrl, timeoutMs: 0, fetchApi })),
    );
  }

  /** Lets the client send one request through a `fetch` that keeps the answer; what the client makes of it is ignored. */
  private async record(run: (fetchApi: RecordingFetch["fetch"]) => Promise<unknown>): Promise<HttpAnswer> {
    const recording = new RecordingFetch(this.resolved.clock, this.resolved.requestTimeoutMs);
    await run(recording.fetch).catch(() => {});
    if (recording.answer !== null) return recording.answer;
    throw recording.failure ?? new TransportError("the client sent nothing");
  }
}

function closedBar(
  symbol: string,
  timeframe: Timeframe,
  bar: Parameters<typeof toRow>[0] | null | undefined,
  closedMs: number,
): LiveBar | null {
  if (bar === null || bar === undefined) return null;
  const { openMs, ...prices } = toRow(bar);
  const closeTimeMs = Number.isFinite(openMs) ? alpacaCloses("crypto", timeframe)(openMs) : null;
  if (closeTimeMs === null || closeTimeMs > closedMs || faultIn(prices) !== null) return null;
  return { symbol, timeframe, closeTimeMs, ...prices };
}

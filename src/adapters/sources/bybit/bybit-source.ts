import { KiwiError } from "../../../base/errors.ts";
import type { Timeframe } from "../../../domain/timeframe.ts";
import type { BarSource, SymbolInfo } from "../../../ports/bar-source.ts";
import { longestMs, nextOpenMs, shortestMs, utcCloses } from "../shared/bar-grid.ts";
import { barsFromTrades } from "../shared/bars-from-trades.ts";
import { captureAxios, type AxiosNetwork } from "../shared/capture-axios.ts";
import { LiveStream } from "../shared/live-stream.ts";
import { describeRange, makeSource, type PageRequest } from "../shared/make-source.ts";
import { doubtIn, type VenuePage } from "../shared/read-page.ts";
import { redactor } from "../../shared/redact.ts";
import { RestCaller, type Reply } from "../../shared/rest-caller.ts";
import type { VenueRow } from "../shared/row-quarantine.ts";
import { resolveOptions, type SourceOptions } from "../shared/source-options.ts";
import { SymbolList } from "../shared/symbol-list.ts";
import { bybitInterval, bybitTimeframes } from "./bybit-intervals.ts";
import { instrumentsSchema, klineSchema, toRows, toSymbols, type BybitCategory } from "./bybit-messages.ts";
import { bybitTopics, openBybitWire, type BybitFeed } from "./bybit-wire.ts";
import { interpretBybit } from "./interpret-bybit.ts";
import { bybitTime, judgeBybit } from "./judge-bybit.ts";

const hostUrl = "https://api.bybit.com";
/** Of 600 requests in 5 seconds and address. */
const allowance = { weight: 400, windowMs: 5_000 };
const pageRows = 1_000;
const instrumentsPage = 1_000;
/** Topics of a connection may have 21,000 characters together. */
const topicsPerConnection = 500;

export type BybitOptions = SourceOptions & {
  /** Default `linear`: perpetual and dated futures in USDT and USDC. */
  readonly category?: BybitCategory;
  /**
   * What the stream carries. `klines`, the default, are the venue's bars: each opens at the close of the one before.
   * `trades` are made into bars here: each opens with its own first trade, and there is none without a trade.
   */
  readonly feed?: BybitFeed;
};

/** Public market data of Bybit's v5 interface; no key. Source: bybit-exchange.github.io/docs/v5. */
export async function bybitSource(options: BybitOptions): Promise<BarSource> {
  const library = await import("bybit-api");
  const resolved = resolveOptions(options);
  const { category = "linear", feed = "klines" } = options;
  const rest = new BybitRest(options, category, library.RestClientV5);
  const interpret = interpretBybit(category);
  return makeSource({
    name: "Bybit",
    capabilities: {
      timeframes: bybitTimeframes,
      streamTimeframes: bybitTimeframes,
      pageRowsMax: pageRows,
      pageOrder: "newest-first",
      hasVolume: true,
      needsCredentials: false,
      calendarName: "24/7",
    },
    clock: resolved.clock,
    settleMsOf: () => resolved.settleMs,
    closesOf: utcCloses,
    pages: (request) => rest.pages(request),
    listSymbols: (signal) => rest.symbols.all(signal),
    stream: (request) =>
      new LiveStream(request, {
        ...resolved,
        topicsPerConnection,
        staleAfterMs: options.staleAfterMs ?? 120_000,
        isContinuous: feed === "klines",
        closesOf: utcCloses,
        interpreter: (topics) => (feed === "klines" ? interpret : barsFromTrades(topics, interpret)),
        openWire: (topics, events) =>
          openBybitWire(library.WebsocketClient, options.wsUrl, category, bybitTopics(topics, feed), events),
      }),
  });
}

type RestClient = typeof import("bybit-api").RestClientV5;
type Run = (client: InstanceType<RestClient>) => Promise<unknown>;

/** The REST side: one client per request, so that each answer can be seen whole. */
class BybitRest {
  readonly symbols: SymbolList;
  private readonly category: BybitCategory;
  private readonly caller: (what: string, symbol: string) => RestCaller;
  private readonly send: (run: Run) => ReturnType<typeof captureAxios>;

  constructor(options: BybitOptions, category: BybitCategory, Client: RestClient) {
    const resolved = resolveOptions(options);
    const baseUrl = options.baseUrl ?? hostUrl;
    const limit = resolved.limits.of(baseUrl, allowance);
    this.category = category;
    this.send = (run) =>
      captureAxios(resolved.clock, resolved.requestTimeoutMs, (network: AxiosNetwork) =>
        run(new Client({ baseUrl }, network)),
      );
    this.symbols = new SymbolList(resolved.clock, "Bybit", (signal) => this.listSymbols(signal));
    this.caller = (what, symbol) =>
      new RestCaller({
        ...resolved,
        venue: "Bybit",
        limit,
        redact: redactor([]),
        timeIn: bybitTime,
        judge: (answer) => judgeBybit(answer, what, () => this.symbols.unknown(symbol)),
      });
  }

  /**
   * Windows of 1,000 bars from the range's start on: a window is answered newest first, and one without an end would
   * be answered with the newest bars of all.
   */
  async *pages(request: PageRequest): AsyncGenerator<VenuePage> {
    const { timeframe, fromMs, toMs } = request;
    const spanMs = shortestMs(timeframe);
    const lastMs = toMs - 1 - spanMs;
    let startMs = nextOpenMs(Math.max(0, fromMs - longestMs(timeframe)), timeframe);
    let hasBars = false;
    while (startMs <= lastMs) {
      const endMs = Math.min(lastMs, startMs + spanMs * (pageRows - 1));
      const { value: rows, generatedMs } = await this.klines(request, timeframe, startMs, endMs);
      if (rows.length > 0) yield { rows, askedFromMs: startMs, askedToMs: endMs, generatedMs };
      startMs = nextOpenMs(endMs + 1, timeframe);
      if (startMs + spanMs > generatedMs) return;
      if (rows.length === 0 && !hasBars) {
        const firstMs = await this.firstMonth(request, startMs, lastMs);
        if (firstMs === null) return;
        startMs = Math.max(startMs, firstMs);
      }
      hasBars = true;
    }
  }

  /** Begin of the first month with bars: years before a listing would cost hundreds of empty windows. */
  private async firstMonth(request: PageRequest, fromMs: number, toMs: number): Promise<number | null> {
    const { value: rows } = await this.klines(request, "1M", Math.max(0, fromMs - longestMs("1M")), toMs);
    return rows.length === 0 ? null : Math.min(...rows.map(({ openMs }) => openMs));
  }

  private async klines(
    request: PageRequest,
    timeframe: Timeframe,
    startMs: number,
    endMs: number,
  ): Promise<Reply<readonly VenueRow[]>> {
    const { symbol, signal } = request;
    const what = describeRange({ ...request, timeframe }, startMs);
    const { value, generatedMs } = await this.caller(what, symbol).call({
      what,
      weight: 1,
      schema: klineSchema,
      doubt: (klines) =>
        klines.result.symbol === symbol
          ? doubtIn(toRows(klines, this.category), startMs, endMs)
          : `bars of ${klines.result.symbol} instead of ${symbol}`,
      signal,
      send: () =>
        this.send((client) =>
          client.getKline({
            category: this.category,
            symbol,
            interval: bybitInterval(timeframe),
            start: startMs,
            end: endMs,
            limit: pageRows,
          }),
        ),
    });
    return { value: toRows(value, this.category), generatedMs };
  }

  private async listSymbols(signal?: AbortSignal): Promise<readonly SymbolInfo[]> {
    const symbols: SymbolInfo[] = [];
    const seen = new Set<string>();
    for (let cursor = ""; ;) {
      const what = "the list of symbols";
      const { value } = await this.caller(what, "").call({
        what,
        weight: 1,
        schema: instrumentsSchema,
        signal,
        send: () =>
          this.send((client) =>
            client.getInstrumentsInfo({
              category: this.category,
              ...(this.category === "spot" ? {} : { limit: instrumentsPage }),
              ...(cursor === "" ? {} : { cursor }),
            }),
          ),
      });
      symbols.push(...toSymbols(value, this.category));
      seen.add(cursor);
      cursor = value.result.nextPageCursor ?? "";
      if (cursor === "") return symbols;
      if (seen.has(cursor)) throw endlessList();
    }
  }
}

function endlessList(): KiwiError {
  return new KiwiError({
    code: "SOURCE_UNREACHABLE",
    exit: "network",
    message: "Bybit's list of symbols never ends: a page points back to one that was read",
    why: "the venue, or something between, answers wrongly",
    fix: "try again later",
    topic: "sources",
  });
}

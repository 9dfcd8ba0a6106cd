import { calendarNamed } from "../../../domain/calendar/calendar-named.ts";
import type { Timeframe } from "../../../domain/timeframe.ts";
import type { BarSource, SymbolInfo } from "../../../ports/bar-source.ts";
import { utcCloses } from "../shared/bar-grid.ts";
import { HostLimits } from "../../shared/host-limit.ts";
import { describeRange, makeSource, type PageRequest } from "../shared/make-source.ts";
import { pollingStream } from "../shared/polling-stream.ts";
import { doubtIn, type VenuePage } from "../shared/read-page.ts";
import { redactor } from "../../shared/redact.ts";
import { RestCaller, type Ask, type Reply } from "../../shared/rest-caller.ts";
import type { VenueRow } from "../shared/row-quarantine.ts";
import { resolveOptions, type ResolvedOptions, type SourceOptions } from "../shared/source-options.ts";
import { SymbolList } from "../shared/symbol-list.ts";
import { CcxtCalls } from "./ccxt-calls.ts";
import { marketsSchema, ohlcvSchema, saysNothing, toSymbols } from "./ccxt-messages.ts";
import { ccxtPages, type RowsRequest } from "./ccxt-pages.ts";
import { judgeCcxt } from "./judge-ccxt.ts";
import { exchangeUnknown, exchangeWithoutBars, loadCcxt, type Ccxt, type CcxtExchange } from "./load-ccxt.ts";
import { hostOf, retarget } from "./venue-address.ts";

/** Where an exchange does not say how many bars an answer holds: few enough for all of them. */
const pageRowsDefault = 200;

export type CcxtOptions = Omit<SourceOptions, "wsUrl" | "staleAfterMs"> & {
  /** As ccxt writes it: `kraken`, `kucoin`, `okx`. */
  readonly exchangeId: string;
  /** Under ccxt's names: `apiKey`, `secret`, `password`. Bars are public at nearly all exchanges. */
  readonly credentials?: Readonly<Record<string, string>>;
  /** ccxt's own `options` of the exchange, for example `{ defaultType: "swap" }`. */
  readonly exchangeOptions?: Readonly<Record<string, unknown>>;
};

/**
 * Bars of any exchange that ccxt knows, by its unified interface; symbols are ccxt's own (`BTC/USDT`, `BTC/USDT:USDT`).
 * New bars are asked for as they close. Needs the package `ccxt`, which is loaded here.
 * Throws `CCXT_MISSING`, `CCXT_UNUSABLE`, `EXCHANGE_UNKNOWN`, `EXCHANGE_WITHOUT_BARS`.
 */
export async function ccxtSource(options: CcxtOptions): Promise<BarSource> {
  const library = await loadCcxt();
  const { exchangeId, exchangeOptions = {}, credentials = {} } = options;
  if (!library.exchanges.includes(exchangeId)) throw exchangeUnknown(exchangeId, library.exchanges);
  const resolved = resolveOptions(options);
  const exchange = library.exchange(exchangeId, {
    ...credentials,
    options: exchangeOptions,
    enableRateLimit: true,
    // Ours is the shorter one.
    timeout: 2 * resolved.requestTimeoutMs,
  });
  const timeframes = timeframesOf(exchange);
  if (exchange.has["fetchOHLCV"] !== true || timeframes.length === 0)
    throw exchangeWithoutBars(exchange.name);
  const rest = new CcxtRest(library, exchange, timeframes, options);
  const calendarName = "24/7";
  const source: BarSource = makeSource({
    name: exchange.name,
    capabilities: {
      timeframes,
      streamTimeframes: timeframes,
      pageRowsMax: exchange.features?.["spot"]?.fetchOHLCV?.limit ?? pageRowsDefault,
      pageOrder: "oldest-first",
      hasVolume: true,
      needsCredentials: false,
      calendarName,
    },
    clock: resolved.clock,
    settleMsOf: () => resolved.settleMs,
    closesOf: utcCloses,
    pages: (request) => rest.pages(request),
    listSymbols: (signal) => rest.symbols.all(signal),
    stream: (request) =>
      pollingStream(request, {
        ...resolved,
        calendar: calendarNamed(calendarName),
        // Some exchanges make no bar where nothing was traded.
        isContinuous: false,
        overdueAfterMs: 60_000,
        latest: (symbol, timeframe, count) => source.latest(symbol, timeframe, count),
      }),
  });
  return source;
}

/** `2w` and `1y` are left out: what exchanges mean by them differs. */
function timeframesOf({ timeframes = {} }: CcxtExchange): readonly Timeframe[] {
  return Object.keys(timeframes).filter((name): name is Timeframe =>
    /^(?:[1-9]\d{0,3}[smhd]|1w|1M)$/.test(name),
  );
}

class CcxtRest {
  readonly symbols: SymbolList;
  private readonly library: Ccxt;
  private readonly exchange: CcxtExchange;
  private readonly timeframes: readonly Timeframe[];
  private readonly options: CcxtOptions;
  private readonly resolved: ResolvedOptions;
  private readonly limit: ReturnType<HostLimits["of"]>;
  private readonly calls: CcxtCalls;

  constructor(library: Ccxt, exchange: CcxtExchange, timeframes: readonly Timeframe[], options: CcxtOptions) {
    this.library = library;
    this.exchange = exchange;
    this.timeframes = timeframes;
    this.options = options;
    this.resolved = resolveOptions(options);
    const { clock, limits, requestTimeoutMs } = this.resolved;
    if (options.baseUrl !== undefined) exchange.urls.api = retarget(exchange.urls.api, options.baseUrl);
    // A second's worth may be spent at once.
    const costMax = Math.max(5, Math.ceil(1000 / exchange.rateLimit));
    const allowance = { weight: costMax, windowMs: costMax * exchange.rateLimit };
    this.limit = limits.of(hostOf(exchange), allowance);
    this.calls = new CcxtCalls(exchange, clock, this.limit, costMax, requestTimeoutMs);
    this.symbols = new SymbolList(clock, exchange.name, (signal) => this.listSymbols(signal));
  }

  async *pages(request: PageRequest): AsyncGenerator<VenuePage> {
    const { symbol, signal } = request;
    // ccxt needs the list to know what a symbol is called at the exchange.
    const known = await this.symbols.all(signal);
    if (!known.some((info) => info.symbol === symbol)) throw await this.symbols.unknown(symbol);
    const rowsMax = this.exchange.featureValue(symbol, "fetchOHLCV", "limit", pageRowsDefault);
    const paging = {
      name: this.exchange.name,
      timeframes: this.timeframes,
      // One less: where ccxt makes an end out of it, that end is included, and a row too many costs the first one.
      limit: (typeof rowsMax === "number" && rowsMax > 1 ? rowsMax : pageRowsDefault) - 1,
    };
    yield* ccxtPages({ ...paging, ask: (rows) => this.rows(rows, paging.limit) }, request);
  }

  private async rows(
    { symbol, timeframe, sinceMs, untilMs, signal }: RowsRequest,
    limit: number,
  ): Promise<{ rows: readonly VenueRow[]; generatedMs: number }> {
    const params = untilMs === null ? {} : { until: untilMs - 1 };
    const { value, generatedMs } = await this.call(symbol, {
      what: describeRange({ symbol, timeframe, fromMs: sinceMs, toMs: sinceMs }, sinceMs),
      // What a request costs is taken when ccxt sends it.
      weight: 0,
      schema: ohlcvSchema,
      doubt: ({ value: rows, wire }) =>
        rows.length === 0 && !saysNothing(wire)
          ? "an answer in which there are no bars where they should be"
          : doubtIn(rows, sinceMs, Number.MAX_SAFE_INTEGER),
      signal,
      send: () =>
        this.calls.run((exchange) => exchange.fetchOHLCV(symbol, timeframe, sinceMs, limit, params), signal),
    });
    // An exchange may not heed the end: what lies behind it belongs to the next page.
    const isWanted = ({ openMs }: VenueRow): boolean => untilMs === null || !(openMs >= untilMs);
    return { rows: value.value.filter(isWanted), generatedMs };
  }

  private async listSymbols(signal?: AbortSignal): Promise<readonly SymbolInfo[]> {
    const { value } = await this.call("", {
      what: "the list of symbols",
      weight: 0,
      schema: marketsSchema,
      signal,
      send: () => this.calls.run((exchange) => exchange.loadMarkets(true), signal),
    });
    return toSymbols(value, this.exchange.precisionMode);
  }

  private call<T>(symbol: string, ask: Ask<T>): Promise<Reply<T>> {
    const { name } = this.exchange;
    const redact = redactor(Object.values(this.options.credentials ?? {}));
    const caller = new RestCaller({
      ...this.resolved,
      venue: name,
      limit: this.limit,
      redact,
      judge: (answer) =>
        judgeCcxt(answer, {
          id: this.options.exchangeId,
          venue: name,
          what: ask.what,
          errors: this.library.errors,
          redact,
          unknownSymbol: () => this.symbols.unknown(symbol),
        }),
    });
    return caller.call(ask);
  }
}

import { z } from "zod";
import { dayMs, formatTime } from "../../../base/time.ts";
import type { BarSource, SymbolInfo } from "../../../ports/bar-source.ts";
import { longestMs } from "../shared/bar-grid.ts";
import { captureBytes, captureFetch } from "../../shared/capture-fetch.ts";
import { describeRange, makeSource, type PageRequest } from "../shared/make-source.ts";
import { doubtIn, type VenuePage } from "../shared/read-page.ts";
import { redactor } from "../../shared/redact.ts";
import { RestCaller, type Ask, type Reply } from "../../shared/rest-caller.ts";
import type { VenueRow } from "../shared/row-quarantine.ts";
import { resolveOptions, type SourceOptions } from "../shared/source-options.ts";
import { zipEntries } from "../shared/zip-entries.ts";
import { SymbolList } from "../shared/symbol-list.ts";
import { judgeTiingo } from "./judge-tiingo.ts";
import {
  tiingoCloses,
  tiingoFrequency,
  tiingoPageRows,
  tiingoSettleMs,
  tiingoTimeframes,
  tiingoWindowDays,
} from "./tiingo-markets.ts";
import {
  cryptoSchema,
  dailySchema,
  intradaySchema,
  pairsSchema,
  toDailyRow,
  toPairs,
  toRow,
  toTickers,
  type TiingoMarket,
} from "./tiingo-messages.ts";

const hostUrl = "https://api.tiingo.com";
const tickersHostUrl = "https://apimedia.tiingo.com";
/** Of 50 requests an hour, the free plan. */
const requestsPerHourDefault = 45;

export type TiingoOptions = SourceOptions & {
  readonly market: TiingoMarket;
  readonly credentials: { readonly token: string };
  /** Daily bars adjusted for splits and dividends; default false: prices as they were traded. */
  readonly isAdjusted?: boolean;
  /** What the plan allows; default 45 of the free plan's 50. */
  readonly requestsPerHour?: number;
  /** Where the list of stocks is; default Tiingo's own. */
  readonly tickersUrl?: string;
};

const calendars = { daily: "us-equity", iex: "us-equity", crypto: "24/7", fx: "24/5" } as const;

/**
 * End of day, intraday, crypto and currency bars of Tiingo, history only. Source: api.tiingo.com/documentation.
 * Tiingo has no client of its own for Node.
 */
export async function tiingoSource(options: TiingoOptions): Promise<BarSource> {
  const { market } = options;
  const resolved = resolveOptions(options);
  const rest = new TiingoRest(options);
  return makeSource({
    name: `Tiingo ${market}`,
    capabilities: {
      timeframes: tiingoTimeframes(market),
      streamTimeframes: [],
      pageRowsMax: tiingoPageRows(market),
      pageOrder: "oldest-first",
      hasVolume: market !== "fx",
      needsCredentials: true,
      calendarName: calendars[market],
    },
    clock: resolved.clock,
    settleMsOf: () => tiingoSettleMs(market, resolved.settleMs),
    closesOf: (timeframe) => tiingoCloses(market, timeframe),
    pages: (request) => rest.pages(request),
    listSymbols: (signal) => rest.symbols.all(signal),
    stream: null,
  });
}

class TiingoRest {
  readonly symbols: SymbolList;
  private readonly options: TiingoOptions;
  private readonly resolved: ReturnType<typeof resolveOptions>;

  constructor(options: TiingoOptions) {
    this.options = options;
    this.resolved = resolveOptions(options);
    this.symbols = new SymbolList(this.resolved.clock, "Tiingo", (signal) => this.listSymbols(signal));
  }

  /** Windows of whole days that overlap by one: whether the end date belongs to a range is not said everywhere. */
  async *pages(request: PageRequest): AsyncGenerator<VenuePage> {
    const { symbol, timeframe, fromMs, toMs } = request;
    const stepMs = tiingoWindowDays(this.options.market, timeframe) * dayMs;
    const firstMs = Math.max(0, Math.floor((fromMs - longestMs(timeframe)) / dayMs) * dayMs);
    let isKnown = false;
    for (let startMs = firstMs; startMs < toMs; startMs += stepMs) {
      const endMs = Math.min(startMs + stepMs, Math.floor((toMs - 1) / dayMs) * dayMs);
      const askedToMs = endMs + dayMs - 1;
      const { value: rows, generatedMs } = await this.window(request, startMs, endMs, askedToMs);
      if (rows.length > 0) yield { rows, askedFromMs: startMs, askedToMs, generatedMs };
      // An unknown pair is answered with nothing.
      if (rows.length === 0 && !isKnown) await this.refuseUnknownPair(symbol);
      isKnown = true;
      if (askedToMs >= generatedMs) return;
    }
  }

  private async window(
    request: PageRequest,
    startMs: number,
    endMs: number,
    askedToMs: number,
  ): Promise<Reply<readonly VenueRow[]>> {
    const { market, isAdjusted = false } = this.options;
    const { symbol, timeframe } = request;
    const query = new URLSearchParams({
      startDate: formatTime(startMs),
      endDate: formatTime(endMs),
      resampleFreq: tiingoFrequency(market, timeframe),
      format: "json",
    });
    if (market === "iex") query.set("columns", "open,high,low,close,volume");
    if (market === "crypto") query.set("tickers", symbol);
    const schema = this.rowsSchema(symbol, isAdjusted);
    return this.call(symbol, {
      what: describeRange(request, startMs),
      weight: 1,
      schema,
      doubt: (rows) => doubtIn(rows, startMs, askedToMs),
      signal: request.signal,
      send: () => this.get(`${pathOf(market, symbol)}?${query.toString()}`),
    });
  }

  private rowsSchema(symbol: string, isAdjusted: boolean): z.ZodType<readonly VenueRow[]> {
    switch (this.options.market) {
      case "daily":
        return dailySchema.transform((rows) => rows.map((row) => toDailyRow(row, isAdjusted)));
      case "crypto":
        return cryptoSchema
          .refine(
            (pairs) => pairs.every(({ ticker }) => ticker === symbol.toLowerCase()),
            "bars of another pair",
          )
          .transform((pairs) => pairs.flatMap(({ priceData }) => priceData.map(toRow)));
      default:
        return intradaySchema.transform((rows) => rows.map(toRow));
    }
  }

  private async refuseUnknownPair(symbol: string): Promise<void> {
    if (this.options.market !== "crypto") return;
    const known = await this.symbols.all();
    if (!known.some((info) => info.symbol === symbol.toLowerCase())) throw await this.symbols.unknown(symbol);
  }

  private async listSymbols(signal?: AbortSignal): Promise<readonly SymbolInfo[]> {
    const { market } = this.options;
    // Tiingo has no list of its currency pairs.
    if (market === "fx") return [];
    const what = "the list of symbols";
    if (market === "crypto") {
      const { value } = await this.call("", {
        what,
        weight: 1,
        schema: pairsSchema,
        signal,
        send: () => this.get("/tiingo/crypto"),
      });
      return toPairs(value);
    }
    const { value } = await this.call("", {
      what,
      weight: 1,
      schema: zippedCsvSchema,
      signal,
      send: () => {
        const url = `${this.options.tickersUrl ?? tickersHostUrl}/docs/tiingo/daily/supported_tickers.zip`;
        return captureBytes(this.resolved.clock, url, {}, this.resolved.requestTimeoutMs);
      },
    });
    return toTickers(value);
  }

  private get(path: string): ReturnType<typeof captureFetch> {
    const { baseUrl = hostUrl, credentials } = this.options;
    const headers = { authorization: `Token ${credentials.token}`, accept: "application/json" };
    return captureFetch(
      this.resolved.clock,
      `${baseUrl}${path}`,
      { headers },
      this.resolved.requestTimeoutMs,
    );
  }

  private call<T>(symbol: string, ask: Ask<T>): Promise<Reply<T>> {
    const { baseUrl = hostUrl, credentials, requestsPerHour = requestsPerHourDefault } = this.options;
    const redact = redactor([credentials.token]);
    const caller = new RestCaller({
      ...this.resolved,
      venue: "Tiingo",
      limit: this.resolved.limits.of(baseUrl, { weight: requestsPerHour, windowMs: 3_600_000 }),
      redact,
      judge: (answer) => judgeTiingo(answer, ask.what, redact, () => this.symbols.unknown(symbol)),
    });
    return caller.call(ask);
  }
}

function pathOf(market: TiingoMarket, symbol: string): string {
  const ticker = encodeURIComponent(symbol);
  switch (market) {
    case "daily":
      return `/tiingo/daily/${ticker}/prices`;
    case "iex":
      return `/iex/${ticker}/prices`;
    case "crypto":
      return "/tiingo/crypto/prices";
    case "fx":
      return `/tiingo/fx/${ticker}/prices`;
  }
}

/** A ZIP file with one CSV file in it. */
const zippedCsvSchema = z.instanceof(Uint8Array).transform((bytes, context) => {
  try {
    const [file] = zipEntries(bytes);
    if (file !== undefined) return new TextDecoder().decode(file.read());
  } catch {
    // Said below.
  }
  context.addIssue({ code: "custom", message: "not a ZIP file with a list in it" });
  return z.NEVER;
});

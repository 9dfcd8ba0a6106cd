import { formatTime } from "../../../base/time.ts";
import type { SymbolInfo } from "../../../ports/bar-source.ts";
import type { NewsItem, NewsQuarantine, NewsRequest } from "../../../ports/news-source.ts";
import { assetsSchema, refusalSchema, toSymbols } from "../alpaca/alpaca-messages.ts";
import type { AlpacaCredentials } from "../alpaca/alpaca-rest.ts";
import { judgeAlpaca } from "../alpaca/judge-alpaca.ts";
import { RecordingFetch } from "../../shared/capture-fetch.ts";
import { TransportError, type HttpAnswer } from "../../shared/http-answer.ts";
import { redactor } from "../../shared/redact.ts";
import { RestCaller, type Ask, type Reply } from "../../shared/rest-caller.ts";
import { resolveOptions, type SourceOptions } from "../shared/source-options.ts";
import { SymbolList } from "../shared/symbol-list.ts";
import { newsPageSchema, newsSymbol, NewsSymbols } from "./alpaca-news-messages.ts";

const hostUrl = "https://data.alpaca.markets";
const tradingHostUrl = "https://paper-api.alpaca.markets";
/** Of 200 requests a minute, the smallest plan. */
const requestsPerMinuteDefault = 180;
/** The most that one page holds. */
const pageItems = 50;
const examplesMax = 5;

export type AlpacaNewsOptions = Omit<SourceOptions, "settleMs" | "staleAfterMs"> & {
  readonly credentials?: AlpacaCredentials;
  /** Where the list of symbols is; default the paper account's host. */
  readonly tradingUrl?: string;
  /** What the plan allows; default 180 of the smallest plan's 200. */
  readonly requestsPerMinute?: number;
};

/** The official client. */
export type AlpacaLibrary = typeof import("@alpacahq/alpaca-trade-api");

/** The REST side of Alpaca's news, through the generated interface of the official client. */
export class AlpacaNewsRest {
  private readonly options: AlpacaNewsOptions & { readonly credentials: AlpacaCredentials };
  private readonly library: AlpacaLibrary;
  private readonly resolved: ReturnType<typeof resolveOptions>;
  private readonly symbols: SymbolList;

  constructor(
    options: AlpacaNewsOptions & { readonly credentials: AlpacaCredentials },
    library: AlpacaLibrary,
  ) {
    this.options = options;
    this.library = library;
    this.resolved = resolveOptions(options);
    this.symbols = new SymbolList(this.resolved.clock, "Alpaca", (signal) => this.listSymbols(signal));
  }

  /** Pages of 50, by time of the last update, each with the key to the next. */
  async *pages(request: NewsRequest & { readonly signal: AbortSignal }): AsyncGenerator<readonly NewsItem[]> {
    const names = new NewsSymbols(request.symbols);
    const examples: string[] = [];
    const seen = new Set<string>();
    let faults = 0;
    for await (const page of this.rawPages(request, names)) {
      const items: NewsItem[] = [];
      for (const value of page) {
        const read = names.read(value, this.resolved.clock.nowMs());
        if (read.kind === "fault") {
          faults += 1;
          if (examples.length < examplesMax) examples.push(read.reason);
        } else if (isIn(read.item, request) && isFirst(seen, read.item)) items.push(read.item);
      }
      if (items.length > 0) yield items.sort((a, b) => a.updatedAtMs - b.updatedAtMs);
    }
    const quarantine: NewsQuarantine = { count: faults, examples };
    if (faults > 0) request.onQuarantine?.(quarantine);
  }

  private async *rawPages(
    { symbols, fromMs, toMs, signal }: NewsRequest & { readonly signal: AbortSignal },
    names: NewsSymbols,
  ): AsyncGenerator<readonly unknown[]> {
    const seen = new Set<string>();
    const written = names.written.join(",");
    for (let pageToken = ""; ;) {
      const token = pageToken;
      const { value } = await this.call(symbols, {
        what: `news of ${symbols.join(", ")} from ${formatTime(fromMs)}`,
        weight: 1,
        schema: newsPageSchema,
        signal,
        doubt: ({ next_page_token: next }) =>
          typeof next === "string" && (next === token || seen.has(next))
            ? "a page that leads back to itself"
            : null,
        send: () => this.sendNews(written, fromMs, toMs, token),
      });
      yield value.news ?? [];
      seen.add(token);
      pageToken = value.next_page_token ?? "";
      if (pageToken === "") return;
    }
  }

  private sendNews(symbols: string, fromMs: number, toMs: number, pageToken: string): Promise<HttpAnswer> {
    const { credentials, baseUrl = hostUrl } = this.options;
    const { Configuration, NewsApi } = this.library.marketData;
    return this.record((fetchApi) =>
      new NewsApi(new Configuration({ ...credentials, basePath: baseUrl, timeoutMs: 0, fetchApi })).newsRaw({
        symbols,
        start: new Date(fromMs),
        // The end is inclusive, and so are whole seconds.
        end: new Date(toMs - 1),
        sort: "asc",
        limit: pageItems,
        includeContent: false,
        ...(pageToken === "" ? {} : { pageToken }),
      }),
    );
  }

  /**
   * Throws `SYMBOL_UNKNOWN` for the first symbol that Alpaca does not list. News of an unknown symbol are answered with
   * nothing, as of a quiet one: only the list tells them apart. Without the list nobody is refused.
   */
  async refuseUnknown(symbols: readonly string[], signal: AbortSignal): Promise<void> {
    const known = await this.symbols.all(signal).catch(() => null);
    if (known === null) return;
    const names = new Set(known.map((info) => newsSymbol(info.symbol)));
    const unknown = symbols.find((symbol) => !names.has(newsSymbol(symbol)));
    if (unknown !== undefined) throw await this.symbols.unknown(unknown);
  }

  /** Shares and crypto, also those that no longer trade: there was news of them once. */
  private async listSymbols(signal?: AbortSignal): Promise<readonly SymbolInfo[]> {
    const { credentials, tradingUrl = tradingHostUrl } = this.options;
    const { trading } = this.library;
    const lists: SymbolInfo[][] = [];
    for (const assetClass of ["us_equity", "crypto"]) {
      const { value } = await this.call([], {
        what: "the list of symbols",
        weight: 1,
        schema: assetsSchema,
        signal,
        send: () =>
          this.record((fetchApi) =>
            new trading.AssetsApi(
              new trading.Configuration({ ...credentials, basePath: tradingUrl, timeoutMs: 0, fetchApi }),
            ).getV2AssetsRaw({ assetClass }),
          ),
      });
      lists.push(toSymbols(value));
    }
    return lists.flat();
  }

  private call<T>(symbols: readonly string[], ask: Ask<T>): Promise<Reply<T>> {
    const { credentials, baseUrl = hostUrl, requestsPerMinute = requestsPerMinuteDefault } = this.options;
    const redact = redactor([credentials.keyId, credentials.secret]);
    const caller = new RestCaller({
      ...this.resolved,
      venue: "Alpaca",
      limit: this.resolved.limits.of(baseUrl, { weight: requestsPerMinute, windowMs: 60_000 }),
      redact,
      judge: (answer) =>
        judgeAlpaca(answer, ask.what, redact, () =>
          this.symbols.unknown(symbolIn(answer) ?? symbols[0] ?? "?"),
        ),
    });
    return caller.call(ask);
  }

  /** Lets the client send one request through a `fetch` that keeps the answer; what the client makes of it is ignored. */
  private async record(run: (fetchApi: RecordingFetch["fetch"]) => Promise<unknown>): Promise<HttpAnswer> {
    const recording = new RecordingFetch(this.resolved.clock, this.resolved.requestTimeoutMs);
    await run(recording.fetch).catch(() => {});
    if (recording.answer !== null) return recording.answer;
    throw recording.failure ?? new TransportError("the client sent nothing");
  }
}

/** Alpaca does not say which of its two stamps a range is about: either will do. */
function isIn({ publishedAtMs, updatedAtMs }: NewsItem, { fromMs, toMs }: NewsRequest): boolean {
  const isWithin = (timeMs: number): boolean => timeMs >= fromMs && timeMs < toMs;
  return isWithin(publishedAtMs) || isWithin(updatedAtMs);
}

function isFirst(seen: Set<string>, { id, updatedAtMs }: NewsItem): boolean {
  const key = `${id} ${updatedAtMs}`;
  if (seen.has(key)) return false;
  seen.add(key);
  return true;
}

function symbolIn(answer: HttpAnswer): string | null {
  const said = refusalSchema.safeParse(answer.body).data?.message ?? "";
  return /invalid symbol:\s*(\S+)/i.exec(said)?.[1] ?? null;
}

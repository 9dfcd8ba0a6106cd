import { KiwiError } from "../../../base/errors.ts";
import type { NewsItem, NewsRequest, NewsSource } from "../../../ports/news-source.ts";
import { redactor } from "../../shared/redact.ts";
import { keyMissing, sourceClosed } from "../shared/source-errors.ts";
import { resolveOptions } from "../shared/source-options.ts";
import { NewsSymbols } from "./alpaca-news-messages.ts";
import { AlpacaNewsRest, type AlpacaNewsOptions } from "./alpaca-news-rest.ts";
import { interpretAlpacaNews, openAlpacaNewsWire } from "./alpaca-news-wire.ts";
import { NewsStream } from "./news-stream.ts";

const name = "Alpaca news";

/**
 * News of US stocks and crypto that Alpaca passes on (from Benzinga), since 2015. Of an article that was revised its
 * history holds the newest version only, stamped with the revision. Source: docs.alpaca.markets, "News articles".
 * Throws `SOURCE_KEY_MISSING`.
 */
export async function alpacaNewsSource(options: AlpacaNewsOptions): Promise<NewsSource> {
  const { credentials } = options;
  if (credentials === undefined) throw keyMissing(name, "an API key id and secret");
  const library = await import("@alpacahq/alpaca-trade-api");
  const resolved = resolveOptions(options);
  const rest = new AlpacaNewsRest({ ...options, credentials }, library);
  const redact = redactor([credentials.keyId, credentials.secret]);
  const closing = new AbortController();
  const streams = new Set<NewsStream>();
  let opened = 0;
  return {
    name,
    fetchNews: (request) => fetchPages(rest, request, closing.signal),
    subscribe(request) {
      if (closing.signal.aborted) throw sourceClosed(name);
      checkSymbols(request.symbols);
      const names = new NewsSymbols(request.symbols);
      const stream = new NewsStream(request, {
        ...resolved,
        prng: resolved.prng.fork(`news ${opened++}`),
        openWire: (events) => openAlpacaNewsWire(library, options.wsUrl, credentials, redact, names, events),
        interpret: (message, receivedAtMs) => interpretAlpacaNews(message, names, receivedAtMs),
        fetch: (range, signal) => rest.pages({ ...range, symbols: request.symbols, signal }),
      });
      streams.add(stream);
      return {
        close() {
          streams.delete(stream);
          stream.close();
        },
      };
    },
    async close() {
      closing.abort(sourceClosed(name));
      for (const stream of streams) stream.close();
      streams.clear();
    },
  };
}

async function* fetchPages(
  rest: AlpacaNewsRest,
  request: NewsRequest,
  closing: AbortSignal,
): AsyncGenerator<readonly NewsItem[]> {
  checkSymbols(request.symbols);
  if (closing.aborted) throw sourceClosed(name);
  if (!(request.fromMs < request.toMs)) return;
  const signal = request.signal === undefined ? closing : AbortSignal.any([closing, request.signal]);
  let isEmpty = true;
  for await (const page of rest.pages({ ...request, signal })) {
    isEmpty = false;
    yield page;
  }
  if (isEmpty) await rest.refuseUnknown(request.symbols, signal);
}

function checkSymbols(symbols: readonly string[]): void {
  if (symbols.length > 0 && symbols.every((symbol) => /^[^\s&?#%,*\\"']+$/.test(symbol))) return;
  throw new KiwiError({
    code: "SYMBOL_INVALID",
    exit: "usage",
    message: `${name} was asked for ${symbols.length === 0 ? "no symbol" : symbols.map((symbol) => JSON.stringify(symbol)).join(", ")}`,
    why: "a request names at least one symbol, and a symbol holds no spaces, quotes or any of & ? # % , *",
    fix: "give symbols such as AAPL or BTC/USD",
    topic: "sources",
  });
}

import { KiwiError } from "../../../base/errors.ts";
import { formatTime } from "../../../base/time.ts";
import { barsOf, type Bars } from "../../../domain/bars.ts";
import type { Timeframe } from "../../../domain/timeframe.ts";
import type {
  BarRange,
  BarRequest,
  BarSource,
  BarSourceCapabilities,
  SubscribeRequest,
  Subscription,
  SymbolInfo,
} from "../../../ports/bar-source.ts";
import type { Clock } from "../../../ports/clock.ts";
import type { CloseOf } from "./bar-grid.ts";
import { latestBars } from "./latest-bars.ts";
import { readPage, type PageReader, type VenuePage } from "./read-page.ts";
import { RowQuarantineBook } from "./row-quarantine.ts";
import { sourceClosed, timeframeUnsupported } from "./source-errors.ts";

/** A range to page through; the signal ends it when the caller or the source does. */
export type PageRequest = BarRange & { readonly signal: AbortSignal };

/** What a venue must say about itself; `makeSource` adds everything that is the same for all. */
export type VenueParts = {
  readonly name: string;
  readonly capabilities: BarSourceCapabilities;
  readonly clock: Clock;
  /** How long a bar is left to settle after its close before it counts as closed. */
  readonly settleMsOf: (timeframe: Timeframe) => number;
  readonly closesOf: (timeframe: Timeframe) => CloseOf;
  readonly pages: (request: PageRequest) => AsyncIterable<VenuePage>;
  readonly listSymbols: (signal: AbortSignal) => Promise<readonly SymbolInfo[]>;
  /** Null where there is no stream. */
  readonly stream: ((request: SubscribeRequest) => Subscription) | null;
  /** A shorter way to the last closed bars, or null when there is none for this question. */
  readonly latest?: (symbol: string, timeframe: Timeframe, count: number) => Promise<Bars | null>;
};

/** A source out of a venue's parts: one format, one order, one set of refusals. */
export function makeSource(parts: VenueParts): BarSource {
  const closing = new AbortController();
  const streams = new Set<Subscription>();
  const fetchBars = (request: BarRequest): AsyncIterable<Bars> => fetchPages(parts, request, closing.signal);
  return {
    name: parts.name,
    capabilities: parts.capabilities,
    fetchBars,
    async latest(symbol, timeframe, count) {
      checkRequest(parts, [symbol], [timeframe], "history");
      if (count < 1) return emptyBars(symbol, timeframe);
      const short = await parts.latest?.(symbol, timeframe, count);
      return short ?? latestBars(fetchBars, parts.clock.nowMs(), symbol, timeframe, count);
    },
    subscribe(request) {
      refuseWhenClosed(parts.name, closing.signal);
      checkRequest(parts, request.symbols, request.timeframes, "stream");
      const stream = parts.stream!(request);
      streams.add(stream);
      return {
        counts: () => stream.counts(),
        close() {
          streams.delete(stream);
          stream.close();
        },
      };
    },
    async symbols() {
      refuseWhenClosed(parts.name, closing.signal);
      return parts.listSymbols(closing.signal);
    },
    async close() {
      closing.abort(sourceClosed(parts.name));
      for (const stream of streams) stream.close();
      streams.clear();
    },
  };
}

async function* fetchPages(
  parts: VenueParts,
  request: BarRequest,
  closing: AbortSignal,
): AsyncGenerator<Bars> {
  checkRequest(parts, [request.symbol], [request.timeframe], "history");
  refuseWhenClosed(parts.name, closing);
  if (!(request.fromMs < request.toMs)) return;
  const signal = request.signal === undefined ? closing : AbortSignal.any([closing, request.signal]);
  const quarantine = new RowQuarantineBook();
  const reader: PageReader = {
    range: request,
    closeOf: parts.closesOf(request.timeframe),
    settleMs: parts.settleMsOf(request.timeframe),
    quarantine,
    last: null,
  };
  const { symbol, timeframe, fromMs, toMs } = request;
  try {
    for await (const page of parts.pages({ symbol, timeframe, fromMs, toMs, signal })) {
      const bars = readPage(reader, page);
      if (bars.length > 0) yield bars;
    }
  } finally {
    const entries = quarantine.entries();
    if (entries.length > 0) request.onQuarantine?.(entries);
  }
}

function checkRequest(
  { name, capabilities }: VenueParts,
  symbols: readonly string[],
  timeframes: readonly Timeframe[],
  use: "history" | "stream",
): void {
  const offered = use === "history" ? capabilities.timeframes : capabilities.streamTimeframes;
  const wrong = timeframes.find((timeframe) => !offered.includes(timeframe));
  if (wrong !== undefined || offered.length === 0) {
    throw timeframeUnsupported(name, wrong ?? "live", offered, use);
  }
  const isSymbol = (symbol: string): boolean => /^[^\s&?#%,\\"']+$/.test(symbol);
  if (symbols.length > 0 && symbols.every(isSymbol) && timeframes.length > 0) return;
  throw new KiwiError({
    code: "SYMBOL_INVALID",
    exit: "usage",
    message: `${name} was asked for ${symbols.length === 0 ? "no symbol" : symbols.map((symbol) => JSON.stringify(symbol)).join(", ")}`,
    why: "a request names at least one symbol and timeframe, and a symbol holds no spaces, quotes or any of & ? # % ,",
    fix: `give a symbol as ${name} writes it`,
    topic: "sources",
  });
}

function refuseWhenClosed(name: string, closing: AbortSignal): void {
  if (closing.aborted) throw sourceClosed(name);
}

function emptyBars(symbol: string, timeframe: Timeframe): Bars {
  const none = new Float64Array(0);
  return barsOf(symbol, timeframe, {
    closeTimeMs: none,
    open: none,
    high: none,
    low: none,
    close: none,
    volume: none,
  });
}

/** A range in words, for messages. */
export function describeRange({ symbol, timeframe }: BarRange, fromMs: number): string {
  return `${symbol} ${timeframe} bars from ${formatTime(fromMs)}`;
}

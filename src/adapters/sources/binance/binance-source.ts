import type { BarSource, SymbolInfo } from "../../../ports/bar-source.ts";
import { longestMs, shortestMs, utcCloses } from "../shared/bar-grid.ts";
import { captureAxios, type AxiosNetwork } from "../shared/capture-axios.ts";
import { describeRange, makeSource, type PageRequest } from "../shared/make-source.ts";
import { doubtIn, newestIn, type VenuePage } from "../shared/read-page.ts";
import { redactor } from "../../shared/redact.ts";
import { symbolUnknown } from "../shared/source-errors.ts";
import { RestCaller, type Ask, type Reply } from "../../shared/rest-caller.ts";
import { resolveOptions, type SourceOptions } from "../shared/source-options.ts";
import { LiveStream } from "../shared/live-stream.ts";
import { SymbolList } from "../shared/symbol-list.ts";
import { exchangeInfoSchema, klinesSchema, toRows, toSymbols } from "./binance-messages.ts";
import { openBinanceWire } from "./binance-wire.ts";
import { interpretBinance } from "./interpret-binance.ts";
import { judgeBinance } from "./judge-binance.ts";

const hostUrl = "https://api.binance.com";
/** Of 6,000 a minute: other programs at this address want some too. */
const allowance = { weight: 4_800, windowMs: 60_000 };
const pageRows = 1_000;
/** 1,024 are allowed. */
const topicsPerConnection = 200;

const intervals = [
  "1s",
  "1m",
  "3m",
  "5m",
  "15m",
  "30m",
  "1h",
  "2h",
  "4h",
  "6h",
  "8h",
  "12h",
  "1d",
  "3d",
  "1w",
  "1M",
] as const;
type Interval = (typeof intervals)[number];

/** Spot market data of Binance; public, no key. Source: binance-spot-api-docs, rest-api.md and web-socket-streams.md. */
export async function binanceSource(options: SourceOptions): Promise<BarSource> {
  const library = await import("binance");
  const resolved = resolveOptions(options);
  const { clock } = resolved;
  const rest = new BinanceRest(options, library.MainClient);
  return makeSource({
    name: "Binance",
    capabilities: {
      timeframes: intervals,
      streamTimeframes: intervals,
      pageRowsMax: pageRows,
      pageOrder: "oldest-first",
      hasVolume: true,
      needsCredentials: false,
      calendarName: "24/7",
    },
    clock,
    settleMsOf: () => resolved.settleMs,
    closesOf: utcCloses,
    pages: (request) => rest.pages(request),
    listSymbols: (signal) => rest.symbols.all(signal),
    stream: (request) => {
      refuseLowerCase(request.symbols);
      return new LiveStream(request, {
        ...resolved,
        topicsPerConnection,
        staleAfterMs: options.staleAfterMs ?? 60_000,
        isContinuous: true,
        closesOf: utcCloses,
        interpreter: () => interpretBinance,
        openWire: (topics, events) => openBinanceWire(library.WebsocketClient, options.wsUrl, topics, events),
      });
    },
  });
}

/** Binance confirms any subscription, also to what does not exist: this mistake would only show as silence. */
function refuseLowerCase(symbols: readonly string[]): void {
  const wrong = symbols.find((symbol) => symbol !== symbol.toUpperCase());
  if (wrong !== undefined) throw symbolUnknown("Binance", wrong, [wrong.toUpperCase()]);
}

type MainClient = typeof import("binance").MainClient;

/** The REST side: one client per request, so that each answer can be seen whole. */
class BinanceRest {
  readonly symbols: SymbolList;
  private readonly caller: (what: string, symbol: string) => RestCaller;
  private readonly send: (
    run: (client: InstanceType<MainClient>) => Promise<unknown>,
  ) => ReturnType<typeof captureAxios>;

  constructor(options: SourceOptions, Client: MainClient) {
    const resolved = resolveOptions(options);
    const baseUrl = options.baseUrl ?? hostUrl;
    const limit = resolved.limits.of(baseUrl, allowance);
    this.send = (run) =>
      captureAxios(resolved.clock, resolved.requestTimeoutMs, (network: AxiosNetwork) =>
        run(new Client({ baseUrl, disableTimeSync: true }, network)),
      );
    this.symbols = new SymbolList(resolved.clock, "Binance", (signal) => this.listSymbols(signal));
    this.caller = (what, symbol) =>
      new RestCaller({
        ...resolved,
        venue: "Binance",
        limit,
        redact: redactor([]),
        judge: (answer) => judgeBinance(answer, what, () => this.symbols.unknown(symbol)),
      });
  }

  /** Pages of 1,000 from the range's start on, oldest first. */
  async *pages(request: PageRequest): AsyncGenerator<VenuePage> {
    const { symbol, timeframe, fromMs, toMs, signal } = request;
    const shortMs = shortestMs(timeframe);
    const lastMs = toMs - 1 - shortMs;
    let startMs = Math.max(0, fromMs - longestMs(timeframe));
    while (startMs <= lastMs) {
      const askedFromMs = startMs;
      const { value, generatedMs } = await this.call(symbol, {
        what: describeRange(request, askedFromMs),
        weight: 2,
        schema: klinesSchema,
        doubt: (klines) => doubtIn(toRows(klines), askedFromMs, lastMs),
        signal,
        send: () =>
          this.send((client) =>
            client.getKlines({
              symbol,
              interval: timeframe as Interval,
              startTime: askedFromMs,
              endTime: lastMs,
              limit: pageRows,
            }),
          ),
      });
      const rows = toRows(value);
      yield { rows, askedFromMs, askedToMs: lastMs, generatedMs };
      const newestMs = newestIn(rows);
      // The bar after the newest is not asked for or has not begun: there is nothing more.
      if (newestMs === null || newestMs + shortMs > Math.min(lastMs, generatedMs)) return;
      startMs = newestMs + 1;
    }
  }

  private async listSymbols(signal?: AbortSignal): Promise<readonly SymbolInfo[]> {
    const { value } = await this.call("", {
      what: "the list of symbols",
      weight: 20,
      schema: exchangeInfoSchema,
      send: () => this.send((client) => client.getExchangeInfo()),
      signal,
    });
    return toSymbols(value);
  }

  private call<T>(symbol: string, ask: Ask<T>): Promise<Reply<T>> {
    return this.caller(ask.what, symbol).call(ask);
  }
}

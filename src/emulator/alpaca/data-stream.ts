import { decode, encode } from "@msgpack/msgpack";
import { z } from "zod";
import { minuteMs } from "../../base/time.ts";
import { timeframeMs } from "../../domain/timeframe.ts";
import type { CandleBook } from "../candles/candle-book.ts";
import type { Candle } from "../candles/candle-series.ts";
import type { Exchange } from "../exchange/exchange.ts";
import type { SocketHandler, WireSocket } from "../wire/face.ts";
import { barJson, quoteJson, tradeJson } from "./bar-json.ts";

const channels = ["trades", "quotes", "bars", "updatedBars", "dailyBars", "statuses", "lulds"] as const;
type Channel = (typeof channels)[number];

const symbols = z.array(z.string()).nullish();
const message = z.object({
  action: z.string(),
  key: z.string().optional(),
  secret: z.string().optional(),
  trades: symbols,
  quotes: symbols,
  bars: symbols,
  updatedBars: symbols,
  dailyBars: symbols,
  statuses: symbols,
  lulds: symbols,
});

export type DataStreamTools = {
  readonly exchange: Exchange;
  readonly candles: CandleBook;
  readonly isCrypto: boolean;
  readonly isPacked: boolean;
  readonly isKey: (key: string, secret: string) => boolean;
  readonly watch: (change: 1 | -1) => void;
};

/** A stream of market data: every frame is an array, in MessagePack for those who ask for it. */
export function dataStream(socket: WireSocket, tools: DataStreamTools): SocketHandler {
  const stream = new DataStream(socket, tools);
  stream.answer({ T: "success", msg: "connected" });
  const stop = tools.exchange.listen((event) => {
    if (event.kind === "slice") stream.tellSlice(event.symbols);
  });
  return {
    message: (data) => stream.hear(data),
    closed() {
      stop();
      stream.end();
    },
  };
}

class DataStream {
  private readonly socket: WireSocket;
  private readonly tools: DataStreamTools;
  private readonly wanted = new Map<Channel, Set<string>>(channels.map((channel) => [channel, new Set()]));
  private isSignedIn = false;
  private isWatching = false;

  constructor(socket: WireSocket, tools: DataStreamTools) {
    this.socket = socket;
    this.tools = tools;
  }

  hear(data: Buffer): void {
    const parsed = message.safeParse(this.read(data));
    if (!parsed.success) return this.answer({ T: "error", code: 400, msg: "invalid syntax" });
    const { action, key, secret } = parsed.data;
    if (action === "auth") return this.signIn(key ?? "", secret ?? "");
    if (!this.isSignedIn) return this.answer({ T: "error", code: 401, msg: "not authenticated" });
    if (action !== "subscribe" && action !== "unsubscribe")
      return this.answer({ T: "error", code: 400, msg: "invalid syntax" });
    for (const channel of channels)
      for (const symbol of parsed.data[channel] ?? [])
        if (action === "subscribe") this.wanted.get(channel)!.add(symbol);
        else this.wanted.get(channel)!.delete(symbol);
    this.setWatching([...this.wanted.values()].some((set) => set.size > 0));
    this.answer({ T: "subscription", ...this.subscription() });
  }

  answer(frame: Record<string, unknown>): void {
    this.socket.answer(this.write([frame]));
  }

  tellSlice(closed: readonly string[]): void {
    if (!this.isWatching) return;
    const { exchange, isCrypto } = this.tools;
    const frames = closed
      .filter((symbol) => (exchange.listing(symbol)!.assetClass !== "equity") === isCrypto)
      .flatMap((symbol) => this.framesOf(symbol));
    if (frames.length > 0) this.socket.tell(this.write(frames));
  }

  end(): void {
    this.setWatching(false);
  }

  private signIn(key: string, secret: string): void {
    if (this.isSignedIn) return this.answer({ T: "error", code: 403, msg: "already authenticated" });
    if (!this.tools.isKey(key, secret)) return this.answer({ T: "error", code: 402, msg: "auth failed" });
    this.isSignedIn = true;
    this.answer({ T: "success", msg: "authenticated" });
  }

  private framesOf(symbol: string): readonly Record<string, unknown>[] {
    const { exchange, candles, isCrypto } = this.tools;
    const { timeframe } = exchange.played(symbol).bars;
    // Bars of the stream are minutes; where the tape is coarser, they are those of the tape.
    const isFine = timeframeMs(timeframe) < minuteMs;
    const minute = candles.of(symbol, isFine ? "1m" : timeframe)!.candles.at(-1)!;
    const tick = isFine ? candles.of(symbol, timeframe)!.candles.at(-1)! : minute;
    const frames: Record<string, unknown>[] = [];
    const { tickSize } = exchange.listing(symbol)!;
    if (this.wants("trades", symbol)) frames.push(this.frame("t", symbol, tradeJson(tick, isCrypto), tick));
    if (this.wants("quotes", symbol))
      frames.push(this.frame("q", symbol, quoteJson(tick, tickSize, isCrypto), tick));
    if (this.wants("bars", symbol) && minute.isClosed)
      frames.push(this.frame("b", symbol, barJson(minute), minute, minute.openMs));
    if (this.wants("dailyBars", symbol)) {
      const day = candles.of(symbol, "1d")?.candles.at(-1);
      if (day !== undefined) frames.push(this.frame("d", symbol, barJson(day), day, day.openMs));
    }
    return frames;
  }

  /** In MessagePack times are times of its own, else they are texts. */
  private frame(
    T: string,
    S: string,
    body: Record<string, unknown>,
    { endMs }: Candle,
    timeMs = endMs,
  ): Record<string, unknown> {
    return { T, S, ...body, t: this.tools.isPacked ? new Date(timeMs) : body["t"] };
  }

  private wants(channel: Channel, symbol: string): boolean {
    const wanted = this.wanted.get(channel)!;
    return wanted.has("*") || wanted.has(symbol);
  }

  private subscription(): Record<string, unknown> {
    return Object.fromEntries(channels.map((channel) => [channel, [...this.wanted.get(channel)!]]));
  }

  private setWatching(isWatching: boolean): void {
    if (isWatching !== this.isWatching) this.tools.watch(isWatching ? 1 : -1);
    this.isWatching = isWatching;
  }

  private read(data: Buffer): unknown {
    try {
      return this.tools.isPacked ? decode(data) : JSON.parse(data.toString());
    } catch {
      return null;
    }
  }

  private write(frames: readonly Record<string, unknown>[]): string | Uint8Array {
    return this.tools.isPacked ? encode(frames) : JSON.stringify(frames);
  }
}

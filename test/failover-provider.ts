import { KiwiError } from "../src/base/errors.ts";
import { Prng } from "../src/base/prng.ts";
import { minuteMs, secondMs } from "../src/base/time.ts";
import { BarTable } from "../src/domain/bar-table.ts";
import type { Bars } from "../src/domain/bars.ts";
import type {
  BarRequest,
  BarSource,
  BarSourceCapabilities,
  LiveBar,
  StreamCounts,
  SubscribeRequest,
  Subscription,
  SymbolInfo,
} from "../src/ports/bar-source.ts";
import type { ManualClock } from "./fakes/manual-clock.ts";

/** The numbers of a bar. */
export type TrueBar = Pick<LiveBar, "open" | "high" | "low" | "close" | "volume">;

/** The minute bar of a symbol that closes then. Binary fractions, so that powers of two scale without rounding. */
export function trueBar(symbol: string, closeTimeMs: number): TrueBar {
  const minute = Math.round(closeTimeMs / minuteMs);
  const level = (step: number): number =>
    100 + (((step * 7919 + symbol.length * 131) % 997) + (step % 61)) / 1024;
  const open = level(minute - 1);
  const close = level(minute);
  return {
    open,
    high: Math.max(open, close) + 1 / 64,
    low: Math.min(open, close) - 1 / 32,
    close,
    volume: 1 + (minute % 13) / 8,
  };
}

/**
 * What is wrong with a provider for a while. `silent`: no bars, and history that ends; `hanging`: no bars and no
 * answers; `failing`: the stream reconnects and history fails; `lying`: bars that cannot be.
 */
export type Outage = {
  readonly kind: "silent" | "hanging" | "failing" | "lying";
  readonly fromMs: number;
  readonly toMs: number;
};

/** A kind of bar that cannot be. */
export type Lie = "negativeVolume" | "ohlc" | "nonPositive" | "future" | "past" | "symbol" | "offGrid";
const lies: readonly Lie[] = ["negativeVolume", "ohlc", "nonPositive", "future", "past", "symbol", "offGrid"];

export type FailoverProviderOptions = {
  readonly name: string;
  readonly clock: ManualClock;
  readonly outages?: readonly Outage[];
  /** How long after its close a bar is sent. */
  readonly delayMs?: number;
  readonly seed?: number;
  /** Our symbol out of the provider's. */
  readonly symbolFrom?: (symbol: string) => string;
  readonly numbersOf?: (symbol: string, closeTimeMs: number) => TrueBar;
  /** The only way to lie; any way when left out. */
  readonly lie?: Lie;
};

type Listener = { readonly request: SubscribeRequest; isLive: boolean; lastMs: number; sent: number };

const settleMs = secondMs / 2;
const pageRows = 40;

/** A provider of minute bars in memory, with outages by plan. */
export class FailoverProvider implements BarSource {
  readonly name: string;
  readonly capabilities: BarSourceCapabilities = {
    timeframes: ["1m"],
    streamTimeframes: ["1m"],
    pageRowsMax: pageRows,
    pageOrder: "oldest-first",
    hasVolume: true,
    needsCredentials: false,
    calendarName: "24/7",
  };
  /** Requests for history so far. */
  fetches = 0;
  private readonly clock: ManualClock;
  private readonly outages: readonly Outage[];
  private readonly delayMs: number;
  private readonly prng: Prng;
  private readonly numbersOf: (symbol: string, closeTimeMs: number) => TrueBar;
  private readonly lie: Lie | null;
  private readonly listeners = new Set<Listener>();

  constructor(options: FailoverProviderOptions) {
    const { name, clock, outages = [], delayMs = 300, seed = 1, lie = null } = options;
    const { symbolFrom = (symbol) => symbol, numbersOf = trueBar } = options;
    this.name = name;
    this.clock = clock;
    this.outages = outages;
    this.delayMs = delayMs;
    this.prng = new Prng(seed);
    this.lie = lie;
    this.numbersOf = (symbol, closeTimeMs) => numbersOf(symbolFrom(symbol), closeTimeMs);
    for (const { fromMs, toMs } of outages) {
      for (const timeMs of [fromMs, toMs]) clock.schedule(timeMs - clock.nowMs(), () => this.tellState());
    }
    this.sendNext();
  }

  /** Streams that are open now. */
  get open(): number {
    return this.listeners.size;
  }

  /** Ends every stream that is open now, for good. */
  refuse(): void {
    for (const listener of this.listeners) {
      this.listeners.delete(listener);
      listener.request.onState({
        kind: "refused",
        atMs: this.clock.nowMs(),
        error: new Error("not for you"),
      });
    }
  }

  async *fetchBars({ symbol, timeframe, fromMs, toMs, signal }: BarRequest): AsyncGenerator<Bars> {
    this.fetches += 1;
    const first = Math.ceil(fromMs / minuteMs) * minuteMs;
    for (let pageMs = first; pageMs < toMs; pageMs += pageRows * minuteMs) {
      const outage = this.outageNow();
      if (outage?.kind === "failing") throw down(this.name);
      if (outage?.kind === "hanging") await untilAborted(signal);
      await Promise.resolve();
      const knownMs = outage?.kind === "silent" ? outage.fromMs : this.clock.nowMs() - settleMs;
      const endMs = Math.min(toMs - 1, pageMs + (pageRows - 1) * minuteMs, knownMs);
      const table = new BarTable(symbol, timeframe);
      for (let closeTimeMs = pageMs; closeTimeMs <= endMs; closeTimeMs += minuteMs) {
        const { open, high, low, close, volume } = this.numbersOf(symbol, closeTimeMs);
        const isLie = outage?.kind === "lying" && this.prng.next() < 0.3;
        table.append(closeTimeMs, open, isLie ? low / 2 : high, low, close, isLie ? -volume : volume);
      }
      if (table.length > 0) yield table;
    }
  }

  async latest(symbol: string, timeframe: "1m", count: number): Promise<Bars> {
    const nowMs = this.clock.nowMs();
    const fromMs = Math.floor((nowMs - settleMs) / minuteMs) * minuteMs - (count - 1) * minuteMs;
    let last: Bars = new BarTable(symbol, timeframe);
    for await (const page of this.fetchBars({ symbol, timeframe, fromMs, toMs: nowMs })) last = page;
    return last;
  }

  subscribe(request: SubscribeRequest): Subscription {
    const listener: Listener = { request, isLive: false, lastMs: Number.NaN, sent: 0 };
    this.listeners.add(listener);
    request.onState({ kind: "connecting", atMs: this.clock.nowMs(), attempt: 1 });
    this.clock.schedule(100, () => this.tellState());
    return {
      counts: () => countsOf(listener),
      close: () => void this.listeners.delete(listener),
    };
  }

  async symbols(): Promise<readonly SymbolInfo[]> {
    return [];
  }

  async close(): Promise<void> {
    this.listeners.clear();
  }

  private outageNow(): Outage | undefined {
    const nowMs = this.clock.nowMs();
    return this.outages.find(({ fromMs, toMs }) => fromMs <= nowMs && nowMs < toMs);
  }

  private tellState(): void {
    const atMs = this.clock.nowMs();
    const isDown = this.outageNow()?.kind === "failing";
    for (const listener of this.listeners) {
      const { request, isLive, lastMs } = listener;
      if (isDown && isLive)
        request.onState({ kind: "reconnecting", atMs, attempt: 1, delayMs: 0, reason: "connection lost" });
      if (!isDown && !isLive) {
        const backfill = Number.isNaN(lastMs)
          ? []
          : request.symbols.map((symbol) => ({
              symbol,
              timeframe: "1m" as const,
              fromMs: lastMs + 1,
              toMs: atMs + 1,
            }));
        request.onState({ kind: "live", atMs, backfill });
      }
      listener.isLive = !isDown;
    }
  }

  private sendNext(): void {
    const nowMs = this.clock.nowMs();
    const closeTimeMs = (Math.floor((nowMs - this.delayMs) / minuteMs) + 1) * minuteMs;
    this.clock.schedule(closeTimeMs + this.delayMs - nowMs, () => {
      this.send(closeTimeMs);
      this.sendNext();
    });
  }

  private send(closeTimeMs: number): void {
    const kind = this.outageNow()?.kind;
    if (kind !== undefined && kind !== "lying") return;
    for (const listener of this.listeners) {
      if (!listener.isLive) continue;
      for (const symbol of listener.request.symbols) {
        const bar: LiveBar = { symbol, timeframe: "1m", closeTimeMs, ...this.numbersOf(symbol, closeTimeMs) };
        listener.sent += 1;
        void listener.request.onBar(kind === "lying" ? this.lieAbout(bar) : bar);
      }
      listener.lastMs = closeTimeMs;
    }
  }

  private lieAbout(bar: LiveBar): LiveBar {
    const { closeTimeMs } = bar;
    switch (this.lie ?? lies[this.prng.integer(lies.length)]!) {
      case "negativeVolume":
        return { ...bar, volume: -bar.volume };
      case "ohlc":
        return { ...bar, high: bar.low / 2 };
      case "nonPositive":
        return { ...bar, low: -bar.low };
      case "future":
        return { ...bar, closeTimeMs: closeTimeMs + (1 + this.prng.integer(600)) * minuteMs };
      case "past":
        return { ...bar, closeTimeMs: closeTimeMs - (1 + this.prng.integer(30)) * minuteMs };
      case "symbol":
        return { ...bar, symbol: `${bar.symbol}X` };
      case "offGrid":
        return { ...bar, closeTimeMs: closeTimeMs - 17 };
    }
  }
}

function down(name: string): KiwiError {
  return new KiwiError({
    code: "SOURCE_UNREACHABLE",
    exit: "network",
    message: `${name} is down`,
    why: "a test says so",
    fix: "wait",
    topic: "sources",
  });
}

function untilAborted(signal: AbortSignal | undefined): Promise<never> {
  return new Promise((_, reject) => {
    signal?.addEventListener("abort", () => reject(new Error("aborted")), { once: true });
  });
}

function countsOf({ sent }: Listener): StreamCounts {
  return {
    messages: sent,
    bars: sent,
    revisions: 0,
    duplicates: 0,
    late: 0,
    open: 0,
    trades: 0,
    quarantined: 0,
    dropped: 0,
    unreadable: 0,
    ignored: {},
    connections: 1,
  };
}

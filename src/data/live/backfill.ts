import { mapConcurrently } from "../../base/map-concurrently.ts";
import type { Bars } from "../../domain/bars.ts";
import { timeframeMs } from "../../domain/timeframe.ts";
import { sleep } from "../../ports/clock.ts";
import { fetchRange, type FetchParts, type SymbolRange } from "./fetch-range.ts";

/** How missing bars are fetched and who gets them. */
export type BackfillParts = FetchParts & {
  /** Bars of a symbol fetched before the instants so far are handed over: what bounds memory after a long outage. */
  readonly windowBars: number;
  readonly fetchesAtOnce: number;
  readonly onBars: (symbol: string, bars: Bars) => void | Promise<void>;
  /** The symbol cannot be backfilled and goes on with a hole. */
  readonly onGivenUp: (symbol: string) => void;
  /** Instants before `holdFromMs` may go: resolves when they have. */
  readonly onWindow: () => Promise<void>;
};

/**
 * Fetches what the stream missed, window by window in the order of time and all symbols side by side. While it does,
 * the instants from `holdFromMs` on wait.
 */
export class Backfill {
  private readonly parts: BackfillParts;
  private readonly wanted = new Map<string, SymbolRange>();
  /** The end of each symbol's range in this round. */
  private underWay: ReadonlyMap<string, number> = new Map();
  private windowFromMs = Infinity;
  private wantedFromMs = Infinity;
  private readyAtMs = -Infinity;
  private isRunning = false;
  private isStarted = false;

  constructor(parts: BackfillParts) {
    this.parts = parts;
  }

  /** The earliest instant that may still get bars; Infinity when nothing is missing. */
  get holdFromMs(): number {
    return Math.min(this.windowFromMs, this.wantedFromMs);
  }

  /** Up to where a symbol's bars are being fetched, or will be; -Infinity when they are not. */
  throughMs(symbol: string): number {
    const wantedMs = this.wanted.get(symbol)?.toMs ?? -Infinity;
    return Math.max(wantedMs, this.underWay.get(symbol) ?? -Infinity) - 1;
  }

  /** Asks for a range of a symbol, together with what is asked for already, not before `readyAtMs`. */
  add({ symbol, fromMs, toMs }: SymbolRange, readyAtMs = -Infinity): void {
    if (!(fromMs < toMs)) return;
    const known = this.wanted.get(symbol);
    this.wanted.set(symbol, {
      symbol,
      fromMs: Math.min(fromMs, known?.fromMs ?? fromMs),
      toMs: Math.max(toMs, known?.toMs ?? toMs),
    });
    this.wantedFromMs = Math.min(this.wantedFromMs, fromMs);
    this.readyAtMs = Math.max(this.readyAtMs, readyAtMs);
    this.run();
  }

  /** Begins to fetch; until then ranges are only collected. */
  start(): void {
    this.isStarted = true;
    this.run();
  }

  private run(): void {
    if (!this.isStarted || this.isRunning || this.wanted.size === 0) return;
    this.isRunning = true;
    void this.runRounds();
  }

  private async runRounds(): Promise<void> {
    const { clock, signal } = this.parts;
    while (this.wanted.size > 0 && !signal.aborted) {
      const waitMs = this.readyAtMs - clock.nowMs();
      // The sleep ends early when the feed closes: nobody waits for what is left.
      if (waitMs > 0) await sleep(clock, waitMs, signal).catch(() => {});
      await this.round();
    }
    this.isRunning = false;
  }

  private async round(): Promise<void> {
    const ranges = [...this.wanted.values()];
    this.wanted.clear();
    this.windowFromMs = this.wantedFromMs;
    this.wantedFromMs = Infinity;
    this.underWay = new Map(ranges.map(({ symbol, toMs }) => [symbol, toMs]));
    const givenUp = new Set<string>();
    const untilMs = ranges.reduce((latest, { toMs }) => Math.max(latest, toMs), -Infinity);
    const windowMs = this.parts.windowBars * timeframeMs(this.parts.timeframe);
    while (this.windowFromMs < untilMs && !this.parts.signal.aborted) {
      const toMs = Math.min(untilMs, this.windowFromMs + windowMs);
      const window = ranges
        .filter((range) => !givenUp.has(range.symbol))
        .map((range) => clip(range, this.windowFromMs, toMs))
        .filter((range) => range.fromMs < range.toMs);
      await mapConcurrently(window, this.parts.fetchesAtOnce, async (range) => {
        if (!(await this.fetchWindow(range))) givenUp.add(range.symbol);
      });
      this.windowFromMs = toMs;
      if (toMs < untilMs) await this.parts.onWindow();
    }
    this.windowFromMs = Infinity;
    this.underWay = new Map();
    // The last window needs no answer; whoever waits for it looks again.
    void this.parts.onWindow();
  }

  private async fetchWindow(range: SymbolRange): Promise<boolean> {
    const { symbol } = range;
    const isWhole = await fetchRange(this.parts, range, (bars) => this.parts.onBars(symbol, bars));
    if (!isWhole && !this.parts.signal.aborted) this.parts.onGivenUp(symbol);
    return isWhole;
  }
}

function clip({ symbol, fromMs, toMs }: SymbolRange, lowMs: number, highMs: number): SymbolRange {
  return { symbol, fromMs: Math.max(fromMs, lowMs), toMs: Math.min(toMs, highMs) };
}

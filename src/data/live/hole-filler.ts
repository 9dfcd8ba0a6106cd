import { minuteMs, secondMs } from "../../base/time.ts";
import type { Timeframe } from "../../domain/timeframe.ts";
import { sleep, type Clock } from "../../ports/clock.ts";
import type { BarStore } from "../../ports/bar-store.ts";
import { timeRangeMax } from "../../ports/fetched-ranges.ts";
import type { DataPipeline, FetchRequest } from "../pipeline/data-pipeline.ts";
import type { FeedEvent } from "./feed-event.ts";

/** A moment for more holes to show, and for the venue to publish the bars of the last one. */
const settleMs = 2 * secondMs;
const delayMsBase = 5 * secondMs;
const delayMsMax = 5 * minuteMs;

/** What is filled, and how. */
export type HoleFillerParts = {
  readonly pipeline: Pick<DataPipeline, "fetchMany">;
  readonly store: Pick<BarStore, "lastCloseMs" | "missingOf">;
  readonly symbols: readonly string[];
  readonly timeframe: Timeframe;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  readonly onEvent: (event: FeedEvent) => void;
};

/**
 * Fetches what a store knows to be missing, again and again until it has come: the venue may be away for minutes or days.
 * Begins with what has closed since the newest bar held.
 */
export class HoleFiller {
  private readonly parts: HoleFillerParts;
  private stirred = Promise.withResolvers<void>();
  /** Symbols whose newest bars have not been asked for yet. */
  private readonly behind: Set<string>;

  constructor(parts: HoleFillerParts) {
    this.parts = parts;
    this.behind = new Set(parts.symbols);
  }

  /** A hole was noted. */
  stir(): void {
    this.stirred.resolve();
  }

  /** Runs until the signal ends it. */
  async run(): Promise<void> {
    const { signal } = this.parts;
    let tries = 0;
    while (!signal.aborted) {
      const isWhole = await this.round();
      if (signal.aborted) return;
      tries = isWhole ? 0 : tries + 1;
      await this.pause(isWhole ? Infinity : Math.min(delayMsMax, delayMsBase * 2 ** (tries - 1)));
    }
  }

  /** Asks once for everything that is missing; false where something still is. */
  private async round(): Promise<boolean> {
    const { pipeline, signal } = this.parts;
    const requests = await this.requests();
    const outcomes = await pipeline.fetchMany(requests.map((request) => ({ ...request, signal })));
    for (const outcome of outcomes) {
      const { symbol, fromMs, toMs } = outcome.request;
      if (signal.aborted) return false;
      if (outcome.kind === "failed")
        this.parts.onEvent({ kind: "holeStays", symbol, fromMs, toMs, error: outcome.error });
      else if (outcome.report.requestedBars > 0)
        this.parts.onEvent({ kind: "backfilled", symbol, fromMs, toMs, bars: outcome.report.added });
      if (outcome.kind === "fetched" && toMs === Infinity) this.behind.delete(symbol);
    }
    const left = await Promise.all(this.parts.symbols.map(async (symbol) => this.holesOf(symbol)));
    return outcomes.every(({ kind }) => kind === "fetched") && left.every((holes) => holes.length === 0);
  }

  private async requests(): Promise<readonly FetchRequest[]> {
    const { symbols, timeframe, store } = this.parts;
    const requests: FetchRequest[] = [];
    for (const symbol of symbols) {
      for (const { fromMs, toMs } of await this.holesOf(symbol))
        requests.push({ symbol, timeframe, fromMs, toMs });
      const lastMs = this.behind.has(symbol) ? await store.lastCloseMs(symbol, timeframe) : null;
      if (lastMs !== null) requests.push({ symbol, timeframe, fromMs: lastMs + 1, toMs: Infinity });
    }
    return requests;
  }

  /** Holes whose ends are known: of the others only a person can say what to ask for. */
  private async holesOf(symbol: string) {
    const missing = await this.parts.store.missingOf(symbol, this.parts.timeframe);
    return missing.filter(({ fromMs, toMs }) => fromMs > timeRangeMax.fromMs && toMs < timeRangeMax.toMs);
  }

  private async pause(spanMs: number): Promise<void> {
    const { clock, signal } = this.parts;
    const ending = new AbortController();
    const isOver = AbortSignal.any([signal, ending.signal]);
    const aborted = new Promise<void>((resolve) =>
      isOver.addEventListener("abort", () => resolve(), { once: true }),
    );
    const timer = spanMs < Infinity ? sleep(clock, spanMs, isOver).catch(() => {}) : aborted;
    await Promise.race([this.stirred.promise, timer, aborted]);
    ending.abort(new Error("no longer waited for"));
    this.stirred = Promise.withResolvers<void>();
    await sleep(clock, settleMs, signal).catch(() => {});
  }
}

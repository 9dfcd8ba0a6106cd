import { KiwiError } from "../../../base/errors.ts";
import { hourMs } from "../../../base/time.ts";
import type { Bars } from "../../../domain/bars.ts";
import type { Calendar } from "../../../domain/calendar/calendar.ts";
import { timeframeMs, type Timeframe } from "../../../domain/timeframe.ts";
import type { SubscribeRequest, Subscription } from "../../../ports/bar-source.ts";
import { utcCloses, utcOpenOf } from "./bar-grid.ts";
import { LiveStream } from "./live-stream.ts";
import type { ResolvedOptions } from "./source-options.ts";
import type { StreamEvent, StreamTopic } from "./stream-events.ts";
import type { Wire, WireEvents } from "../../shared/wire.ts";

/** Bars asked for at most, however many did not come. */
const rowsMax = 500;
/** A bar that is not there yet is asked for again after 1, 2, 4 ... seconds. */
const retriesMax = 5;

/** What a source without a stream must say about itself. */
export type PollingParts = Pick<
  ResolvedOptions,
  "clock" | "prng" | "bufferMax" | "clockSkewMsMax" | "settleMs"
> & {
  /** When its bars end; nothing is asked for while the market is closed. */
  readonly calendar: Calendar;
  /** Every bar is there, also one without a trade. Only in a market that never closes. */
  readonly isContinuous: boolean;
  /** How long a bar may be late before it is reported. */
  readonly overdueAfterMs: number;
  /** The last `count` closed bars. Throws a `KiwiError`. */
  readonly latest: (symbol: string, timeframe: Timeframe, count: number) => Promise<Bars>;
};

/** A subscription to a source that only answers: asks for each bar when it has closed and had time to settle. */
export function pollingStream(request: SubscribeRequest, parts: PollingParts): Subscription {
  const { isContinuous } = parts;
  return new LiveStream(request, {
    ...parts,
    staleAfterMs: parts.overdueAfterMs,
    topicsPerConnection: Number.POSITIVE_INFINITY,
    // Silence is no sign here: a question that fails is.
    isQuiet: () => true,
    // The bars were checked when they were fetched; without a common grid their close stands for them.
    closesOf: isContinuous ? utcCloses : () => (closeMs) => closeMs,
    interpreter: () => (event) => [event as StreamEvent],
    openWire: (topics, events) => {
      const wire = new PollingWire(parts, topics, events);
      void wire.open();
      return { close: () => wire.close() };
    },
  });
}

type Polled = {
  readonly topic: StreamTopic;
  lastCloseMs: number;
  /** Bars that should have closed since the last one that came. */
  awaited: number;
  cancel: () => void;
};

class PollingWire implements Wire {
  private readonly parts: PollingParts;
  private readonly polled: readonly Polled[];
  private readonly events: WireEvents;
  private isClosed = false;

  constructor(parts: PollingParts, topics: readonly StreamTopic[], events: WireEvents) {
    this.parts = parts;
    this.events = events;
    // What closed a moment ago cannot have been in anybody's history yet.
    const lastCloseMs = parts.clock.nowMs() - parts.settleMs;
    this.polled = topics.map((topic) => ({ topic, lastCloseMs, awaited: 0, cancel: () => {} }));
  }

  /** Asks once, to see that the venue answers, and then bar by bar. */
  async open(): Promise<void> {
    const [first] = this.polled;
    if (first === undefined || !(await this.fetch(first, 1))) return;
    this.emit({ kind: "ready" });
    for (const polled of this.polled) this.waitForNext(polled);
  }

  close(): void {
    this.isClosed = true;
    for (const { cancel } of this.polled) cancel();
  }

  private waitForNext(polled: Polled): void {
    const { clock, calendar, settleMs } = this.parts;
    const { timeframe } = polled.topic;
    const afterMs = Math.max(polled.lastCloseMs, clock.nowMs() - settleMs);
    const closeMs = nextCloseMs(calendar, timeframe, afterMs);
    polled.awaited += 1;
    this.wait(polled, closeMs + settleMs - clock.nowMs(), () => void this.poll(polled, closeMs, 0));
  }

  private async poll(polled: Polled, closeMs: number, retries: number): Promise<void> {
    if (!(await this.fetch(polled, Math.min(rowsMax, polled.awaited + 1)))) return;
    const delayMs = 1000 * 2 ** retries;
    const isSoon = retries < retriesMax && delayMs < timeframeMs(polled.topic.timeframe);
    const isMissing = polled.lastCloseMs < closeMs && isSoon;
    if (!isMissing) return this.waitForNext(polled);
    this.wait(polled, delayMs, () => void this.poll(polled, closeMs, retries + 1));
  }

  private wait(polled: Polled, spanMs: number, run: () => void): void {
    if (!this.isClosed) polled.cancel = this.parts.clock.schedule(Math.max(0, spanMs), run);
  }

  /** Hands on what is new; false when the wire is gone. */
  private async fetch(polled: Polled, count: number): Promise<boolean> {
    const { symbol, timeframe } = polled.topic;
    try {
      const bars = await this.parts.latest(symbol, timeframe, count);
      for (let row = 0; row < bars.length; row++) this.take(polled, bars, row);
    } catch (error) {
      this.fail(error);
    }
    return !this.isClosed;
  }

  private take(polled: Polled, bars: Bars, row: number): void {
    const closeMs = bars.closeTimeMs[row]!;
    if (closeMs <= polled.lastCloseMs) return;
    polled.lastCloseMs = closeMs;
    polled.awaited = 0;
    this.emit({
      kind: "bar",
      ...polled.topic,
      isClosed: true,
      row: {
        openMs: this.parts.isContinuous ? utcOpenOf(closeMs, polled.topic.timeframe) : closeMs,
        open: bars.open[row]!,
        high: bars.high[row]!,
        low: bars.low[row]!,
        close: bars.close[row]!,
        volume: bars.volume[row]!,
      },
    });
  }

  private emit(event: StreamEvent): void {
    if (!this.isClosed) this.events.message(event);
  }

  private fail(error: unknown): void {
    if (this.isClosed) return;
    this.close();
    if (!(error instanceof KiwiError)) {
      queueMicrotask(() => {
        throw error;
      });
      return;
    }
    const passes = error.parts.exit === "network" || error.parts.exit === "safety";
    if (passes) this.events.lost(error.parts.message);
    else this.events.message({ kind: "refused", error } satisfies StreamEvent);
  }
}

/** When the first bar after `afterMs` closes in which the market is open. */
function nextCloseMs(calendar: Calendar, timeframe: Timeframe, afterMs: number): number {
  const stepMs = Math.min(timeframeMs(timeframe), hourMs);
  for (let probeMs = afterMs + 1; ; probeMs += stepMs) {
    const closeMs = calendar.bucketEnd(probeMs, timeframe);
    if (closeMs > afterMs && calendar.isOpen(closeMs - 1)) return closeMs;
  }
}

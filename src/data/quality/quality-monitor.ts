import { formatDuration, formatTime, minuteMs, secondMs } from "../../base/time.ts";
import type { Calendar } from "../../domain/calendar/calendar.ts";
import type { Timeframe } from "../../domain/timeframe.ts";
import type { BarRange, LiveBar, RowFault, StreamState } from "../../ports/bar-source.ts";
import type { FeedHealth } from "../../ports/feed-health.ts";
import { barFault } from "./bar-fault.ts";
import { missingBetween } from "./missing-between.ts";
import { OutlierGuard } from "./outlier-guard.ts";
import { without } from "./without.ts";

/** When bars are not to be traded on. */
export type QualityPolicy = {
  /** Overdue bars of one topic that make it stale. */
  readonly staleBars: number;
  /** A bar may arrive this much after its close before it counts as overdue. */
  readonly graceMs: number;
  /** A stream may be away this long. */
  readonly reconnectMsMax: number;
  /** Our clock and a source's may be this far apart. */
  readonly clockSkewMsMax: number;
  /** Robust sigmas beyond which a close is out of line. */
  readonly outlierSigmas: number;
  /** Good bars in a row after a bad one before the symbol is traded again. */
  readonly goodBarsMin: number;
};

const defaults: QualityPolicy = {
  staleBars: 2,
  graceMs: 10 * secondMs,
  reconnectMsMax: minuteMs,
  clockSkewMsMax: 2 * secondMs,
  outlierSigmas: 15,
  goodBarsMin: 3,
};

/** Why a bar was set aside: `outOfRange` is a time that goes back or lies ahead, `outlier` a close out of line. */
export type BarFault = RowFault | "outlier";

/** What becomes of a live bar. */
export type BarVerdict =
  | { readonly kind: "good" }
  | { readonly kind: "quarantined"; readonly fault: BarFault };

type Topic = {
  readonly symbol: string;
  readonly timeframe: Timeframe;
  readonly sinceMs: number;
  readonly guard: OutlierGuard;
  lastCloseMs: number | null;
  isOverdue: boolean;
  fault: BarFault | null;
  faultMs: number;
  goodBars: number;
  quarantined: number;
};

/** What it watches, by whose calendar, and what time it is. */
export type QualityParts = {
  readonly calendarOf: (symbol: string) => Calendar;
  /** UTC milliseconds of the machine: whoever owns a clock passes it in. */
  readonly nowMs: () => number;
  readonly policy?: Partial<QualityPolicy>;
};

/**
 * Collects what is known against the bars of each symbol: late bars, holes that are not repaired, bars that cannot
 * be, a stream that is away, a clock that is off. It changes no bar and asks nobody.
 */
export class QualityMonitor implements FeedHealth {
  private readonly calendarOf: (symbol: string) => Calendar;
  private readonly nowMs: () => number;
  private readonly policy: QualityPolicy;
  private readonly topics = new Map<string, Map<Timeframe, Topic>>();
  private readonly gaps = new Map<string, readonly BarRange[]>();
  private awaySinceMs: number | null = null;
  private awayWhy = "";
  private skewMs = 0;

  constructor({ calendarOf, nowMs, policy = {} }: QualityParts) {
    this.calendarOf = calendarOf;
    this.nowMs = nowMs;
    this.policy = { ...defaults, ...policy };
  }

  /** Begins to expect bars: from now on, or after the last one that is there. Doing it twice changes nothing. */
  watch(symbol: string, timeframe: Timeframe, lastCloseMs: number | null = null): void {
    const ofSymbol = this.topics.get(symbol) ?? new Map<Timeframe, Topic>();
    this.topics.set(symbol, ofSymbol);
    if (ofSymbol.has(timeframe)) return;
    const { outlierSigmas, goodBarsMin } = this.policy;
    ofSymbol.set(timeframe, {
      symbol,
      timeframe,
      sinceMs: lastCloseMs ?? this.nowMs(),
      guard: new OutlierGuard(outlierSigmas, goodBarsMin),
      lastCloseMs,
      isOverdue: false,
      fault: null,
      faultMs: Number.NaN,
      goodBars: 0,
      quarantined: 0,
    });
  }

  /** Judges a live bar in the order of arrival. One that is quarantined should not be used. */
  noteBar(bar: LiveBar): BarVerdict {
    this.watch(bar.symbol, bar.timeframe);
    const topic = this.topics.get(bar.symbol)!.get(bar.timeframe)!;
    const fault = this.faultOf(topic, bar);
    if (fault !== null) {
      topic.fault = fault;
      topic.faultMs = bar.closeTimeMs;
      topic.goodBars = 0;
      topic.quarantined += 1;
      return { kind: "quarantined", fault };
    }
    topic.isOverdue = false;
    topic.goodBars += 1;
    if (topic.goodBars >= this.policy.goodBarsMin) topic.fault = null;
    return { kind: "good" };
  }

  /** Listens to a stream: whether it is there, and what it missed. */
  noteState(state: StreamState): void {
    switch (state.kind) {
      case "live":
        this.awaySinceMs = null;
        return state.backfill.forEach((range) => this.noteGap(range));
      case "gap":
      case "overflow":
        return state.backfill.forEach((range) => this.noteGap(range));
      case "overdue": {
        const topic = this.topics.get(state.symbol)?.get(state.timeframe);
        if (topic !== undefined) topic.isOverdue = true;
        return;
      }
      case "reconnecting":
        return this.noteAway(state.atMs, `the stream is away: ${state.reason}`);
      case "refused":
        // Refused streams do not come back by waiting.
        return this.noteAway(Number.NEGATIVE_INFINITY, `the stream was refused: ${state.error.message}`);
      case "closed":
        return this.noteAway(Number.NEGATIVE_INFINITY, "the stream is closed");
      case "connecting":
      case "heartbeat":
      case "quarantined":
        return;
    }
  }

  /** Bars of this range are missing. */
  noteGap(range: BarRange): void {
    this.noteRepaired(range);
    this.gaps.set(range.symbol, [...(this.gaps.get(range.symbol) ?? []), range]);
  }

  /** Bars of this range are there, or it is known that there are none. */
  noteRepaired(range: BarRange): void {
    const left = (this.gaps.get(range.symbol) ?? []).flatMap((gap) => without(gap, range));
    if (left.length === 0) this.gaps.delete(range.symbol);
    else this.gaps.set(range.symbol, left);
  }

  /** How far our clock is ahead of a source's, in milliseconds. */
  noteClockSkew(skewMs: number): void {
    this.skewMs = skewMs;
  }

  /** Bars set aside so far. */
  quarantinedOf(symbol: string): number {
    return [...(this.topics.get(symbol)?.values() ?? [])].reduce((sum, topic) => sum + topic.quarantined, 0);
  }

  troubleWith(symbol: string): string | null {
    const ofSymbol = [...(this.topics.get(symbol)?.values() ?? [])];
    return (
      this.clockTrouble() ??
      this.streamTrouble() ??
      firstOf(ofSymbol, (topic) => this.staleTrouble(topic)) ??
      firstOf(ofSymbol, faultTrouble) ??
      firstOf(this.gaps.get(symbol) ?? [], gapTrouble)
    );
  }

  private faultOf({ lastCloseMs }: Topic, bar: LiveBar): BarFault | null {
    const fault = barFault(bar);
    if (fault !== null) return fault;
    const isBack = lastCloseMs !== null && bar.closeTimeMs <= lastCloseMs;
    if (isBack || !(bar.closeTimeMs <= this.nowMs() + this.policy.clockSkewMsMax)) return "outOfRange";
    const topic = this.topics.get(bar.symbol)!.get(bar.timeframe)!;
    // The bar came, whatever is to be thought of its price.
    topic.lastCloseMs = bar.closeTimeMs;
    return topic.guard.isOutlier(bar.close) ? "outlier" : null;
  }

  private noteAway(sinceMs: number, why: string): void {
    this.awaySinceMs = Math.min(this.awaySinceMs ?? sinceMs, sinceMs);
    this.awayWhy = why;
  }

  private clockTrouble(): string | null {
    const { clockSkewMsMax } = this.policy;
    if (Math.abs(this.skewMs) <= clockSkewMsMax) return null;
    const side = this.skewMs > 0 ? "ahead of" : "behind";
    return `the clock is ${formatDuration(Math.abs(this.skewMs))} ${side} the source, ${formatDuration(clockSkewMsMax)} allowed`;
  }

  private streamTrouble(): string | null {
    if (this.awaySinceMs === null) return null;
    return this.nowMs() - this.awaySinceMs > this.policy.reconnectMsMax ? this.awayWhy : null;
  }

  private staleTrouble({ symbol, timeframe, sinceMs, lastCloseMs, isOverdue }: Topic): string | null {
    const { staleBars, graceMs } = this.policy;
    const calendar = this.calendarOf(symbol);
    const nowMs = this.nowMs();
    const fromMs = lastCloseMs ?? sinceMs;
    const isLate = missingBetween(calendar, fromMs, nowMs - graceMs, timeframe) >= staleBars;
    if (!isOverdue && !(isLate && calendar.isOpen(nowMs))) return null;
    return `bars of ${symbol} ${timeframe} are overdue, ${lastCloseMs === null ? "none has come yet" : `the last closed ${formatTime(lastCloseMs)}`}`;
  }
}

/** Several watchers as one: everything that any of them has to say. */
export function combineHealth(...all: readonly FeedHealth[]): FeedHealth {
  return {
    troubleWith(symbol) {
      const troubles = all.flatMap((one) => one.troubleWith(symbol) ?? []);
      return troubles.length === 0 ? null : [...new Set(troubles)].join("; ");
    },
  };
}

function faultTrouble({ symbol, timeframe, fault, faultMs }: Topic): string | null {
  if (fault === null) return null;
  return `the bar of ${symbol} ${timeframe} that closed ${formatTime(faultMs)} cannot be trusted: ${faultWords[fault]}`;
}

const faultWords: Readonly<Record<BarFault, string>> = {
  number: "a value is no finite number",
  nonPositive: "a price is zero or below",
  ohlc: "open or close lie outside of low to high",
  negativeVolume: "the volume is negative",
  offGrid: "its time is not on the grid",
  outOfRange: "its time goes back or lies ahead",
  conflict: "it contradicts another bar",
  outlier: "its close is far out of line",
};

function gapTrouble({ symbol, timeframe, fromMs }: BarRange): string {
  return `bars of ${symbol} ${timeframe} from ${formatTime(fromMs)} on are missing and not repaired yet`;
}

function firstOf<Item>(items: readonly Item[], say: (item: Item) => string | null): string | null {
  for (const item of items) {
    const said = say(item);
    if (said !== null) return said;
  }
  return null;
}

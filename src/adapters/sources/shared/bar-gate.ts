import type { Timeframe } from "../../../domain/timeframe.ts";
import type { BarRange, LiveBar } from "../../../ports/bar-source.ts";
import { longestMs, shortestMs } from "./bar-grid.ts";
import type { StreamTopic } from "./stream-events.ts";

/** What becomes of a closed bar. `gap` is what is missing before it. */
export type GateVerdict =
  | { readonly kind: "deliver"; readonly gap: BarRange | null }
  | { readonly kind: "duplicate" }
  | { readonly kind: "revision" }
  | { readonly kind: "late" };

type TopicState = {
  readonly topic: StreamTopic;
  lastBar: LiveBar | null;
  /** Everything that closes up to here was delivered or reported as missed. NaN before the first connection. */
  coveredMs: number;
  /** The last `coveredMs` that an overdue bar was reported for. */
  reportedMs: number;
};

/** Lets each closed bar of a stream through once and in order, and knows what was missed. */
export class BarGate {
  private readonly topics = new Map<string, TopicState>();
  private readonly isContinuous: boolean;

  /** `isContinuous`: every bar is sent, also one without a trade, so that a hole is a loss. */
  constructor(topics: readonly StreamTopic[], isContinuous: boolean) {
    this.isContinuous = isContinuous;
    for (const topic of topics) {
      this.topics.set(keyOf(topic), { topic, lastBar: null, coveredMs: Number.NaN, reportedMs: Number.NaN });
    }
  }

  /** Whether somebody asked for these bars. */
  wants(symbol: string, timeframe: Timeframe): boolean {
    return this.topics.has(keyOf({ symbol, timeframe }));
  }

  /** Judges a closed bar that began at `openMs`. */
  judge(bar: LiveBar, openMs: number): GateVerdict {
    const state = this.topics.get(keyOf(bar))!;
    const last = state.lastBar;
    if (last !== null && bar.closeTimeMs === last.closeTimeMs) {
      if (isSame(bar, last)) return { kind: "duplicate" };
      state.lastBar = bar;
      return { kind: "revision" };
    }
    if (last !== null && bar.closeTimeMs < last.closeTimeMs) return { kind: "late" };
    const isHole = this.isContinuous && openMs > state.coveredMs;
    const gap = isHole ? rangeOf(state.topic, state.coveredMs, bar.closeTimeMs - 1) : null;
    state.lastBar = bar;
    state.coveredMs = Number.isNaN(state.coveredMs)
      ? bar.closeTimeMs
      : Math.max(state.coveredMs, bar.closeTimeMs);
    return { kind: "deliver", gap };
  }

  /** What the topics missed up to `atMs`, when the stream comes back. Nothing at its first connection. */
  catchUp(topics: readonly StreamTopic[], atMs: number): readonly BarRange[] {
    const ranges: BarRange[] = [];
    for (const topic of topics) {
      const state = this.topics.get(keyOf(topic))!;
      if (state.coveredMs < atMs && couldClose(state, atMs)) {
        ranges.push(rangeOf(topic, state.lastBar?.closeTimeMs ?? state.coveredMs, atMs));
      }
      if (!(state.coveredMs >= atMs)) state.coveredMs = atMs;
    }
    return ranges;
  }

  /** Topics whose next bar should have come `graceMs` ago; each silence is told once. */
  overdue(
    topics: readonly StreamTopic[],
    nowMs: number,
    graceMs: number,
  ): readonly (StreamTopic & { readonly lastCloseMs: number | null })[] {
    if (!this.isContinuous) return [];
    return topics.flatMap((topic) => {
      const state = this.topics.get(keyOf(topic))!;
      const dueMs = state.coveredMs + longestMs(topic.timeframe) + graceMs;
      if (!(nowMs > dueMs) || state.reportedMs === state.coveredMs) return [];
      state.reportedMs = state.coveredMs;
      return [{ ...topic, lastCloseMs: state.lastBar?.closeTimeMs ?? null }];
    });
  }
}

function keyOf({ symbol, timeframe }: StreamTopic): string {
  return `${symbol} ${timeframe}`;
}

/** Bars that close after `afterMs` and up to `throughMs`. */
function rangeOf({ symbol, timeframe }: StreamTopic, afterMs: number, throughMs: number): BarRange {
  return { symbol, timeframe, fromMs: afterMs + 1, toMs: throughMs + 1 };
}

/** After a bar of the topic, the next one closes a whole bar later; without one, any moment may be a close. */
function couldClose({ topic, lastBar }: TopicState, atMs: number): boolean {
  return lastBar === null || lastBar.closeTimeMs + shortestMs(topic.timeframe) <= atMs;
}

function isSame(a: LiveBar, b: LiveBar): boolean {
  return (
    a.open === b.open && a.high === b.high && a.low === b.low && a.close === b.close && a.volume === b.volume
  );
}

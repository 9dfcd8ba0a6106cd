import type { Timeframe } from "../../domain/timeframe.ts";
import type { LiveBar } from "../../ports/bar-source.ts";
import type { FailoverPolicy } from "./failover-policy.ts";

/** Closes are remembered for this many bars: a slower provider is that much behind at most. */
const closesKept = 16;
/** Share of the newest return in a provider's mean absolute return. */
const returnShare = 0.1;

type Pace = { lastClose: number; meanReturn: number };
type Pair = {
  readonly names: string;
  apart: number;
  together: number;
  isDiverged: boolean;
  difference: number;
};
type Topic = {
  readonly timeframe: Timeframe;
  readonly closes: Map<number, Map<string, number>>;
  readonly paces: Map<string, Pace>;
  readonly pairs: Map<string, Pair>;
};

/** A pair of providers that begins or ends to disagree. */
export type DivergenceChange = {
  readonly kind: "diverged" | "agreed";
  readonly symbol: string;
  readonly timeframe: Timeframe;
  /** `binance and bybit`. */
  readonly providers: string;
  /** Share of the price. */
  readonly difference: number;
};

/**
 * Compares the closes of the same bar at different providers. The allowance is a share of the price or, in a wild
 * market, a multiple of the mean absolute return of the *calmer* of the two: a provider that makes prices up looks
 * wild and must not widen its own allowance.
 */
export class DivergenceWatch {
  private readonly policy: Pick<FailoverPolicy, "divergenceMax" | "divergenceReturns" | "divergenceBars">;
  private readonly symbols = new Map<string, Map<Timeframe, Topic>>();

  constructor(policy: Pick<FailoverPolicy, "divergenceMax" | "divergenceReturns" | "divergenceBars">) {
    this.policy = policy;
  }

  /** Takes a bar of a provider; says which pairs changed their mind because of it. */
  note(provider: string, bar: LiveBar): readonly DivergenceChange[] {
    const topic = this.topicOf(bar);
    paceOn(topic, provider, bar.close);
    const closes = topic.closes.get(bar.closeTimeMs) ?? new Map<string, number>();
    const changes: DivergenceChange[] = [];
    for (const [other, close] of closes) {
      if (other === provider) continue;
      const change = this.compare(topic, [other, provider], close, bar);
      if (change !== null) changes.push(change);
    }
    closes.set(provider, bar.close);
    topic.closes.set(bar.closeTimeMs, closes);
    if (topic.closes.size > closesKept) topic.closes.delete(Math.min(...topic.closes.keys()));
    return changes;
  }

  /** Which providers disagree on a symbol, in words; null when none do. */
  troubleWith(symbol: string): string | null {
    for (const { timeframe, pairs } of this.symbols.get(symbol)?.values() ?? []) {
      for (const { names, isDiverged, difference } of pairs.values()) {
        if (!isDiverged) continue;
        const { divergenceBars, divergenceMax } = this.policy;
        return `${names} disagree on ${symbol}: ${timeframe} closes ${percent(difference)} apart after ${divergenceBars} bars in a row, and ${percent(divergenceMax)} is allowed`;
      }
    }
    return null;
  }

  private compare(
    topic: Topic,
    providers: readonly [string, string],
    otherClose: number,
    bar: LiveBar,
  ): DivergenceChange | null {
    const { divergenceMax, divergenceReturns, divergenceBars } = this.policy;
    const names = providers.toSorted().join(" and ");
    const pair = topic.pairs.get(names) ?? { names, apart: 0, together: 0, isDiverged: false, difference: 0 };
    topic.pairs.set(names, pair);
    const difference = Math.abs(bar.close / otherClose - 1);
    const calmer = Math.min(...providers.map((name) => topic.paces.get(name)!.meanReturn));
    const isApart = difference > Math.max(divergenceMax, divergenceReturns * calmer);
    pair.apart = isApart ? pair.apart + 1 : 0;
    pair.together = isApart ? 0 : pair.together + 1;
    const isTurning = pair.isDiverged ? pair.together >= divergenceBars : pair.apart >= divergenceBars;
    if (!isTurning) return null;
    pair.isDiverged = !pair.isDiverged;
    pair.difference = difference;
    return {
      kind: pair.isDiverged ? "diverged" : "agreed",
      symbol: bar.symbol,
      timeframe: bar.timeframe,
      providers: names,
      difference,
    };
  }

  private topicOf({ symbol, timeframe }: LiveBar): Topic {
    const topics = this.symbols.get(symbol) ?? new Map<Timeframe, Topic>();
    this.symbols.set(symbol, topics);
    const topic = topics.get(timeframe) ?? {
      timeframe,
      closes: new Map(),
      paces: new Map(),
      pairs: new Map(),
    };
    topics.set(timeframe, topic);
    return topic;
  }
}

function paceOn({ paces }: Topic, provider: string, close: number): void {
  const pace = paces.get(provider);
  if (pace === undefined) {
    paces.set(provider, { lastClose: close, meanReturn: 0 });
    return;
  }
  pace.meanReturn += returnShare * (Math.abs(Math.log(close / pace.lastClose)) - pace.meanReturn);
  pace.lastClose = close;
}

function percent(share: number): string {
  return `${Number((100 * share).toPrecision(2))} %`;
}

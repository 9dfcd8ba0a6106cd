import type { Calendar } from "../../domain/calendar/calendar.ts";
import type { Timeframe } from "../../domain/timeframe.ts";
import type {
  BarRange,
  LiveBar,
  RowFault,
  StreamCounts,
  StreamState,
  SubscribeRequest,
  Subscription,
} from "../../ports/bar-source.ts";
import { missingBetween } from "../quality/missing-between.ts";
import type { DivergenceWatch } from "./divergence-watch.ts";
import type { PooledStream, PoolMember, ProviderPool, ProviderTrouble } from "./provider-pool.ts";
import { StreamLeg } from "./stream-leg.ts";
import { StreamNumbers } from "./stream-numbers.ts";

/** A leg that was closed, and when another may be opened. */
type PastLeg = { readonly isSpent: boolean; readonly endedMs: number };

type TopicState = {
  readonly symbol: string;
  readonly timeframe: Timeframe;
  deliveredMs: number;
  /** Everything since `subscribe` that closes up to here was delivered or announced as missed. */
  coveredMs: number;
  /** First close that came from the provider that is active now; what another one delivered is not its to revise. */
  ownFromMs: number;
};

/** One stream made of several: bars of the active provider, each once and in order, and what was missed announced. */
export class FailoverStream implements Subscription, PooledStream {
  private readonly request: SubscribeRequest;
  private readonly pool: ProviderPool;
  private readonly divergence: DivergenceWatch;
  private readonly calendarOf: (symbol: string) => Calendar;
  private readonly topics = new Map<string, TopicState>();
  private readonly legs = new Map<number, StreamLeg>();
  private readonly past = new Map<number, PastLeg>();
  private readonly numbers = new StreamNumbers();
  private pending: Promise<void> | null = null;
  private isClosed = false;

  constructor(
    request: SubscribeRequest,
    pool: ProviderPool,
    divergence: DivergenceWatch,
    calendarOf: (symbol: string) => Calendar,
  ) {
    this.request = request;
    this.pool = pool;
    this.divergence = divergence;
    this.calendarOf = calendarOf;
    for (const symbol of request.symbols) {
      for (const timeframe of request.timeframes) {
        this.topics.set(`${symbol} ${timeframe}`, {
          symbol,
          timeframe,
          deliveredMs: Number.NEGATIVE_INFINITY,
          coveredMs: pool.clock.nowMs(),
          ownFromMs: Number.POSITIVE_INFINITY,
        });
      }
    }
    pool.join(this);
  }

  counts(): StreamCounts {
    const running = [...this.legs.values()].flatMap((leg) => leg.counts() ?? []);
    return this.numbers.total(running);
  }

  close(): void {
    if (this.isClosed) return;
    this.end();
    this.request.onState({ kind: "closed", atMs: this.pool.clock.nowMs() });
  }

  /** Why bars of a symbol do not come, in words; null while they do or nobody asked for them. */
  troubleWith(symbol: string): string | null {
    if (!this.request.symbols.includes(symbol)) return null;
    const leg = this.legs.get(this.pool.activeIndex);
    return leg?.troubleAt(this.pool.clock.nowMs(), symbol)?.why ?? null;
  }

  troubleOf(index: number): ProviderTrouble | null {
    const leg = this.legs.get(index);
    leg?.tick(this.pool.clock.nowMs());
    return leg?.troubleAt(this.pool.clock.nowMs()) ?? null;
  }

  conditionOf(index: number): "good" | "untested" | "bad" {
    const nowMs = this.pool.clock.nowMs();
    const leg = this.legs.get(index);
    if (leg !== undefined) return leg.isGood(nowMs) ? "good" : "bad";
    const past = this.past.get(index);
    const isReady = past === undefined || !past.isSpent || nowMs - past.endedMs >= this.pool.policy.retryMs;
    return isReady ? "untested" : "bad";
  }

  isSteady(index: number): boolean {
    return this.legs.get(index)?.isSteady(this.pool.clock.nowMs()) === true;
  }

  listenTo(indexes: ReadonlySet<number>): void {
    for (const [index, leg] of this.legs) {
      leg.tick(this.pool.clock.nowMs());
      if (!indexes.has(index) || this.isDueAgain(leg)) this.drop(index, leg);
    }
    for (const index of indexes) {
      if (!this.isClosed && !this.legs.has(index) && this.conditionOf(index) === "untested")
        this.open(this.pool.members[index]!);
    }
  }

  follow(): void {
    for (const topic of this.topics.values()) topic.ownFromMs = Number.POSITIVE_INFINITY;
    const leg = this.legs.get(this.pool.activeIndex);
    // One that was listened to is live already and will not say so again.
    if (leg?.state === "live") this.announce(this.pool.clock.nowMs(), []);
  }

  /** A provider that refused or ended the stream is asked again after a while. */
  private isDueAgain({ state, sinceMs }: StreamLeg): boolean {
    const isOver = state === "refused" || state === "closed";
    return isOver && this.pool.clock.nowMs() - sinceMs >= this.pool.policy.retryMs;
  }

  private open(member: PoolMember): void {
    const leg = new StreamLeg(member, this.pool, this.request, this.calendarOf, {
      onBar: (bar) => this.take(member, bar),
      onRevision: (bar) => this.revise(member, bar),
      onState: (state) => this.hear(member, state),
      onFault: (fault, example, suspect) => this.quarantine(member, fault, example, suspect),
      onDuplicate: () => this.numbers.add("duplicates"),
      onLate: (bar) => this.leaveOut(member, bar),
    });
    this.legs.set(member.index, leg);
    this.past.delete(member.index);
    // Only now: one that refuses at once has to be found among the legs.
    leg.open();
  }

  private drop(index: number, leg: StreamLeg): void {
    const nowMs = this.pool.clock.nowMs();
    const isSpent = leg.troubleAt(nowMs) !== null && !this.isDueAgain(leg);
    this.past.set(index, { isSpent, endedMs: nowMs });
    this.legs.delete(index);
    leg.close();
    const counts = leg.counts();
    if (counts !== null) this.numbers.keep(counts);
  }

  private take(member: PoolMember, bar: LiveBar): void | Promise<void> {
    const atMs = this.pool.clock.nowMs();
    for (const change of this.divergence.note(member.name, bar)) this.pool.tell({ ...change, atMs });
    if (!this.isActive(member)) {
      this.numbers.ignore("bars of a provider that is not active");
      return;
    }
    const topic = this.topicOf(bar);
    if (bar.closeTimeMs <= topic.deliveredMs) return this.numbers.add("late");
    this.announceHole(topic, bar.closeTimeMs);
    topic.deliveredMs = bar.closeTimeMs;
    topic.ownFromMs = Math.min(topic.ownFromMs, bar.closeTimeMs);
    topic.coveredMs = Math.max(bar.closeTimeMs, topic.coveredMs);
    return this.deliver(bar);
  }

  private announceHole(topic: TopicState, closeTimeMs: number): void {
    const { symbol, timeframe, coveredMs } = topic;
    if (!this.pool.policy.expectsEveryBar || this.missing(topic, closeTimeMs) === 0) return;
    this.tellGap([{ symbol, timeframe, fromMs: coveredMs + 1, toMs: closeTimeMs }]);
  }

  /** Delivery waits for a receiver that returns a promise, also across providers. */
  private deliver(bar: LiveBar): void | Promise<void> {
    this.numbers.add("bars");
    const hand = (): void | Promise<void> => (this.isClosed ? undefined : this.request.onBar(bar));
    const handed = this.pending === null ? hand() : this.pending.then(hand);
    if (!(handed instanceof Promise)) return;
    // The provider's stream hears of a failure; the next bar only waits.
    const settled: Promise<void> = handed
      .catch(() => {})
      .then(() => {
        if (this.pending === settled) this.pending = null;
      });
    this.pending = settled;
    return handed;
  }

  private revise(member: PoolMember, bar: LiveBar): void {
    const topic = this.topicOf(bar);
    const isOwn = bar.closeTimeMs >= topic.ownFromMs && bar.closeTimeMs <= topic.deliveredMs;
    if (this.isClosed || !this.isActive(member) || !isOwn) return;
    this.numbers.add("revisions");
    this.request.onRevision?.(bar);
  }

  private leaveOut(member: PoolMember, { symbol, timeframe, closeTimeMs }: LiveBar): void {
    this.numbers.add("late");
    if (!this.isActive(member) || closeTimeMs <= this.topicOf({ symbol, timeframe }).coveredMs) return;
    this.tellGap([{ symbol, timeframe, fromMs: closeTimeMs, toMs: closeTimeMs + 1 }]);
  }

  private quarantine(member: PoolMember, fault: RowFault, example: string, suspect: LiveBar | null): void {
    this.numbers.add("quarantined");
    if (!this.isActive(member)) return;
    this.tell({ kind: "quarantined", atMs: this.pool.clock.nowMs(), fault, example });
    // Numbers that cannot be are a bar that is missing; of a wrong time not even that is known.
    const isNext = suspect !== null && suspect.closeTimeMs > this.topicOf(suspect).coveredMs;
    const isTimely = fault !== "outOfRange" && fault !== "offGrid" && fault !== "conflict";
    if (isNext && isTimely && suspect.closeTimeMs <= this.pool.clock.nowMs()) {
      const { symbol, timeframe, closeTimeMs } = suspect;
      this.tellGap([{ symbol, timeframe, fromMs: closeTimeMs, toMs: closeTimeMs + 1 }]);
    }
    this.pool.review();
  }

  private hear(member: PoolMember, state: StreamState): void {
    if (state.kind === "quarantined") member.quarantined += 1;
    const isOver = state.kind === "refused" || state.kind === "closed";
    if (this.isActive(member) && !isOver) {
      if (state.kind === "live") this.announce(state.atMs, state.backfill);
      else if ("backfill" in state) this.tell({ ...state, backfill: this.cover(state.backfill) });
      else this.tell(state);
    }
    this.pool.review();
    if (state.kind === "refused") this.giveUpWhenAllRefuse(state.error);
  }

  private giveUpWhenAllRefuse(error: Error): void {
    const isHope = this.pool.members.some(({ index }) => this.legs.get(index)?.state !== "refused");
    if (isHope || this.isClosed) return;
    this.end();
    this.request.onState({ kind: "refused", atMs: this.pool.clock.nowMs(), error });
  }

  /** Bars come from now on: says so, and what of each topic was missed by the provider or by us. */
  private announce(atMs: number, theirs: readonly BarRange[]): void {
    const missed = [...this.topics.values()].flatMap((topic) => {
      const { symbol, timeframe, coveredMs } = topic;
      const isMissing = this.missing(topic, atMs + 1) > 0;
      return isMissing ? [{ symbol, timeframe, fromMs: coveredMs + 1, toMs: atMs + 1 }] : [];
    });
    this.tell({ kind: "live", atMs, backfill: this.cover([...missed, ...theirs]) });
  }

  /** One range for each topic, from where our knowledge ends or theirs, whichever is earlier. */
  private cover(ranges: readonly BarRange[]): readonly BarRange[] {
    return [...this.topics.values()].flatMap((topic) => {
      const { symbol, timeframe } = topic;
      const own = ranges.filter((range) => range.symbol === symbol && range.timeframe === timeframe);
      if (own.length === 0) return [];
      const toMs = Math.max(...own.map((range) => range.toMs));
      const hole = this.missing(topic, toMs) > 0 ? topic.coveredMs + 1 : toMs;
      const fromMs = Math.min(hole, ...own.map((range) => range.fromMs));
      topic.coveredMs = Math.max(topic.coveredMs, toMs - 1);
      return [{ symbol, timeframe, fromMs, toMs }];
    });
  }

  private missing({ symbol, timeframe, coveredMs, deliveredMs }: TopicState, beforeMs: number): number {
    if (!(coveredMs < beforeMs)) return 0;
    const calendar = this.calendarOf(symbol);
    // After a moment that is no close, the next bar may be less than a whole one away.
    return coveredMs === deliveredMs
      ? missingBetween(calendar, coveredMs, beforeMs, timeframe)
      : calendar.missingBars(coveredMs, beforeMs, timeframe);
  }

  private tellGap(ranges: readonly BarRange[]): void {
    this.tell({ kind: "gap", atMs: this.pool.clock.nowMs(), backfill: this.cover(ranges) });
  }

  private tell(state: StreamState): void {
    if (!this.isClosed) this.request.onState(state);
  }

  private isActive(member: PoolMember): boolean {
    return member.index === this.pool.activeIndex;
  }

  private topicOf({ symbol, timeframe }: Pick<LiveBar, "symbol" | "timeframe">): TopicState {
    return this.topics.get(`${symbol} ${timeframe}`)!;
  }

  private end(): void {
    this.isClosed = true;
    for (const leg of this.legs.values()) leg.close();
    this.pool.leave(this);
  }
}

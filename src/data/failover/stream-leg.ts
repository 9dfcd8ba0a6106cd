import { minuteMs, secondMs } from "../../base/time.ts";
import type { Calendar } from "../../domain/calendar/calendar.ts";
import { timeframeMs, type Timeframe } from "../../domain/timeframe.ts";
import type {
  BarRange,
  LiveBar,
  RowFault,
  StreamCounts,
  StreamState,
  SubscribeRequest,
  Subscription,
} from "../../ports/bar-source.ts";
import { barFault } from "../quality/bar-fault.ts";
import { missingBetween } from "../quality/missing-between.ts";
import { describeBar } from "../quality/quarantine-book.ts";
import { houseBar, venueSymbol } from "./provider-part.ts";
import type { PoolMember, ProviderPool, ProviderTrouble } from "./provider-pool.ts";

/** What one provider's stream tells the stream it is part of; symbols and units are ours. */
export type LegEvents = {
  readonly onBar: (bar: LiveBar) => void | Promise<void>;
  readonly onRevision: (bar: LiveBar) => void;
  readonly onState: (state: StreamState) => void;
  /** A bar that cannot be used. `suspect` is the bar it claims to be, where that is one of ours. */
  readonly onFault: (fault: RowFault, example: string, suspect: LiveBar | null) => void;
  readonly onDuplicate: () => void;
  /** A bar that comes so long after its close that its time is in doubt: to be fetched rather than believed. */
  readonly onLate: (bar: LiveBar) => void;
};

type TopicState = {
  readonly symbol: string;
  readonly timeframe: Timeframe;
  last: LiveBar | null;
  good: number;
};

/** Bars that a provider owes: the worst of all topics. */
export type Overdue = {
  readonly symbol: string;
  readonly timeframe: Timeframe;
  readonly bars: number;
  readonly lastCloseMs: number | null;
};

/** One provider's part of a stream: translates, judges every bar, and knows how the provider does. */
export class StreamLeg {
  readonly member: PoolMember;
  state: "connecting" | "live" | "refused" | "closed" = "connecting";
  refusal: Error | null = null;
  /** When it began to be live, or ceased to be. */
  sinceMs: number;
  private readonly pool: ProviderPool;
  private readonly events: LegEvents;
  private readonly calendarOf: (symbol: string) => Calendar;
  private readonly timeframes: readonly Timeframe[];
  private readonly houseSymbols: ReadonlyMap<string, string>;
  private readonly topics = new Map<string, TopicState>();
  private subscription: Subscription | null = null;
  private isClosed = false;
  private badInRow = 0;
  private goodSinceMs = Number.NaN;

  constructor(
    member: PoolMember,
    pool: ProviderPool,
    request: Pick<SubscribeRequest, "symbols" | "timeframes">,
    calendarOf: (symbol: string) => Calendar,
    events: LegEvents,
  ) {
    this.member = member;
    this.pool = pool;
    this.events = events;
    this.calendarOf = calendarOf;
    this.sinceMs = pool.clock.nowMs();
    this.houseSymbols = new Map(request.symbols.map((symbol) => [venueSymbol(member.part, symbol), symbol]));
    for (const symbol of request.symbols) {
      for (const timeframe of request.timeframes)
        this.topics.set(`${symbol} ${timeframe}`, { symbol, timeframe, last: null, good: 0 });
    }
    this.timeframes = request.timeframes;
  }

  counts(): StreamCounts | null {
    return this.subscription?.counts() ?? null;
  }

  /** Says nothing more; nor is the provider in debt to a stream that nobody listens to. */
  close(): void {
    this.isClosed = true;
    this.member.health.noteOverdue(0);
    this.subscription?.close();
  }

  /** What is wrong with the provider here, or with its bars of one symbol; null when nothing is. */
  troubleAt(nowMs: number, only?: string): ProviderTrouble | null {
    const { name } = this.member;
    const { reconnectMsMax, badBarsMax, staleBars } = this.pool.policy;
    if (this.state === "refused")
      return { reason: "refused", why: `${name} refused: ${this.refusal!.message}` };
    if (this.state === "closed") return { reason: "failing", why: `${name} ended the stream` };
    if (this.state === "connecting" && nowMs - this.sinceMs > reconnectMsMax)
      return { reason: "failing", why: `${name} cannot be reached` };
    if (this.badInRow >= badBarsMax)
      return { reason: "wrong-data", why: `${name} sent ${badBarsMax} bars in a row that cannot be right` };
    const overdue = this.overdueAt(nowMs, only);
    if (overdue === null || overdue.bars < staleBars) return null;
    return {
      reason: "stale",
      why: `${name} owes ${overdue.bars} bars of ${overdue.symbol} ${overdue.timeframe}`,
    };
  }

  /** The topic that owes most, by its calendar and while its market is open. */
  overdueAt(nowMs: number, only?: string): Overdue | null {
    if (this.state !== "live") return null;
    let worst: Overdue | null = null;
    for (const { symbol, timeframe, last } of this.topics.values()) {
      if (only !== undefined && only !== symbol) continue;
      const lastCloseMs = last?.closeTimeMs ?? null;
      const calendar = this.calendarOf(symbol);
      const fromMs = Math.max(lastCloseMs ?? this.sinceMs, this.sinceMs);
      const bars = missingBetween(calendar, fromMs, nowMs - this.pool.policy.graceMs, timeframe);
      if (bars === 0 || bars <= (worst?.bars ?? 0) || !calendar.isOpen(nowMs)) continue;
      worst = { symbol, timeframe, bars, lastCloseMs };
    }
    return worst;
  }

  /** Takes the time: a stream that fell silent is not good any more. */
  tick(nowMs: number): void {
    const overdue = this.overdueAt(nowMs);
    this.member.health.noteOverdue(overdue?.bars ?? 0);
    if (overdue !== null && overdue.bars >= this.pool.policy.staleBars) this.forgetGood();
  }

  /** Whether bars come from it now. */
  isGood(nowMs: number): boolean {
    return this.state === "live" && this.goodBars > 0 && this.troubleAt(nowMs) === null;
  }

  /** Whether it has been good for long enough to be trusted again. */
  isSteady(nowMs: number): boolean {
    const { failBackBars, failBackMs } = this.pool.policy;
    return (
      this.isGood(nowMs) &&
      this.goodBars >= failBackBars &&
      nowMs - this.goodSinceMs >= failBackMs &&
      this.overdueAt(nowMs) === null
    );
  }

  private get goodBars(): number {
    let most = 0;
    for (const { good } of this.topics.values()) most = Math.max(most, good);
    return most;
  }

  /** Subscribes; what `subscribe` throws becomes a refusal, which is told at once. */
  open(): void {
    const { source } = this.member.part;
    const { timeframes } = this;
    try {
      this.subscription = source.subscribe({
        symbols: [...this.houseSymbols.keys()],
        timeframes,
        onBar: (bar) => this.receive(bar),
        onRevision: (bar) => this.revise(bar),
        onState: (state) => this.hear(state),
      });
    } catch (error) {
      this.refuse(error instanceof Error ? error : new Error(String(error)));
    }
    // A state that came during `subscribe` may have closed this leg.
    if (this.isClosed) this.subscription?.close();
  }

  private receive(theirs: LiveBar): void | Promise<void> {
    if (this.isClosed) return;
    const symbol = this.houseSymbols.get(theirs.symbol);
    const topic = symbol === undefined ? undefined : this.topics.get(`${symbol} ${theirs.timeframe}`);
    if (topic === undefined) return this.fault("conflict", `${describeBar(theirs)} was not asked for`, null);
    const bar = houseBar(this.member.part, topic.symbol, theirs);
    const { last } = topic;
    if (last !== null && isSame(last, bar)) return this.events.onDuplicate();
    const nowMs = this.pool.clock.nowMs();
    const fault = barFault(bar) ?? this.timeFault(bar, last, nowMs);
    if (fault !== null) return this.fault(fault, describeBar(bar), bar);
    topic.last = bar;
    this.member.health.noteSuccess(nowMs, nowMs - bar.closeTimeMs);
    if (this.isLate(bar, last, nowMs)) return this.events.onLate(bar);
    if (this.goodBars === 0) this.goodSinceMs = nowMs;
    topic.good += 1;
    this.badInRow = 0;
    return this.events.onBar(bar);
  }

  /** Under half a bar late it cannot be another bar with a wrong stamp. Some venues begin with a bar of the past. */
  private isLate({ timeframe, closeTimeMs }: LiveBar, last: LiveBar | null, nowMs: number): boolean {
    const { graceMs } = this.pool.policy;
    if (nowMs - closeTimeMs > Math.max(graceMs, timeframeMs(timeframe) / 2)) return true;
    return last === null && closeTimeMs <= this.sinceMs - graceMs;
  }

  /** Providers send each bar once and in order, so anything else is made up; so is a bar of the future. */
  private timeFault(bar: LiveBar, last: LiveBar | null, nowMs: number): RowFault | null {
    const gridMs = bar.timeframe.endsWith("s") ? secondMs : minuteMs;
    if (!Number.isInteger(bar.closeTimeMs / gridMs)) return "offGrid";
    if (bar.closeTimeMs > nowMs + this.pool.policy.clockSkewMsMax) return "outOfRange";
    if (last === null || bar.closeTimeMs > last.closeTimeMs) return null;
    return bar.closeTimeMs === last.closeTimeMs ? "conflict" : "outOfRange";
  }

  private fault(fault: RowFault, example: string, suspect: LiveBar | null): void {
    this.badInRow += 1;
    this.member.quarantined += 1;
    this.forgetGood();
    this.member.health.noteFailure(this.pool.clock.nowMs(), `sent an unusable bar: ${fault}`);
    this.events.onFault(fault, example, suspect);
  }

  private forgetGood(): void {
    for (const topic of this.topics.values()) topic.good = 0;
  }

  private revise(theirs: LiveBar): void {
    const symbol = this.houseSymbols.get(theirs.symbol);
    if (this.isClosed || symbol === undefined) return;
    const bar = houseBar(this.member.part, symbol, theirs);
    const topic = this.topics.get(`${symbol} ${bar.timeframe}`);
    if (topic === undefined || barFault(bar) !== null) return;
    if (topic.last?.closeTimeMs === bar.closeTimeMs) topic.last = bar;
    this.events.onRevision(bar);
  }

  private hear(state: StreamState): void {
    if (this.isClosed) return;
    switch (state.kind) {
      case "live":
        if (this.state !== "live") this.turn("live");
        return this.events.onState({ ...state, backfill: this.ours(state.backfill) });
      case "gap":
      case "overflow":
        return this.events.onState({ ...state, backfill: this.ours(state.backfill) });
      case "overdue":
        return this.events.onState({ ...state, symbol: this.houseSymbols.get(state.symbol) ?? state.symbol });
      case "reconnecting":
        this.member.health.noteFailure(state.atMs, state.reason);
        this.forgetGood();
        if (this.state === "live") this.turn("connecting");
        return this.events.onState(state);
      case "refused":
        return this.refuse(state.error);
      case "closed":
        this.turn("closed");
        return this.events.onState(state);
      case "connecting":
      case "heartbeat":
      case "quarantined":
        return this.events.onState(state);
    }
  }

  private turn(state: StreamLeg["state"]): void {
    this.state = state;
    this.sinceMs = this.pool.clock.nowMs();
  }

  private refuse(error: Error): void {
    const atMs = this.pool.clock.nowMs();
    this.refusal = error;
    this.turn("refused");
    this.member.health.noteFailure(atMs, error.message);
    this.events.onState({ kind: "refused", atMs, error });
  }

  private ours(ranges: readonly BarRange[]): readonly BarRange[] {
    return ranges.flatMap((range) => {
      const symbol = this.houseSymbols.get(range.symbol);
      return symbol === undefined ? [] : [{ ...range, symbol }];
    });
  }
}

function isSame(a: LiveBar, b: LiveBar): boolean {
  return (
    a.closeTimeMs === b.closeTimeMs &&
    a.open === b.open &&
    a.high === b.high &&
    a.low === b.low &&
    a.close === b.close &&
    a.volume === b.volume
  );
}

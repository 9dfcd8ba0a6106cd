import type { BarTable } from "../../domain/bar-table.ts";
import { JournaledBroker, type Sent } from "../../engine/journal/journaled-broker.ts";
import { RecordedSlice, Restorer, stepRecorded } from "../../engine/journal/restore-session.ts";
import type { Session } from "../../engine/session.ts";
import type { JournalRecord, PredictedRecord } from "../../ports/journal-store.ts";
import type { TradingState } from "../../ports/risk.ts";
import { SessionComparison } from "../comparison/comparison.ts";
import { Shadow } from "../comparison/shadow.ts";
import type { ReplayMaking } from "../replay.ts";
import type { EngineAnswer, EngineEvent, EngineQuestion } from "./engine-messages.ts";
import { viewOf } from "./engine-view.ts";
import { RecentLines } from "./recent-lines.ts";

/** How an engine is made in its thread. */
export type EngineParts = {
  /** Empty tables by instrument index. */
  readonly bars: readonly BarTable[];
  readonly cash: number;
  readonly build: (making: ReplayMaking) => Session;
  /** Hears what models said, before the step that reads it; absent where none is asked. */
  readonly takePredicted?: (record: PredictedRecord) => void;
  /** The backtest of the same bars; null runs none beside it. */
  readonly shadow: {
    readonly session: Session;
    readonly fromMs: number;
    readonly slippageRate: number;
  } | null;
};

const progressEvery = 200;
/** About half a second's work; after each part of it a sign of life. */
const shadowPartsMax = 100;
const shadowBarsAtOnceMax = 1_000;
const noStore = { append() {}, sync() {}, read: () => [], close() {} };

/**
 * The engine in a thread of its own. It lives through the journal as it is written: every step is a record, and what it
 * sends is its answer. A thread that is gone is replaced by one that lives through the journal from its beginning.
 */
export class EngineHost {
  private readonly parts: EngineParts;
  private readonly session: Session;
  private readonly broker: JournaledBroker;
  private readonly slice: RecordedSlice;
  private readonly restorer: Restorer;
  private readonly lines: RecentLines;
  private readonly shadow: Shadow | null;
  /** Bars that came too late to be traded on, or while the strategy was muted: the backtest trades on them as little. */
  private readonly staleTimes = new Set<number>();
  private readonly comparison: SessionComparison | null;
  private trading: TradingState = { state: "active", reason: "" };
  private eventsTold = 0;
  private lastBarsMs = -Infinity;

  constructor(parts: EngineParts) {
    this.parts = parts;
    const { bars, cash, build, shadow } = parts;
    const made: { broker?: JournaledBroker } = {};
    this.session = build({
      bars,
      cash,
      broker: (venue, market) => (made.broker = new JournaledBroker(venue, market, noStore, "outside")),
      tradingState: () => this.trading,
    });
    this.broker = made.broker!;
    this.slice = new RecordedSlice(bars.length);
    this.lines = new RecentLines(this.session);
    this.restorer = new Restorer(this.session, this.broker, bars, (other) => this.hear(other));
    this.shadow = shadow === null ? null : new Shadow(shadow.session, bars, shadow.fromMs, this.staleTimes);
    this.comparison =
      shadow === null
        ? null
        : new SessionComparison(this.session, shadow.session, bars, shadow.fromMs, shadow.slippageRate);
  }

  /** `onProgress` hears that a long answer is under way. */
  answer(question: EngineQuestion, onProgress: () => void): EngineAnswer {
    if (question.kind === "restore") return this.restore(question, onProgress);
    if (question.kind === "compare") return this.compare(onProgress);
    if (question.trading !== null) this.hear(question.trading);
    const sent: Sent[] = [];
    for (const [k, record] of question.records.entries()) {
      if (k > 0 && k % progressEvery === 0) onProgress();
      this.noteStale(record);
      if (record.kind === "predicted") this.hear(record);
      else sent.push(...stepRecorded(this.session, this.broker, this.slice, record, this.parts.bars));
    }
    return { kind: "stepped", sent, view: viewOf(this.session, this.lines), events: this.newEvents() };
  }

  private restore(
    { records, isLast }: Extract<EngineQuestion, { readonly kind: "restore" }>,
    onProgress: () => void,
  ): EngineAnswer {
    for (const [k, record] of records.entries()) {
      if (k % progressEvery === 0) onProgress();
      this.noteStale(record);
      this.restorer.take(record);
    }
    if (!isLast) return { kind: "relived" };
    const { difference, unwritten } = this.restorer.end();
    // What was told before is in the log.
    this.eventsTold = this.session.recorder.log.events.length;
    return { kind: "restored", difference, unwritten, view: viewOf(this.session, this.lines) };
  }

  private noteStale(record: JournalRecord): void {
    if (record.kind === "slice" && record.bars.length > 0) this.lastBarsMs = record.timeMs;
    else if (record.kind !== "muted") return;
    const isPassed = record.kind === "muted" || record.isStale || record.isMuted === true;
    if (isPassed && this.lastBarsMs > (this.parts.shadow?.fromMs ?? Infinity))
      this.staleTimes.add(this.lastBarsMs);
  }

  private hear(record: JournalRecord): void {
    if (record.kind === "predicted") this.parts.takePredicted?.(record);
    else if (record.kind === "trading") {
      this.trading = { state: record.state as TradingState["state"], reason: record.reason };
      this.comparison?.hearTrading(record.state, record.atMs);
    }
  }

  /** After a start it has the bars of months to live through: in pieces, between which the session goes on. */
  private compare(onProgress: () => void): EngineAnswer {
    let isThere = this.shadow === null;
    for (let part = 0; part < shadowPartsMax && !isThere; part++) {
      if (part > 0) onProgress();
      // The tables have the bars of the steps that were taken and no others.
      isThere = this.shadow!.advance(Infinity, shadowBarsAtOnceMax);
    }
    const comparison = isThere ? (this.comparison?.compare() ?? null) : null;
    return { kind: "compared", comparison, isThere };
  }

  private newEvents(): readonly EngineEvent[] {
    const { recorder, pipeline } = this.session;
    const { events } = recorder.log;
    const told: EngineEvent[] = [];
    for (; this.eventsTold < events.length; this.eventsTold++) {
      const { kind, timeMs, instrument, first, second, third, text } = events.at(this.eventsTold);
      const isEnd = ["canceled", "rejected", "expired"].includes(kind);
      const orderId = kind === "order" ? third : isEnd ? first : undefined;
      const symbol = pipeline.instruments[instrument]?.symbol;
      told.push({ kind, timeMs, symbol, orderId, first, second, third, text });
    }
    return told;
  }
}

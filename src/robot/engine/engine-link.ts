import type { BarTable } from "../../domain/bar-table.ts";
import type { InstrumentIndex } from "../../domain/instrument.ts";
import type { ApprovedOrder, ExecutionReport } from "../../domain/order.ts";
import type { Ledger } from "../../domain/ledger.ts";
import type { MarketSlice } from "../../domain/slice.ts";
import { JournaledBroker, type RecordedStep, type Sent } from "../../engine/journal/journaled-broker.ts";
import { isSent, RecordedSlice } from "../../engine/journal/restore-session.ts";
import type { CommissionModel } from "../../ports/costs.ts";
import type { JournalRecord, JournalStore, PredictedRecord } from "../../ports/journal-store.ts";
import type { Market } from "../../ports/market.ts";
import { isForDesk, type OrderDesk } from "../desk/order-desk.ts";
import type { ExplainedDifference } from "../comparison/comparison.ts";
import { isBare } from "../protection-watch.ts";
import { journalDiffers } from "../robot-errors.ts";
import type { Incident } from "../robot-types.ts";
import type { EngineEvent, EngineLimits } from "./engine-messages.ts";
import { EngineEnds } from "./engine-ends.ts";
import { EngineProcess } from "./engine-process.ts";
import type { EngineGone, EngineMaking } from "./engine-thread.ts";
import type { EngineState, EngineView, SymbolView } from "./engine-view.ts";
import { liveThrough } from "./live-through.ts";
import { withUnheard } from "./unheard.ts";

/** An engine in a process of its own, as a robot is given it. */
export type RemoteMaking = EngineMaking & {
  readonly limits: EngineLimits;
  readonly instruments: Market["instruments"];
  /** Knows the prices, and with them what a fee in another currency is worth; nothing is booked on it. */
  readonly prices: Ledger;
  /** What a fill is expected to cost whose fee the venue does not tell. */
  readonly commission: CommissionModel;
  /** What models said since it was asked last, and stands in the journal. */
  readonly newAnswers: () => readonly PredictedRecord[];
  /** Whether the backtest beside it is wanted. */
  readonly isShadowOn: () => boolean;
  /** It lives through a long journal, and has come to the bar that closed then. */
  readonly onRelived: (timeMs: number) => void;
  /** What the session does, line by line. */
  readonly onEvents: (events: readonly EngineEvent[]) => void;
};

/** What a link works with. */
export type LinkParts = {
  readonly remote: RemoteMaking;
  readonly desk: OrderDesk;
  readonly market: Market;
  readonly journal: JournalStore;
  readonly cash: number;
  /** Hears what models said when the journal was written. */
  readonly takePredicted?: (record: PredictedRecord) => void;
  readonly say: (incident: Omit<Incident, "atMs">) => void;
  /** What throws in there ends the robot. */
  readonly guard: (work: () => void) => void;
  /** The engine is gone: what would open something is to be withdrawn. */
  readonly onGone: () => void;
};

/** A venue that has answered at once is asked again so often at one instant. */
const answerTurnsMax = 100;
/** So many slices of the past are handed over together. */
const stepsAtOnceMax = 1_000;
/** The backtest beside it lives through what has come since the last time; it need not do so at once. */
const compareEveryMs = 5_000;
/** Who owes an answer for longer is said to: nothing is opened meanwhile. */
const silentMs = 15_000;
/** Nobody waits longer for the last step and its comparison. */
const lastMsMax = 2_000;

/**
 * The line between a robot and its engine in another process. What comes in is written down and handed over; what is
 * sent comes back, is written down, and goes to the desk, which stays here with everything that protects a position. When the
 * engine is gone a new one lives through the journal; bars wait meanwhile. One that goes on ending is started without asking its
 * strategy (`EngineEnds`); when that ends as often, it stays gone.
 */
export class EngineLink {
  private readonly parts: LinkParts;
  private readonly broker: JournaledBroker;
  private readonly ends = new EngineEnds();
  private readonly closing = new AbortController();
  private readonly compareTimer: NodeJS.Timeout;
  private engine: EngineProcess | null = null;
  private present: EngineView | null = null;
  private comparison: ExplainedDifference | null = null;
  private isComparing = false;
  private stepping: Promise<void> = Promise.resolve();
  private isEnding = false;
  private stepsWritten = 0;
  /** Something has come since the last comparison. */
  private hasNews = false;
  /** What is written and not handed over: steps, and what models said before them. */
  private steps: (RecordedStep | PredictedRecord)[] = [];
  private trading: JournalRecord | null = null;
  /** What was written of orders and fills since the engine said how it stands. */
  private readonly unheard: ExecutionReport[] = [];
  /** Since when it has been lived through what was handed over last, by `performance.now`; infinite while nothing is owed. */
  private owedSinceMs = Infinity;

  constructor(parts: LinkParts) {
    this.parts = parts;
    const { desk, market, journal } = parts;
    // The journal is written as it always is; each step is handed over as it was written.
    const tapped: JournalStore = {
      append: (record) => {
        if (record.kind === "slice") {
          this.steps.push(record);
          this.stepsWritten += 1;
          this.unheard.push(...record.reports);
        }
        journal.append(record);
      },
      sync: () => journal.sync(),
      read: () => journal.read(),
      close() {},
    };
    this.broker = new JournaledBroker(desk, market, tapped, "inside");
    this.compareTimer = setInterval(() => void this.compare(), compareEveryMs);
    this.compareTimer.unref();
  }

  /** Unless it is up nobody decides: nothing is opened then. */
  get state(): EngineState {
    if (this.engine === null) return "ended";
    if (this.isOwed && performance.now() - this.owedSinceMs > silentMs) return "silent";
    return this.ends.isMuted ? "muted" : "up";
  }

  get view(): EngineView {
    return { ...this.now, comparison: this.comparison };
  }

  get symbols(): readonly SymbolView[] {
    return this.now.symbols;
  }

  /** What the engine said last, with what it has not heard yet. */
  private get now(): EngineView {
    const { present, unheard, parts } = this;
    const { inbox } = parts.desk.state;
    return unheard.length === 0 && inbox.length === 0
      ? present!
      : withUnheard(present!, [...unheard, ...inbox], parts.remote.prices);
  }

  get isSettled(): boolean {
    return this.present!.isSettled;
  }

  /** What is wanted of an instrument, as the engine said last, beyond what is held, signed. */
  missing(instrument: InstrumentIndex): number {
    const { wanted, quantity } = this.now.symbols[instrument]!;
    return wanted - quantity;
  }

  /** Brings desk and engine to the state in which the journal ends. Throws `JOURNAL_DIFFERS`, and what the first start throws. */
  async open(records: Iterable<JournalRecord>): Promise<void> {
    const sent = await this.start(this.relived(records));
    this.broker.showRecorded(null);
    this.steps = [];
    this.send(sent);
  }

  /** Hears the state of trading, which the engine is told with its next step. */
  hearTrading(record: JournalRecord): void {
    this.trading = record;
  }

  /** Lives through a slice and what the venue answers at once. Resolves when all that it sends lies at the desk. */
  live(slice: MarketSlice): Promise<void> | null {
    this.note(slice);
    // On old bars nothing is sent: history goes over in one piece.
    const isHistory = slice.isStale === true && slice.count > 0;
    return isHistory && this.steps.length < stepsAtOnceMax ? null : this.liveNow(slice);
  }

  /** Hands over what was noted; null where there is nothing. */
  settle(): Promise<void> | null {
    return this.steps.length === 0 ? null : this.step();
  }

  private async liveNow(slice: MarketSlice): Promise<void> {
    await this.step();
    const silent = { ...slice, count: 0 };
    for (let turn = 0; this.parts.desk.hasAnswers && !this.isEnding && turn < answerTurnsMax; turn++)
      await this.note(silent).step();
  }

  /** Ends the engine, when it has lived through all that is written and was compared. */
  async close(): Promise<void> {
    clearInterval(this.compareTimer);
    this.isEnding = true;
    const last = this.stepping.catch(() => {}).then(() => this.compare());
    if (this.engine !== null) await Promise.race([last, this.wait(lastMsMax)]);
    this.closing.abort();
    await this.engine?.close();
  }

  private get isOwed(): boolean {
    return this.owedSinceMs !== Infinity;
  }

  private get isClosed(): boolean {
    return this.closing.signal.aborted;
  }

  private note(slice: MarketSlice): this {
    this.steps.push(...this.parts.remote.newAnswers());
    this.broker.advance(this.ends.isMuted ? { ...slice, isMuted: true } : slice);
    this.parts.remote.prices.mark(slice, this.parts.market.bars);
    return this;
  }

  private async compare(): Promise<void> {
    const { engine, parts } = this;
    // The backtest would ask the same strategy.
    const isOn = parts.remote.isShadowOn() && !this.ends.isMuted;
    if (!isOn) {
      this.comparison = null;
      this.hasNews = true;
    }
    if (!isOn || engine === null || !this.hasNews || this.isComparing) return;
    this.hasNews = false;
    this.isComparing = true;
    try {
      const answer = await engine.ask({ kind: "compare" });
      if (answer.kind !== "compared") return;
      this.comparison = answer.comparison;
      this.hasNews ||= !answer.isThere;
    } catch {
      // Its end is heard of, and the next step brings it back.
    } finally {
      this.isComparing = false;
    }
  }

  private step(): Promise<void> {
    return (this.stepping = this.hand());
  }

  private async hand(): Promise<void> {
    const { trading, steps } = this;
    this.trading = null;
    this.steps = [];
    this.owedSinceMs = performance.now();
    try {
      if (this.engine === null) return await this.bringBack();
      const answer = await this.engine.ask({ kind: "steps", records: steps, trading });
      if (answer.kind !== "stepped" || this.isClosed) return;
      this.take(answer.view);
      this.parts.remote.onEvents(answer.events);
      this.send(answer.sent);
    } catch (error) {
      if (!this.isClosed && this.engine !== null) throw error;
      await this.bringBack();
    } finally {
      this.owedSinceMs = Infinity;
    }
  }

  /** It has heard all that is written. */
  private take(view: EngineView): void {
    this.present = view;
    this.unheard.length = 0;
    this.hasNews = true;
  }

  /** A new engine lives through the journal, the step before which the last one ended included. */
  private async bringBack(): Promise<void> {
    while (!this.isClosed && this.engine === null) {
      if (this.ends.isLast) return this.closed();
      await this.wait(this.ends.waitMs);
      if (this.isClosed) return;
      try {
        const sent = await this.start(this.written());
        this.sayBack();
        this.send(sent);
      } catch (error) {
        // An engine that ends has been heard of; anything else is the robot's end.
        if (this.engine !== null) throw error;
      }
    }
  }

  /** Starts an engine and has it live through the journal. Returns what the journal lacks of its last step. */
  private async start(records: Iterable<JournalRecord>): Promise<readonly Sent[]> {
    const { remote, cash, market } = this.parts;
    const making = { ...remote.making, cash, symbols: market.instruments.map(({ symbol }) => symbol) };
    const engine = new EngineProcess(
      { ...remote, making },
      remote.limits,
      (why) => this.hearGone(engine, why),
      (megabytes) => this.sayLarge(megabytes),
    );
    this.engine = engine;
    const answer = await liveThrough(engine, records, remote.onRelived);
    if (answer.kind !== "restored") return [];
    if (answer.difference !== null) throw journalDiffers(answer.difference);
    this.take(answer.view);
    return answer.unwritten;
  }

  private hearGone(engine: EngineProcess, why: EngineGone): void {
    if (this.engine !== engine || this.isClosed) return;
    this.engine = null;
    // Whoever never ran has nothing to go on with: the start itself fails.
    if (this.present === null) return;
    const { desk, journal } = this.parts;
    const { ends } = this;
    const wasMuted = ends.isMuted;
    const next = ends.note({
      atMs: performance.now(),
      step: this.isOwed ? this.stepsWritten : null,
      isBare: this.now.symbols.some((line, index) => isBare(desk.state, index as InstrumentIndex, line)),
    });
    // The step that was not answered is lived through without asking the strategy; one that was answered stays as it was.
    if (ends.isMuted && !wasMuted && this.isOwed)
      this.parts.guard(() => journal.append({ kind: "muted", reason: why.message }));
    const message = `the strategy was ended: ${why.message}. Stops stay at the venue; ${next}`;
    this.parts.say({ kind: "strategy ended", gravity: "alarm", symbol: null, message });
    this.parts.onGone();
  }

  private sayLarge(megabytes: number): void {
    const { memoryMbMax } = this.parts.remote.limits;
    const message = `the strategy holds ${megabytes.toFixed(0)} of the ${memoryMbMax} MB that it may: bars and columns of a session grow with it, and at the limit it is ended. Raise trading.strategyMemoryMbMax, or trade fewer symbols, and start the robot again`;
    this.parts.say({ kind: "strategy large", gravity: "alarm", symbol: null, message });
  }

  private sayBack(): void {
    if (this.ends.isMuted) {
      const said =
        "the strategy is muted: it is asked nothing and opens nothing; its stops, trails, targets and exits go on. Mend it, then stop and start the robot";
      return this.parts.say({ kind: "strategy muted", gravity: "alarm", symbol: null, message: said });
    }
    const message = "the strategy has lived through its journal again and goes on";
    this.parts.say({ kind: "strategy back", gravity: "notice", symbol: null, message });
  }

  /** What the engine sends was approved by its gate before it came over. */
  private send(sent: readonly Sent[]): void {
    for (const one of sent) {
      if (one.kind === "cancel") {
        const work = this.parts.desk.state.works.get(one.orderId);
        if (work !== undefined) this.broker.cancel(work.order);
      } else if (one.kind === "order") this.broker.submit(one.order as ApprovedOrder);
      else this.broker.modify(one.order as ApprovedOrder);
    }
  }

  /** The journal from its second record on. */
  private *written(): Generator<JournalRecord> {
    let isFirst = true;
    for (const record of this.parts.journal.read()) {
      if (!isFirst) yield record;
      isFirst = false;
    }
  }

  /** Records that the desk has lived through when they are passed on. */
  private *relived(records: Iterable<JournalRecord>): Generator<JournalRecord> {
    const slice = new RecordedSlice(this.parts.market.instruments.length);
    for (const record of records) {
      this.relive(record, slice);
      yield record;
    }
  }

  /** The desk hears in the order of the journal what it heard then. */
  private relive(record: JournalRecord, slice: RecordedSlice): void {
    const { desk, market, takePredicted } = this.parts;
    if (record.kind === "slice") {
      this.broker.showRecorded(record);
      const shown = slice.show(record, market.bars as readonly BarTable[]);
      this.broker.advance(shown);
      this.parts.remote.prices.mark(shown, market.bars);
    } else if (isSent(record)) this.send([record]);
    else if (record.kind === "predicted") takePredicted?.(record);
    else if (isForDesk(record)) desk.hear(record);
  }

  private closed(): Promise<void> {
    return new Promise((resolve) =>
      this.closing.signal.addEventListener("abort", () => resolve(), { once: true }),
    );
  }

  private wait(spanMs: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, spanMs);
      this.closing.signal.addEventListener("abort", () => (clearTimeout(timer), resolve()), { once: true });
    });
  }
}

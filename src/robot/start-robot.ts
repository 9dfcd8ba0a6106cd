import { assert } from "../base/assert.ts";
import { HandedSlice } from "./handed-slice.ts";
import type { LiveBatch } from "../data/live/live-batch.ts";
import type { Session } from "../engine/session.ts";
import type { EngineView } from "./engine/engine-view.ts";
import type { LineState, VenueFill, VenueOrder } from "../ports/broker-connection.ts";
import { closeInReverse } from "../ports/component.ts";
import { SteadyClock } from "../ports/steady-clock.ts";
import type { DeskEvent } from "../ports/journal-store.ts";
import type { TradingState } from "../ports/risk.ts";
import type { MarketSlice } from "../domain/slice.ts";
import { checkSessionTag } from "./client-order-id.ts";
import { Courier } from "./courier/courier.ts";
import { Incidents } from "./incidents.ts";
import { openEngine } from "./engine/open-engine.ts";
import { beginJournal, readJournal, type OpenedSession } from "./open-session.ts";
import type { OrderDesk } from "./desk/order-desk.ts";
import { usualLimits } from "./limits.ts";
import { Patience } from "./patience.ts";
import { ProtectionWatch } from "./protection-watch.ts";
import { Reconciler } from "./reconciler.ts";
import { isNews, nameIn, type VenueNews } from "./desk/venue-news.ts";
import { fatalIncident } from "./robot-errors.ts";
import { recovered, robotStatus, tookOver, underStrategy } from "./robot-status.ts";
import type { Robot, RobotParts } from "./robot-parts.ts";
import type { Incident, RobotCounts, RobotEnd, RobotLimits, RobotStatus } from "./robot-types.ts";

/** A target that waits for its time is looked at again this often. */
const retryMs = 1_000;
/** How long a robot that stops waits for answers to what it has sent. */
const farewellMs = 2_000;

/**
 * Starts a robot: hears the venue, lives through the journal again or begins it, holds the books against the venue's,
 * and then takes every slice of the feed through the engine's one step. Rejects where it may not trade, with everything
 * closed again: another journal, a venue that cannot be asked, holdings that differ.
 */
export async function startRobot(parts: RobotParts): Promise<Robot> {
  const robot = new TradingRobot(parts);
  try {
    await robot.begin();
  } catch (error) {
    await robot.abandon();
    throw error;
  }
  return robot;
}

class TradingRobot implements Robot {
  readonly done: Promise<RobotEnd>;
  private readonly parts: RobotParts;
  private readonly limits: RobotLimits;
  private readonly patience: Patience;
  private readonly closing = new AbortController();
  private readonly counts: { -readonly [K in keyof RobotCounts]: RobotCounts[K] } = {
    slices: 0,
    sent: 0,
    refusedHere: 0,
    refusedByVenue: 0,
    canceled: 0,
    fills: 0,
    unknown: 0,
    resent: 0,
  };
  private readonly incidents: Incidents;
  private readonly handed = new HandedSlice();
  /** What the venue told before the books were there to take it. */
  private early: VenueNews[] | null = [];
  private phase: RobotStatus["phase"] = "starting";
  private sessionId = "";
  private made: {
    engine: OpenedSession["engine"];
    desk: OrderDesk;
    courier: Courier;
    reconciler: Reconciler;
  } | null = null;
  private livedThroughMs = -Infinity;
  private lastBarMs = Number.NaN;
  private lastTurnMs = Number.NaN;
  private isAnswerOwed = false;
  private lastTrading = "";
  private cancelRetry: (() => void) | null = null;
  private isClosed = false;
  private settleDone: (end: RobotEnd) => void = () => {};

  constructor(parts: RobotParts) {
    // A clock that is set back must not make the robot wait until it is there again.
    this.parts = { ...parts, clock: new SteadyClock(parts.clock) };
    this.limits = { ...usualLimits, ...parts.limits };
    this.incidents = new Incidents(this.parts);
    this.patience = new Patience(this.parts.clock, this.limits.answerMs);
    this.done = new Promise((resolve) => (this.settleDone = resolve));
  }

  get session(): Session {
    const { engine } = this.made!;
    assert("session" in engine, "only an engine in this thread shows its session");
    return engine.session;
  }

  view(): EngineView {
    return this.made!.engine.view;
  }

  async begin(): Promise<void> {
    const { connection, clock, journal } = this.parts;
    this.phase = "recovering";
    const events = {
      onOrder: (order: VenueOrder) => this.onOrder(order),
      onFill: (fill: VenueFill) => this.onFill(fill),
      onLine: (line: LineState) => this.onLine(line),
    };
    await connection.open(events, this.closing.signal);
    // Only an open line knows whose account it is.
    const asking = { patience: this.patience, signal: this.closing.signal };
    const { record, records, begunWith } =
      readJournal(this.parts) ?? (await beginJournal(this.parts, asking));
    this.incidents.openJournal(journal);
    this.sessionId = record.sessionId;
    checkSessionTag(record.sessionId, connection.capabilities);
    const { engine, desk, livedThroughMs } = await openEngine(this.parts, record, records, {
      say: (incident) => this.guard(() => this.incidents.say(incident)),
      guard: (work) => this.guard(work),
      onGone: () => this.guard(() => this.hear({ kind: "withdrawn", atMs: clock.nowMs() })),
    });
    if (begunWith === null) this.livedThroughMs = this.lastBarMs = livedThroughMs;
    desk.onIncident = (incident) => this.incidents.say(incident);
    const courier = this.courierOf(desk, record.venueTimeMs);
    const protection = new ProtectionWatch({
      ...this.parts,
      limits: this.limits,
      say: (incident) => this.incidents.say(incident),
    });
    const reconciler = new Reconciler({
      ...this.sharedParts(desk),
      inquiries: courier.inquiries,
      limits: this.limits,
      atDifference: this.parts.atDifference,
      signal: this.closing.signal,
      onLooked: () => protection.look(engine.symbols, desk.state),
    });
    this.made = { engine, desk, courier, reconciler };
    await reconciler.recover();
    this.takeEarly();
    const begun =
      begunWith === null ? recovered(this.sessionId, desk.livingTickets().length) : tookOver(begunWith);
    if (begun !== null) this.incidents.say(begun);
    this.noteTrading();
    journal.sync();
    this.lastTurnMs = clock.nowMs();
    // Whoever starts a robot has it in his hands before it does anything.
    this.cancelRetry = clock.schedule(0, () => this.guard(() => this.run()));
  }

  private run(): void {
    const { desk, courier, reconciler } = this.made!;
    this.cancelRetry = null;
    this.phase = "running";
    courier.open();
    for (const ticket of desk.livingTickets()) courier.inquiries.attend(ticket);
    reconciler.start();
    void this.loop();
    if (desk.hasAnswers) this.parts.feed.wake();
  }

  status(): RobotStatus {
    const { made } = this;
    return robotStatus(this.parts, {
      trading: this.trading(),
      phase: this.phase,
      sessionId: this.sessionId,
      view: made?.engine.view ?? null,
      desk: made?.desk ?? null,
      account: made?.reconciler.lastAccount ?? null,
      lastBarMs: this.lastBarMs,
      lastTurnMs: this.lastTurnMs,
      answerOwedMs: this.isAnswerOwed ? this.parts.clock.nowMs() - this.lastTurnMs : 0,
      counts: { ...this.counts },
      incidents: [...this.incidents.list],
    });
  }

  holding(symbol: string): number {
    const { indexOf, position } = this.made!.desk.state;
    const index = indexOf.get(symbol);
    return index === undefined ? 0 : position[index]!;
  }

  note(incident: Omit<Incident, "atMs">): void {
    if (!this.isClosed) this.guard(() => this.incidents.say(incident));
  }

  async stop(): Promise<void> {
    if (this.phase === "stopped") return;
    this.phase = "stopping";
    const { clock } = this.parts;
    const untilMs = clock.nowMs() + farewellMs;
    while (this.made!.courier.inFlight > 0 && clock.nowMs() < untilMs)
      await new Promise<void>((resolve) => clock.schedule(50, resolve));
    await this.end({ kind: "stopped" });
  }

  /** Closes what was opened by a start that failed. */
  abandon(): Promise<void> {
    return this.end({ kind: "stopped" });
  }

  private sharedParts(desk: OrderDesk) {
    const { connection, clock, log } = this.parts;
    return {
      connection,
      clock,
      desk,
      log,
      patience: this.patience,
      hear: (event: DeskEvent) => this.hear(event),
      say: (incident: Omit<Incident, "atMs">) => this.incidents.say(incident),
      fail: (error: unknown) => this.fail(error),
    };
  }

  private courierOf(desk: OrderDesk, sinceMs: number): Courier {
    const { journal, lock = null } = this.parts;
    return new Courier({
      ...this.sharedParts(desk),
      journal,
      limits: this.limits,
      lock,
      counts: this.counts,
      sinceMs,
      missing: (instrument) => this.made!.engine.missing(instrument),
      tradingState: () =>
        this.phase === "running" ? this.trading() : { state: "halted", reason: "the robot stops" },
    });
  }

  private trading(): TradingState {
    return underStrategy(this.parts.tradingState(), this.made?.engine.state ?? "up");
  }

  // ---- The loop ----

  private async loop(): Promise<void> {
    try {
      for await (const batch of this.parts.feed.batches()) {
        while (!this.isClosed && batch.advance()) {
          const waiting = this.turn(batch);
          if (waiting !== null) await this.owed(waiting);
        }
        const settling = this.made!.engine.settle();
        if (settling !== null) await this.owed(settling);
        if (this.isClosed) return;
      }
      await this.end({ kind: "feed ended" });
    } catch (error) {
      this.fail(error);
    }
  }

  /** While bars wait for an answer nobody must say that they did not come. */
  private async owed(answer: Promise<void>): Promise<void> {
    this.isAnswerOwed = true;
    try {
      await answer;
    } finally {
      this.isAnswerOwed = false;
    }
  }

  /** Null where there is nothing to wait for: then no promise stands between two bars. */
  private turn({ slice, catchUpToMs }: LiveBatch): Promise<void> | null {
    this.lastTurnMs = this.parts.clock.nowMs();
    // The feed loads what the journal has brought already.
    if (slice.count > 0 && slice.timeMs <= this.livedThroughMs) return null;
    this.noteTrading();
    const handed = this.handed.of(slice, this.lastTurnMs, slice.timeMs <= catchUpToMs);
    const waiting = this.made!.engine.live(handed);
    if (waiting !== null) return waiting.then(() => this.finishTurn(slice));
    this.finishTurn(slice);
    return null;
  }

  private finishTurn(slice: MarketSlice): void {
    if (this.isClosed) return;
    this.counts.slices += 1;
    if (slice.count > 0) this.lastBarMs = slice.timeMs;
    this.made!.courier.flush();
    this.retryLater();
  }

  /** What waits for its time (an order that is sent again) needs a slice when the time has come. */
  private retryLater(): void {
    if (this.made!.engine.isSettled || this.cancelRetry !== null) return;
    this.cancelRetry = this.parts.clock.schedule(retryMs, () => {
      this.cancelRetry = null;
      this.parts.feed.wake();
    });
  }

  private noteTrading(): void {
    // A muted strategy's engine is told that nothing is opened.
    const isMuted = this.made!.engine.state === "muted";
    const { state, reason } = isMuted ? this.trading() : this.parts.tradingState();
    const text = `${state}: ${reason}`;
    if (text === this.lastTrading) return;
    this.lastTrading = text;
    const record = { kind: "trading", atMs: this.parts.clock.nowMs(), state, reason } as const;
    this.parts.journal.append(record);
    this.made!.engine.hearTrading(record);
  }

  // ---- What the venue tells ----

  private onOrder(order: VenueOrder): void {
    this.hearNews({ kind: "told", atMs: this.parts.clock.nowMs(), order });
  }

  private onFill(fill: VenueFill): void {
    this.hearNews({ kind: "fill", atMs: this.parts.clock.nowMs(), fill });
  }

  private hearNews(event: VenueNews): void {
    if (this.early !== null) this.early.push(event);
    else if (isNews(this.made!.desk, event)) this.guard(() => this.hear(event));
  }

  private onLine(line: LineState): void {
    const { log } = this.parts;
    log.info({ line }, `the line to the venue is ${line.kind}`);
    // It is written down, too, and the disk may be what fails.
    this.guard(() => this.incidents.sayLine(line));
    if (line.kind !== "live" || this.made === null || this.early !== null) return;
    this.made.reconciler.lookNow();
    this.guard(() => this.made!.courier.flush());
  }

  private takeEarly(): void {
    const { early } = this;
    this.early = null;
    for (const event of early!) if (isNews(this.made!.desk, event)) this.hear(event);
  }

  /** Writes down what happened, lets the desk draw its conclusions, and sends what follows. */
  private hear(event: DeskEvent): void {
    if (this.isClosed || this.made === null) return;
    const { desk, courier } = this.made;
    this.parts.journal.append(event);
    desk.hear(event);
    if (event.kind === "fill") this.counts.fills += 1;
    if (event.kind === "told" && event.order.status === "canceled") this.counts.canceled += 1;
    const ticket = desk.ticketOf(nameIn(event));
    if (ticket !== null) courier.inquiries.attend(ticket);
    courier.flush();
    if (desk.hasAnswers && this.phase === "running") this.parts.feed.wake();
  }

  /** Callbacks of a connection must not carry our errors away. */
  private guard(work: () => void): void {
    try {
      work();
    } catch (error) {
      this.fail(error);
    }
  }

  private fail(error: unknown): void {
    if (this.isClosed) return;
    const { log } = this.parts;
    log.error({ error: String(error) }, "the robot stops: it cannot go on");
    this.incidents.closeJournal();
    const incident = fatalIncident(error);
    if (incident !== null) this.incidents.say(incident);
    void this.end({ kind: "failed", error });
  }

  private async end(end: RobotEnd): Promise<void> {
    if (this.isClosed) return;
    this.isClosed = true;
    this.phase = "stopped";
    const { feed, connection, journal, lock, log, clock } = this.parts;
    this.incidents.closeJournal();
    this.cancelRetry?.();
    this.made?.courier.close();
    this.made?.reconciler.close();
    this.closing.abort(new Error("the robot has stopped"));
    const opened = [
      { name: "lock", close: () => lock?.release() },
      { name: "journal", close: () => journal.close() },
      { name: "end of the journal", close: () => journal.sync() },
      { name: "broker", close: () => connection.close() },
      { name: "feed", close: () => feed.close() },
      { name: "engine", close: () => this.made?.engine.close() },
    ];
    for (const { name, why } of await closeInReverse(opened, clock, this.limits.answerMs))
      log.error({ part: name, error: why }, `${name} did not close well: ${why}`);
    this.settleDone(end);
  }
}

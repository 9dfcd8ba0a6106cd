import { KiwiError } from "../base/errors.ts";
import type { InstrumentIndex } from "../domain/instrument.ts";
import type { AccountSnapshot, BrokerConnection } from "../ports/broker-connection.ts";
import { sleep, type Clock } from "../ports/clock.ts";
import type { DeskEvent } from "../ports/journal-store.ts";
import { liveTicket, lotOf, type Ticket } from "./desk/desk-state.ts";
import type { OrderDesk } from "./desk/order-desk.ts";
import { readable } from "./desk/readable.ts";
import { forgetStranger, isFillOwed } from "./desk/strangers.ts";
import { missingOf } from "./desk/tend-orders.ts";
import type { Inquiries } from "./inquiries.ts";
import { insist, isSilence } from "./insist.ts";
import type { Patience } from "./patience.ts";
import type { Difference, Incident, RobotLimits, RobotLog } from "./robot-types.ts";

/** What a reconciler works with. */
export type ReconcilerParts = {
  readonly connection: BrokerConnection;
  readonly clock: Clock;
  readonly desk: OrderDesk;
  readonly inquiries: Inquiries;
  readonly patience: Patience;
  readonly limits: RobotLimits;
  readonly log: RobotLog;
  readonly atDifference: "adopt" | "refuse" | "own";
  readonly signal: AbortSignal;
  readonly hear: (event: DeskEvent) => void;
  readonly say: (incident: Omit<Incident, "atMs">) => void;
  readonly fail: (error: unknown) => void;
  /** Called when the open orders have been looked at. */
  readonly onLooked: () => void;
};

/** A difference must be seen so often before it is believed, this long after one another. */
const timesSeenMin = 3;
const lookAgainMs = 5_000;
/** An order of others that has ended is forgotten no sooner where holdings agree and its last fill was not told. */
const forgetMs = 10_000;
/** At the start a difference that changes is looked at so often; then it is left to the running comparison. */
const startLooksMax = 10;

/**
 * Holds our books against the venue's, at the start and then for ever. An answer that did not come is no answer: no
 * order is taken for gone and no position for closed because of it.
 */
export class Reconciler {
  /** What the venue said of the account last. */
  lastAccount: { readonly snapshot: AccountSnapshot; readonly atMs: number } | null = null;
  private readonly parts: ReconcilerParts;
  private readonly timesSeen: number[];
  private stopTimer: () => void = () => {};
  private ordersDueMs = Infinity;
  private positionsDueMs = Infinity;
  private isChecking = false;
  private isClosed = false;

  constructor(parts: ReconcilerParts) {
    this.parts = parts;
    this.timesSeen =
      parts.desk.state.position.length === 0 ? [] : [...parts.desk.state.position].map(() => 0);
  }

  /**
   * Brings books and venue together at the start: the rules of the venue, what became of every order, the executions
   * that were missed, the orders that work, the holdings. Throws `VENUE_SILENT` when the venue cannot be asked, and
   * `POSITION_DIFFERS` where it holds something else and nobody has allowed to adopt that.
   */
  async recover(): Promise<void> {
    const { connection, desk, inquiries, hear, clock } = this.parts;
    const symbols = desk.state.market.instruments.map(({ symbol }) => symbol);
    const instruments = await this.insist("rules of the symbols", () => connection.instruments(symbols));
    if (JSON.stringify(instruments) !== JSON.stringify(symbols.map((symbol) => desk.state.rules.get(symbol))))
      hear({ kind: "instruments", atMs: clock.nowMs(), instruments });
    // Executions first: an order that has ended is over when all of its fills are booked.
    await this.insist("executions", () => inquiries.fetchMissed());
    for (const ticket of desk.livingTickets()) {
      if (ticket.phase === "unsent") continue;
      const { clientOrderId, request } = ticket;
      const order = await this.insist(`order ${clientOrderId}`, () =>
        connection.order(clientOrderId, request.symbol),
      );
      if (order !== null && desk.isNews(order)) hear({ kind: "told", atMs: clock.nowMs(), order });
      if (order === null || ticket.isCancelAsked || ticket.asked !== null) inquiries.suspect(ticket);
    }
    await this.insist("open orders", () => this.checkOrders());
    await this.adoptAtStart();
  }

  /** Begins to compare, for as long as the robot runs. */
  start(): void {
    const { clock, limits } = this.parts;
    const nowMs = clock.nowMs();
    this.ordersDueMs = nowMs + limits.openOrdersEveryMs;
    this.positionsDueMs = nowMs + limits.positionsEveryMs;
    this.plan();
  }

  /** The line was away: what happened meanwhile is asked for at once. */
  lookNow(): void {
    if (this.positionsDueMs === Infinity) return;
    this.ordersDueMs = this.positionsDueMs = this.parts.clock.nowMs();
    this.plan();
  }

  close(): void {
    this.isClosed = true;
    this.stopTimer();
  }

  /** What the venue holds and our books do not, or the other way round. */
  differences({ positions }: AccountSnapshot): readonly Difference[] {
    const { state } = this.parts.desk;
    return state.market.instruments.flatMap((instrument) => {
      const { symbol, index } = instrument;
      const ours = state.position[index]!;
      const venue = positions.get(symbol)?.quantity ?? 0;
      const isSame = Math.abs(ours - venue) < Math.max(lotOf(state, instrument) / 2, Math.abs(venue) * 1e-9);
      return isSame ? [] : [{ symbol, ours, venue }];
    });
  }

  private plan(): void {
    const { clock } = this.parts;
    this.stopTimer();
    if (this.isClosed) return;
    const dueMs = Math.min(this.ordersDueMs, this.positionsDueMs);
    this.stopTimer = clock.schedule(
      Math.max(0, dueMs - clock.nowMs()),
      () => void this.check().catch(this.parts.fail),
    );
  }

  private async check(): Promise<void> {
    if (this.isChecking || this.isClosed) return;
    this.isChecking = true;
    const { clock, limits, connection, inquiries, patience } = this.parts;
    // Due later than ever is asked: the clock was set back, and nobody would ask until it has come round.
    const nowMs = clock.nowMs();
    if (this.ordersDueMs - nowMs > limits.openOrdersEveryMs) this.ordersDueMs = nowMs;
    if (this.positionsDueMs - nowMs > limits.positionsEveryMs) this.positionsDueMs = nowMs;
    try {
      if (connection.line.kind === "live" && this.ordersDueMs <= clock.nowMs()) {
        this.ordersDueMs = clock.nowMs() + limits.openOrdersEveryMs;
        const isTold = await this.attempt("open orders", () => this.checkOrders());
        if (!isTold) this.ordersDueMs = Math.min(this.ordersDueMs, clock.nowMs() + limits.askEveryMs);
        if (!this.isClosed) this.parts.onLooked();
      }
      if (connection.line.kind === "live" && this.positionsDueMs <= clock.nowMs()) {
        this.positionsDueMs = clock.nowMs() + limits.positionsEveryMs;
        const isTold = await this.attempt("account", async () => {
          const snapshot = readable(await patience.within(() => connection.account()));
          await inquiries.fetchMissed();
          if (this.isClosed) return;
          this.take(snapshot);
          this.compare(snapshot);
        });
        if (!isTold) this.positionsDueMs = Math.min(this.positionsDueMs, clock.nowMs() + lookAgainMs);
      }
      if (connection.line.kind !== "live") {
        const againMs = clock.nowMs() + lookAgainMs;
        this.ordersDueMs = Math.max(this.ordersDueMs, againMs);
        this.positionsDueMs = Math.max(this.positionsDueMs, againMs);
      }
    } finally {
      this.isChecking = false;
      this.plan();
    }
  }

  /** Puts a question; false when there was no answer: then it is put again before its usual turn. */
  private async attempt(what: string, question: () => Promise<void>): Promise<boolean> {
    try {
      await question();
      return true;
    } catch (error) {
      if (!isSilence(error)) throw error;
      this.parts.log.warn({ error: String(error) }, `could not ask for ${what}`);
      this.parts.say({
        kind: "question failed",
        gravity: "notice",
        symbol: null,
        message: `the venue did not tell ${what}: ${error instanceof Error ? error.message : String(error)}`,
      });
      return false;
    }
  }

  private async checkOrders(): Promise<void> {
    const { connection, desk, inquiries, patience, hear, clock } = this.parts;
    const askedMs = clock.nowMs();
    const open = await patience.within(() => connection.openOrders());
    if (open.kind === "unknown") throw new Error(open.reason);
    if (this.isClosed) return;
    const listed = new Set<string>();
    for (const order of open.orders) {
      listed.add(order.clientOrderId ?? "");
      if (desk.isNews(order)) hear({ kind: "told", atMs: clock.nowMs(), order });
    }
    for (const ticket of desk.livingTickets()) {
      if (ticket.phase === "working" && !this.isFresh(ticket, askedMs) && !listed.has(ticket.clientOrderId))
        inquiries.suspect(ticket);
    }
    await this.forgetStrangers(new Set(open.orders.map(({ venueOrderId }) => venueOrderId)));
  }

  /** Orders of others that are gone do not stand in the way any more, when what they have filled is booked. */
  private async forgetStrangers(listed: ReadonlySet<string>): Promise<void> {
    const { desk, inquiries } = this.parts;
    const gone = [...desk.state.strangers].filter(([id]) => !listed.has(id));
    if (gone.some(([, { earlierSession }]) => earlierSession !== null)) await inquiries.fetchMissed();
    // Of one that is known to have filled, the executions may be told later than its end.
    for (const [id, stranger] of gone)
      if (isFillOwed(stranger)) this.lookAgainSoon();
      else desk.state.strangers.delete(id);
  }

  private take(snapshot: AccountSnapshot): void {
    this.lastAccount = { snapshot, atMs: this.parts.clock.nowMs() };
  }

  /** A difference is believed when it has been there again and again with every execution told. */
  private async adoptAtStart(): Promise<void> {
    const { atDifference, say, connection, inquiries, limits } = this.parts;
    let seen = "";
    for (let looks = 1, times = 1; looks <= startLooksMax; looks++) {
      const snapshot = await this.insist("account", async () => readable(await connection.account()));
      this.take(snapshot);
      // After it: what filled before the snapshot was taken is among these, however late it is told.
      await this.insist("executions", () => inquiries.fetchMissed());
      if (atDifference === "own") return;
      // What is on its way explains a difference better than a stranger: it is looked at again when it is over.
      const found = this.differences(snapshot).filter(({ symbol }) => !this.isUnderWay(symbol));
      if (found.length === 0) return;
      const text = found
        .map(({ symbol, ours, venue }) => `${symbol} ${ours} here and ${venue} there`)
        .join(", ");
      times = text === seen ? times + 1 : 1;
      seen = text;
      if (times < timesSeenMin) {
        await this.wait(limits.askEveryMs);
        continue;
      }
      if (atDifference === "refuse") throw positionDiffers(text);
      for (const { symbol } of found) this.adopt(symbol, snapshot);
      const message = `the venue's holdings were adopted: ${text}`;
      return say({ kind: "position differs", gravity: "alarm", symbol: null, message });
    }
  }

  private adopt(symbol: string, { positions, venueTimeMs }: AccountSnapshot): void {
    const { quantity, averagePrice } = positions.get(symbol) ?? { quantity: 0, averagePrice: 0 };
    const atMs = this.parts.clock.nowMs();
    this.parts.hear({ kind: "holding", atMs, symbol, quantity, averagePrice, venueTimeMs });
  }

  private compare(snapshot: AccountSnapshot): void {
    const { desk, clock, hear } = this.parts;
    const found = new Map(this.differences(snapshot).map((difference) => [difference.symbol, difference]));
    for (const { symbol, index } of desk.state.market.instruments) {
      const difference = found.get(symbol);
      if (difference === undefined) {
        this.timesSeen[index] = 0;
        this.forgetEnded(index);
        if (desk.state.blocked[index] !== null && !this.isUnderWay(symbol) && !this.hasStranger(index))
          hear({ kind: "unblocked", atMs: clock.nowMs(), symbol });
      } else if (!this.isTouched(index)) this.seeDifference(index, difference, snapshot);
    }
  }

  /** What ended a while ago is in the books, by whatever road it came: holdings may be told as they were a moment before. */
  private forgetEnded(index: InstrumentIndex): void {
    const { desk, clock } = this.parts;
    const sinceMs = clock.nowMs() - forgetMs;
    for (const [id, { instrument, ended }] of desk.state.strangers)
      if (instrument === index && ended !== null) {
        if (ended.heardMs <= sinceMs) forgetStranger(desk.state, id);
        else this.lookAgainSoon();
      }
  }

  private lookAgainSoon(): void {
    this.positionsDueMs = Math.min(this.positionsDueMs, this.parts.clock.nowMs() + lookAgainMs);
  }

  /** Whether an order works in it that only somebody else can take off. */
  private hasStranger(index: InstrumentIndex): boolean {
    const { strangers } = this.parts.desk.state;
    return [...strangers.values()].some(
      ({ instrument, earlierSession }) => instrument === index && earlierSession === null,
    );
  }

  private seeDifference(
    index: InstrumentIndex,
    { symbol, ours, venue }: Difference,
    snapshot: AccountSnapshot,
  ): void {
    const { clock, hear, say, atDifference } = this.parts;
    this.timesSeen[index]! += 1;
    this.lookAgainSoon();
    if (this.timesSeen[index]! < timesSeenMin) return;
    this.timesSeen[index] = 0;
    const message = `our books hold ${ours} ${symbol}, the venue ${venue}`;
    hear({ kind: "blocked", atMs: clock.nowMs(), symbol, reason: message });
    say({ kind: "position differs", gravity: "alarm", symbol, message });
    if (atDifference !== "refuse") this.adopt(symbol, snapshot);
  }

  /** Whether an answer about an order of the symbol is owed, or was given just now. */
  private isTouched(index: InstrumentIndex): boolean {
    const { desk, clock } = this.parts;
    return desk.state.openBy[index]!.some((work) => {
      const ticket = liveTicket(work);
      return ticket !== null && (ticket.phase === "sent" || this.isFresh(ticket, clock.nowMs()));
    });
  }

  /** Whether something was heard of a ticket just now. What is of the future was written before the clock was set back. */
  private isFresh({ touchedMs }: Ticket, nowMs: number): boolean {
    return touchedMs <= nowMs && nowMs - touchedMs < this.parts.limits.quietMs;
  }

  /** Whether an order may be at the venue unheard of, or has filled there by more than was booked. */
  private isUnderWay(symbol: string): boolean {
    const { desk } = this.parts;
    const index = desk.state.indexOf.get(symbol)!;
    return desk.state.openBy[index]!.some((work) => {
      const ticket = liveTicket(work);
      return ticket !== null && (ticket.phase === "sent" || missingOf(ticket) > 0);
    });
  }

  private insist<T>(what: string, question: () => Promise<T>): Promise<T> {
    return insist(this.parts, what, question);
  }

  /** Waits; rejects when the robot is stopped meanwhile. */
  private wait(spanMs: number): Promise<void> {
    return sleep(this.parts.clock, spanMs, this.parts.signal);
  }
}

function positionDiffers(text: string): KiwiError {
  return new KiwiError({
    code: "POSITION_DIFFERS",
    exit: "safety",
    message: `the account does not hold what our books say: ${text}`,
    why: "somebody else has traded on it, or the books are of another account; nothing is sent before a person has looked",
    fix: "bring the account in order, or start again with --adopt to go on from what the venue holds",
    topic: "trading",
  });
}

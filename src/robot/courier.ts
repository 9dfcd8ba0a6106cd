import { KiwiError } from "../base/errors.ts";
import { signOf } from "../domain/order.ts";
import type { Acknowledgement, BrokerConnection, VenueOrderRequest } from "../ports/broker-connection.ts";
import type { Clock } from "../ports/clock.ts";
import type { DeskEvent, ErrandKind, JournalStore } from "../ports/journal-store.ts";
import { formatTime, hourMs } from "../base/time.ts";
import { Alarm } from "./alarm.ts";
import { denialOf, isReducing, type Denial } from "./check-request.ts";
import type { Ticket } from "./desk/desk-state.ts";
import { wantedOf } from "./desk/wanted-quantity.ts";
import type { OrderDesk } from "./desk/order-desk.ts";
import { Inquiries } from "./inquiries.ts";
import { waitsUntilMs } from "./desk/market-hours.ts";
import type { Patience } from "./patience.ts";
import type { HeldLock, Incident, RobotCounts, RobotLimits, RobotLog, TradingState } from "./robot-types.ts";
import { SendBudget } from "./send-budget.ts";

/** What a courier works with. */
export type CourierParts = {
  readonly connection: BrokerConnection;
  readonly clock: Clock;
  readonly journal: JournalStore;
  readonly desk: OrderDesk;
  readonly limits: RobotLimits;
  readonly lock: HeldLock | null;
  readonly log: RobotLog;
  readonly patience: Patience;
  readonly counts: { -readonly [K in keyof RobotCounts]: RobotCounts[K] };
  readonly tradingState: () => TradingState;
  /** Whether the session still wants what a ticket would do. */
  readonly isWanted: (ticket: Ticket) => boolean;
  /** Writes an event down and tells the desk. */
  readonly hear: (event: DeskEvent) => void;
  readonly say: (incident: Omit<Incident, "atMs">) => void;
  /** The courier cannot go on. */
  readonly fail: (error: unknown) => void;
};

type Errand = { readonly ticket: Ticket; readonly errand: ErrandKind; readonly request: VenueOrderRequest };

type Held = {
  readonly errand: "submit" | "cancel";
  readonly dueMs: number;
  readonly answer: Exclude<Acknowledgement, { readonly kind: "unknown" }>;
};

const pauseMsMax = 30_000;
/** How soon something that opens is looked at again while the session has news to hear: it hears them at once. */
const unheardMs = 100;
/** What the venue could not take for the moment is tried again so soon; where it is closed, later and later. */
const againMs = 1_000;
const closedMsMax = 60_000;
/** What waits for its turn longer than this is refused instead: the price it was decided on is gone. */
const queueMsMax = 5_000;

/**
 * Carries tickets to the venue. What is sent is on the disk before; what is not answered is asked for, and sent again
 * only under the same name after the venue has said again and again that it does not know it. Cancels have a budget of
 * their own and wait for nothing but the order's arrival. Cancels and exits that came too often for the venue are sent
 * again until it takes them; what wants to fill at once waits here while its market is closed.
 */
export class Courier {
  readonly inquiries: Inquiries;
  /** Messages that wait for an answer. */
  inFlight = 0;
  private readonly parts: CourierParts;
  private readonly sends: SendBudget;
  private readonly cancels: SendBudget;
  private readonly resends = new WeakMap<Ticket, number>();
  /** Came too often for the venue, or while it was closed: it has not taken them. */
  private readonly held = new Map<Ticket, Held>();
  private readonly heldBefore = new WeakMap<Ticket, number>();
  /** Told of, because they wait for their market. */
  private readonly waiting = new WeakSet<Ticket>();
  private readonly alarm: Alarm;
  private isFlushing = false;
  private isOpen = false;
  private isClosed = false;
  private pausedUntilMs = -Infinity;
  private pauseMs = 1_000;

  constructor(parts: CourierParts) {
    this.parts = parts;
    this.sends = new SendBudget(parts.limits.sends);
    this.cancels = new SendBudget(parts.limits.sends);
    this.alarm = new Alarm(parts.clock, () => this.flushSafely());
    this.inquiries = new Inquiries({
      ...parts,
      resend: (ticket) => this.resend(ticket),
      cancelAgain: (ticket) => this.cancelAgain(ticket),
    });
  }

  /** Books and venue are together: from now on orders leave. */
  open(): void {
    this.isOpen = true;
    this.flush();
  }

  /** Sends what may be sent now: first written and synced, all of it at once, then sent. Throws `DISK_FAILED`. */
  flush(): void {
    const isReady = this.isOpen && !this.isFlushing && !this.isClosed;
    if (!isReady || (this.parts.desk.state.pending.size === 0 && this.held.size === 0)) return;
    this.isFlushing = true;
    try {
      for (const [ticket, held] of this.held) if (held.dueMs <= this.nowMs) this.sendHeld(ticket, held);
      for (let errands = this.takeReady(); errands.length > 0; errands = this.takeReady())
        this.dispatch(errands);
    } finally {
      this.isFlushing = false;
    }
  }

  /** Nothing is sent or asked any more. */
  close(): void {
    this.isClosed = true;
    this.alarm.close();
    this.inquiries.close();
    this.parts.patience.close();
  }

  private get nowMs(): number {
    return this.parts.clock.nowMs();
  }

  private flushSafely(): void {
    try {
      this.flush();
    } catch (error) {
      this.parts.fail(error);
    }
  }

  private takeReady(): readonly Errand[] {
    const ready: Errand[] = [];
    for (const ticket of Array.from(this.parts.desk.state.pending)) {
      const { errand } = ticket;
      const request = errand === "modify" ? ticket.asked : ticket.request;
      if (errand === null || request === null) continue;
      // A cancel waits until the order has arrived, and for nothing else.
      const mayGo =
        errand === "cancel"
          ? ticket.phase !== "sent" && this.takeBudget(this.cancels)
          : this.mayGo(ticket, request);
      if (mayGo) ready.push({ ticket, errand, request });
    }
    return ready.sort((a, b) => this.urgency(a) - this.urgency(b));
  }

  private urgency({ ticket, errand, request }: Errand): number {
    if (errand === "cancel") return 0;
    return isReducing(this.parts.desk.state, ticket, request) ? 1 : 2;
  }

  /** Refuses what must not go, keeps what cannot go yet. */
  private mayGo(ticket: Ticket, request: VenueOrderRequest): boolean {
    const { desk, connection, limits, tradingState, isWanted } = this.parts;
    const denial = denialOf(desk.state, ticket, request, tradingState());
    if (denial !== null) return this.deny(ticket, denial);
    const reduces = isReducing(desk.state, ticket, request);
    const ageMs = this.nowMs - ticket.touchedMs;
    // What the session has not heard yet may be that it has this already; and what it has heard it may not have acted on.
    if (!reduces && (desk.hasAnswers || !isWanted(ticket))) {
      if (ageMs <= queueMsMax) return this.retryIn(unheardMs);
      return this.deny(ticket, { code: "unavailable", reason: "it is more than is wanted by now" });
    }
    if (connection.line.kind !== "live") {
      const isTooOld = !reduces && ageMs > limits.staleOrderMs;
      if (!isTooOld) return this.retryIn(1_000);
      return this.deny(ticket, { code: "unavailable", reason: "the line to the venue is down" });
    }
    if (this.isMarketClosed(ticket, request)) return false;
    if (this.nowMs < this.pausedUntilMs && !reduces) return this.retryIn(this.pausedUntilMs - this.nowMs);
    if (this.takeBudget(this.sends)) return true;
    const isTooLate = !reduces && ageMs > queueMsMax;
    return isTooLate && this.deny(ticket, { code: "rate_limited", reason: "too many orders at once" });
  }

  /** Whether an order waits for its market; it is looked at again when that opens. */
  private isMarketClosed(ticket: Ticket, request: VenueOrderRequest): boolean {
    const { desk, connection, say } = this.parts;
    const { market } = desk.state;
    const opensMs = connection.capabilities.waitsForOpen
      ? waitsUntilMs(market, ticket.instrument, request, this.nowMs)
      : null;
    if (opensMs === null) return false;
    const { symbol, side, quantity } = request;
    const message = `${side} ${quantity} ${symbol} waits here until ${formatTime(opensMs)}: the market is closed`;
    if (!this.waiting.has(ticket)) say({ kind: "market closed", gravity: "notice", symbol, message });
    this.waiting.add(ticket);
    // A clock that is set anew must not make it late by more than this.
    this.retryIn(Math.min(opensMs - this.nowMs, hourMs));
    return true;
  }

  /** Never true: what is denied does not go. */
  private deny(ticket: Ticket, { code, reason }: Denial): false {
    const { clientOrderId } = ticket;
    const { counts, log, hear } = this.parts;
    counts.refusedHere += 1;
    if (code === "notional_min" || code === "lot_size") this.sayDust(ticket, reason);
    log.warn({ clientOrderId, code }, `not sent: ${reason}`);
    hear({ kind: "denied", atMs: this.nowMs, clientOrderId, code, reason });
    return false;
  }

  private sayDust({ request: { symbol, side }, instrument }: Ticket, reason: string): void {
    const { desk, say } = this.parts;
    const held = desk.state.position[instrument]!;
    if (signOf(side) * held >= 0) return;
    say({ kind: "dust", gravity: "notice", symbol, message: `${held} ${symbol} cannot be sold: ${reason}` });
  }

  private takeBudget(budget: SendBudget): boolean {
    const freeAtMs = budget.freeAtMs();
    if (freeAtMs > this.nowMs) return this.retryIn(freeAtMs - this.nowMs);
    budget.take(this.nowMs);
    return true;
  }

  private retryIn(spanMs: number): false {
    this.alarm.set(this.nowMs + spanMs);
    return false;
  }

  private dispatch(errands: readonly Errand[]): void {
    const { journal, desk, lock } = this.parts;
    if (lock !== null && !lock.isHeld) throw lockLost();
    const atMs = this.nowMs;
    for (const { ticket, errand, request } of errands) {
      const intent = { kind: "intent", atMs, errand, orderId: ticket.orderId, request } as const;
      journal.append(intent);
      desk.hear(intent);
    }
    journal.sync();
    for (const errand of errands) this.send(errand);
  }

  private send({ ticket, errand, request }: Errand): void {
    const { connection, counts, log } = this.parts;
    const { clientOrderId, orderId } = ticket;
    log.debug({ clientOrderId, errand, orderId, request }, `${errand} ${clientOrderId}`);
    const urgency = isReducing(this.parts.desk.state, ticket, request) ? "urgent" : "usual";
    if (errand === "submit") {
      counts.sent += 1;
      this.inquiries.sent(ticket);
      this.expect(ticket, errand, () => connection.submit(request, urgency));
    } else if (errand === "cancel")
      this.expect(ticket, errand, () => connection.cancel(clientOrderId, request.symbol));
    else this.expect(ticket, errand, () => connection.modify(request, urgency));
  }

  private expect(ticket: Ticket, errand: ErrandKind, send: () => Promise<Acknowledgement>): void {
    const { patience, fail } = this.parts;
    this.inFlight += 1;
    patience
      .within(send)
      .catch((error: unknown): Acknowledgement => {
        return { kind: "unknown", reason: error instanceof Error ? error.message : String(error) };
      })
      .then((answer) => this.take(ticket, errand, answer))
      .catch(fail);
  }

  private take(ticket: Ticket, errand: ErrandKind, answer: Acknowledgement): void {
    const { counts, log, hear } = this.parts;
    const { clientOrderId } = ticket;
    this.inFlight -= 1;
    if (this.isClosed) return;
    log.debug({ clientOrderId, errand, answer }, `${errand} ${clientOrderId}: ${answer.kind}`);
    if (answer.kind === "unknown") {
      counts.unknown += 1;
      return this.inquiries.unanswered(ticket, false);
    }
    if (answer.kind === "rejected") {
      // Somebody has had this name before, or the order is over: only the order itself can say what that means.
      const isTaken = errand === "submit" && answer.code === "doubled_id";
      const isAboutOrder = isTaken || (errand !== "submit" && isAboutTheEnd(answer.code));
      if (isAboutOrder) return this.inquiries.unanswered(ticket, true, isTaken);
      if (answer.code === "rate_limited") this.slowDown();
      else this.pauseMs = 1_000;
      if (this.hold(ticket, errand, answer)) return;
      this.noteRejection(ticket, errand, answer);
    }
    hear({ kind: "answered", atMs: this.nowMs, clientOrderId, errand, answer });
  }

  private noteRejection({ request }: Ticket, errand: ErrandKind, { code, reason }: Denial): void {
    const { counts, log } = this.parts;
    log.warn({ clientOrderId: request.clientOrderId, errand, code }, `the venue refused: ${reason}`);
    if (errand === "submit") counts.refusedByVenue += 1;
  }

  private slowDown(): void {
    this.pausedUntilMs = this.nowMs + this.pauseMs;
    this.pauseMs = Math.min(pauseMsMax, this.pauseMs * 2);
  }

  /** Keeps what the venue could not take for the moment: it is not told as refused, and goes again. */
  private hold(ticket: Ticket, errand: ErrandKind, answer: Denial): boolean {
    const { clientOrderId, request } = ticket;
    if (errand === "modify" || ticket.phase === "over") return false;
    const isClosed = answer.code === "session_closed" && errand === "submit";
    const isPressing = errand === "cancel" || isReducing(this.parts.desk.state, ticket, request);
    if (!isClosed && !(answer.code === "rate_limited" && isPressing)) return false;
    if (errand === "submit") this.inquiries.forget(ticket);
    const times = (this.heldBefore.get(ticket) ?? 0) + 1;
    this.heldBefore.set(ticket, times);
    const spanMs = isClosed ? Math.min(closedMsMax, againMs * 2 ** times) : againMs;
    const { code, reason } = answer;
    this.parts.log.info(
      { clientOrderId, errand, code, spanMs },
      `${errand} ${clientOrderId} goes again: ${reason}`,
    );
    this.held.set(ticket, { errand, dueMs: this.nowMs + spanMs, answer: { kind: "rejected", code, reason } });
    this.alarm.set(this.nowMs + spanMs);
    return true;
  }

  private sendHeld(ticket: Ticket, held: Held): void {
    const { errand, answer } = held;
    const { request, clientOrderId } = ticket;
    const isOver = ticket.phase === "over" || (errand === "submit" && ticket.phase !== "sent");
    const isFit = errand === "cancel" || this.mayStillGo(ticket, Infinity);
    const mayGo = errand === "cancel" || this.parts.connection.line.kind === "live";
    if (!isOver && isFit && !(mayGo && this.takeBudget(errand === "cancel" ? this.cancels : this.sends))) {
      this.held.set(ticket, { ...held, dueMs: this.nowMs + againMs });
      return void this.retryIn(againMs);
    }
    this.held.delete(ticket);
    if (isOver) return;
    if (isFit) return this.dispatch([{ ticket, errand, request }]);
    // Nobody wants it any more: now it is over as the venue said.
    this.parts.hear({ kind: "answered", atMs: this.nowMs, clientOrderId, errand, answer });
  }

  /** The same name again: should the first have come after all, the venue refuses the second. */
  private resend(ticket: Ticket): boolean {
    if (!this.isOpen) return true;
    const { limits, connection, counts } = this.parts;
    const { request } = ticket;
    const times = this.resends.get(ticket) ?? 0;
    if (times >= limits.resendsMax || !this.mayStillGo(ticket, limits.staleOrderMs)) return false;
    if (connection.line.kind !== "live" || !this.takeBudget(this.sends)) return true;
    this.resends.set(ticket, times + 1);
    counts.resent += 1;
    this.dispatch([{ ticket, errand: "submit", request }]);
    return true;
  }

  /** Whether an order that the venue does not have is still to be there. */
  private mayStillGo(ticket: Ticket, openingMsMax: number): boolean {
    const { desk, tradingState, isWanted } = this.parts;
    const { request } = ticket;
    const work = desk.state.works.get(ticket.orderId)!;
    if (work.isCancelAsked) return false;
    // Other exits may have taken its share of the holding meanwhile.
    const wanted = wantedOf(desk.state, work);
    if (wanted.kind !== "quantity" || wanted.left < request.quantity * (1 - 1e-9)) return false;
    const isStale = this.nowMs - ticket.createdMs > openingMsMax;
    if (!isReducing(desk.state, ticket, request) && (isStale || !isWanted(ticket))) return false;
    return denialOf(desk.state, ticket, request, tradingState()) === null;
  }

  private cancelAgain(ticket: Ticket): void {
    if (this.isOpen && this.takeBudget(this.cancels))
      this.dispatch([{ ticket, errand: "cancel", request: ticket.request }]);
  }
}

function isAboutTheEnd(code: string): boolean {
  return code === "already_over" || code === "unknown_order";
}

function lockLost(): KiwiError {
  return new KiwiError({
    code: "LOCK_LOST",
    exit: "safety",
    message: "this robot does not hold the lock of its account any more",
    why: "another process may trade on the account now, and two that do not know of each other order everything twice",
    fix: "kiwi live status   shows who holds it; end one of them",
    topic: "trading",
  });
}

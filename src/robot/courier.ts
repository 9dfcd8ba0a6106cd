import { assert } from "../base/assert.ts";
import { KiwiError } from "../base/errors.ts";
import type { Acknowledgement, BrokerConnection, VenueOrderRequest } from "../ports/broker-connection.ts";
import type { Clock } from "../ports/clock.ts";
import type { DeskEvent, ErrandKind, JournalStore } from "../ports/journal-store.ts";
import { denialOf, isReducing, type Denial } from "./check-request.ts";
import type { Ticket } from "./desk/desk-state.ts";
import { missingOf } from "./desk/tend-orders.ts";
import type { OrderDesk } from "./desk/order-desk.ts";
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
  readonly counts: { -readonly [K in keyof RobotCounts]: RobotCounts[K] };
  readonly tradingState: () => TradingState;
  /** Writes an event down and tells the desk. */
  readonly hear: (event: DeskEvent) => void;
  readonly say: (incident: Omit<Incident, "atMs">) => void;
  /** The courier cannot go on. */
  readonly fail: (error: unknown) => void;
};

/** What is being talked about one ticket. */
type Talk = {
  /** When it was sent last; orders that may be on their way are counted from here. */
  sentAtMs: number;
  /** Messages on their way. */
  inFlight: number;
  isAsking: boolean;
  isSuspect: boolean;
  askAtMs: number;
  waitMs: number;
  misses: number;
  fillTries: number;
  resends: number;
  openSinceMs: number;
};

type Errand = { readonly ticket: Ticket; readonly errand: ErrandKind; readonly request: VenueOrderRequest };

const waitMsMax = 30_000;
/** An order without its answer for so long is told to a person. */
const unresolvedMs = 60_000;
/** A fill that only the total tells of is asked for so often before it is booked without having been seen. */
const fillTriesMax = 5;
/** What waits for its turn longer than this is refused instead: the price it was decided on is gone. */
const queueMsMax = 5_000;

/**
 * Carries tickets to the venue and finds out what became of them. What is sent is on the disk before; what is not
 * answered is asked for, and sent again only under the same name after the venue has said again and again that it does
 * not know it. Cancels have a budget of their own and wait for nothing but the order's arrival.
 */
export class Courier {
  private readonly parts: CourierParts;
  private readonly talks = new Map<Ticket, Talk>();
  private readonly sends: SendBudget;
  private readonly cancels: SendBudget;
  private isFlushing = false;
  private isOpen = false;
  private isClosed = false;
  private pausedUntilMs = -Infinity;
  private pauseMs = 1_000;
  private timer: (() => void) | null = null;
  private timerAtMs = Infinity;

  constructor(parts: CourierParts) {
    this.parts = parts;
    this.sends = new SendBudget(parts.limits.sends);
    this.cancels = new SendBudget(parts.limits.sends);
  }

  /** Messages that wait for an answer. */
  get inFlight(): number {
    let sum = 0;
    for (const { inFlight } of this.talks.values()) sum += inFlight;
    return sum;
  }

  /** Books and venue are together: from now on orders leave. */
  open(): void {
    this.isOpen = true;
    this.flush();
  }

  /** Sends what may be sent now: first written and synced, all of it at once, then sent. */
  flush(): void {
    if (!this.isOpen || this.isFlushing || this.isClosed || this.parts.desk.state.pending.size === 0) return;
    this.isFlushing = true;
    try {
      for (let errands = this.takeReady(); errands.length > 0; errands = this.takeReady())
        this.dispatch(errands);
    } finally {
      this.isFlushing = false;
    }
  }

  /** Looks after a ticket that something was heard about. */
  attend(ticket: Ticket): void {
    if (ticket.phase === "over") {
      const talk = this.talks.get(ticket);
      if (talk !== undefined && talk.inFlight === 0) this.talks.delete(ticket);
      return;
    }
    const talk = this.talkOf(ticket);
    if (talk.isAsking) return;
    if (this.mustAsk(ticket, talk)) this.askLater(talk, this.parts.limits.askEveryMs);
    else talk.askAtMs = Infinity;
  }

  /** The venue does not list a ticket that should work, or a restart does not know what became of it. */
  suspect(ticket: Ticket): void {
    const talk = this.talkOf(ticket);
    if (talk.isSuspect || ticket.phase === "unsent" || ticket.phase === "over") return;
    talk.isSuspect = true;
    talk.askAtMs = this.nowMs;
    this.setTimer(this.nowMs);
  }

  /** Asks for executions since a time of the venue and tells those that are new. Rejects when the venue cannot say. */
  async fetchFills(sinceMs: number): Promise<void> {
    const { connection, desk, hear } = this.parts;
    for (const fill of await this.within(() => connection.fillsSince(sinceMs))) {
      if (!this.isClosed && desk.isNewFill(fill)) hear({ kind: "fill", atMs: this.nowMs, fill });
    }
  }

  /** An answer to a question, or a rejection when it does not come in time. */
  within<T>(question: () => Promise<T>): Promise<T> {
    const { clock, limits } = this.parts;
    return new Promise<T>((resolve, reject) => {
      const cancel = clock.schedule(limits.answerMs, () =>
        reject(new Error(`no answer within ${limits.answerMs} ms`)),
      );
      const asked = async (): Promise<T> => question();
      asked().then(
        (answer) => {
          cancel();
          resolve(answer);
        },
        (error: unknown) => {
          cancel();
          reject(error instanceof Error ? error : new Error(String(error)));
        },
      );
    });
  }

  /** Nothing is sent or asked any more. */
  close(): void {
    this.isClosed = true;
    this.timer?.();
    this.timer = null;
  }

  private get nowMs(): number {
    return this.parts.clock.nowMs();
  }

  // ---- What may go now ----

  private takeReady(): readonly Errand[] {
    const { desk } = this.parts;
    const ready: Errand[] = [];
    for (const ticket of [...desk.state.pending]) {
      const { errand } = ticket;
      if (errand === "cancel") {
        if (ticket.phase !== "sent" && this.takeBudget(this.cancels))
          ready.push({ ticket, errand, request: ticket.request });
      } else if (errand === "modify" && ticket.asked !== null) {
        if (this.mayGo(ticket, ticket.asked)) ready.push({ ticket, errand, request: ticket.asked });
      } else if (errand === "submit" && this.mayGo(ticket, ticket.request)) {
        ready.push({ ticket, errand, request: ticket.request });
      }
    }
    return ready.sort((a, b) => this.urgency(a) - this.urgency(b));
  }

  private urgency({ ticket, errand, request }: Errand): number {
    if (errand === "cancel") return 0;
    return isReducing(this.parts.desk.state, ticket.instrument, request) ? 1 : 2;
  }

  /** Refuses what must not go, keeps what cannot go yet. */
  private mayGo(ticket: Ticket, request: VenueOrderRequest): boolean {
    const { desk, connection, limits } = this.parts;
    const denial = denialOf(desk.state, ticket.instrument, request, this.parts.tradingState());
    if (denial !== null) return this.deny(ticket, denial);
    const reduces = isReducing(desk.state, ticket.instrument, request);
    const ageMs = this.nowMs - ticket.touchedMs;
    if (connection.line.kind !== "live") {
      const isTooOld = !reduces && ageMs > limits.staleOrderMs;
      return isTooOld
        ? this.deny(ticket, { code: "unavailable", reason: "the line to the venue is down" })
        : this.retryIn(1_000);
    }
    if (this.nowMs < this.pausedUntilMs && !reduces) return this.retryIn(this.pausedUntilMs - this.nowMs);
    if (this.takeBudget(this.sends)) return true;
    const isTooLate = !reduces && ageMs > queueMsMax;
    return isTooLate && this.deny(ticket, { code: "rate_limited", reason: "too many orders at once" });
  }

  /** Never true: what is denied does not go. */
  private deny(ticket: Ticket, { code, reason }: Denial): false {
    const { clientOrderId } = ticket;
    this.parts.counts.refusedHere += 1;
    if (code === "notional_min" || code === "lot_size") this.sayDust(ticket, reason);
    this.parts.log.warn({ clientOrderId, code }, `not sent: ${reason}`);
    this.parts.hear({ kind: "denied", atMs: this.nowMs, clientOrderId, code, reason });
    return false;
  }

  private sayDust({ request: { symbol }, instrument }: Ticket, reason: string): void {
    const held = this.parts.desk.state.position[instrument]!;
    if (held === 0) return;
    this.parts.say({
      kind: "dust",
      gravity: "notice",
      symbol,
      message: `${held} ${symbol} cannot be sold: ${reason}`,
    });
  }

  private takeBudget(budget: SendBudget): boolean {
    const freeAtMs = budget.freeAtMs();
    if (freeAtMs > this.nowMs) return this.retryIn(freeAtMs - this.nowMs);
    budget.take(this.nowMs);
    return true;
  }

  private retryIn(spanMs: number): false {
    this.setTimer(this.nowMs + spanMs);
    return false;
  }

  // ---- Sending ----

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
    const { clientOrderId } = ticket;
    const talk = this.talkOf(ticket);
    talk.openSinceMs = Math.min(talk.openSinceMs, this.nowMs);
    log.debug({ clientOrderId, errand, orderId: ticket.orderId, request }, `${errand} ${clientOrderId}`);
    if (errand === "submit") {
      counts.sent += 1;
      talk.sentAtMs = this.nowMs;
      this.expect(ticket, talk, errand, () => connection.submit(request));
    } else if (errand === "cancel") {
      this.expect(ticket, talk, errand, () => connection.cancel(clientOrderId, request.symbol));
    } else this.expect(ticket, talk, errand, () => connection.modify(request));
  }

  private expect(ticket: Ticket, talk: Talk, errand: ErrandKind, send: () => Promise<Acknowledgement>): void {
    talk.inFlight += 1;
    this.within(send)
      .then(
        (answer) => this.take(ticket, talk, errand, answer),
        (error: unknown) =>
          this.take(ticket, talk, errand, {
            kind: "unknown",
            reason: error instanceof Error ? error.message : String(error),
          }),
      )
      .catch(this.parts.fail);
  }

  private take(ticket: Ticket, talk: Talk, errand: ErrandKind, answer: Acknowledgement): void {
    const { counts, log, hear, limits } = this.parts;
    const { clientOrderId } = ticket;
    talk.inFlight -= 1;
    if (this.isClosed) return;
    log.debug({ clientOrderId, errand, answer }, `${errand} ${clientOrderId}: ${answer.kind}`);
    if (answer.kind === "unknown") {
      counts.unknown += 1;
      return this.askLater(talk, limits.askEveryMs);
    }
    // Somebody has had this name before: only the order itself can say whether that was us.
    const isDoubled = answer.kind === "rejected" && errand === "submit" && answer.code === "doubled_id";
    const isOver = answer.kind === "rejected" && errand !== "submit" && isAboutTheEnd(answer.code);
    if (isDoubled || isOver) {
      talk.isSuspect = true;
      return this.askLater(talk, 0);
    }
    if (answer.kind === "rejected") this.noteRejection(errand, answer.code);
    hear({ kind: "answered", atMs: this.nowMs, clientOrderId, errand, answer });
    if (answer.kind === "rejected" && errand === "cancel") this.backOff(talk);
  }

  private noteRejection(errand: ErrandKind, code: string): void {
    if (errand === "submit") this.parts.counts.refusedByVenue += 1;
    if (code === "rate_limited") {
      this.pausedUntilMs = this.nowMs + this.pauseMs;
      this.pauseMs = Math.min(waitMsMax, this.pauseMs * 2);
    } else this.pauseMs = 1_000;
  }

  // ---- Asking ----

  private mustAsk(ticket: Ticket, talk: Talk): boolean {
    if (talk.isSuspect || (ticket.phase === "sent" && talk.inFlight === 0)) return true;
    return (
      ticket.phase === "working" && (ticket.isCancelAsked || ticket.asked !== null || missingOf(ticket) > 0)
    );
  }

  private askDue(): void {
    this.timer = null;
    this.timerAtMs = Infinity;
    if (this.isClosed) return;
    for (const [ticket, talk] of this.talks) {
      if (talk.askAtMs > this.nowMs || talk.isAsking) continue;
      if (ticket.phase === "over") this.talks.delete(ticket);
      else if (this.mustAsk(ticket, talk)) void this.ask(ticket, talk).catch(this.parts.fail);
      else talk.askAtMs = Infinity;
    }
    this.flush();
    this.setTimer(this.nextAskMs());
  }

  private nextAskMs(): number {
    let first = Infinity;
    for (const { askAtMs, isAsking } of this.talks.values()) if (!isAsking) first = Math.min(first, askAtMs);
    return first;
  }

  private async ask(ticket: Ticket, talk: Talk): Promise<void> {
    const { connection, hear, limits, log } = this.parts;
    const { clientOrderId, request } = ticket;
    talk.isAsking = true;
    talk.askAtMs = Infinity;
    try {
      const order = await this.within(() => connection.order(clientOrderId, request.symbol));
      if (this.isClosed) return;
      if (order === null) await this.missed(ticket, talk);
      else {
        talk.misses = 0;
        talk.isSuspect = false;
        hear({ kind: "told", atMs: this.nowMs, order });
        await this.findFills(ticket, talk);
      }
      if (this.isClosed || ticket.phase === "over") return;
      if (
        ticket.isCancelAsked &&
        ticket.phase === "working" &&
        ticket.errand === null &&
        missingOf(ticket) === 0
      )
        this.cancelAgain(ticket);
      if (talk.askAtMs === Infinity && this.mustAsk(ticket, talk)) this.backOff(talk);
      this.sayUnresolved(ticket, talk);
    } catch (error) {
      if (error instanceof KiwiError) throw error;
      // A question that failed says nothing.
      log.warn({ clientOrderId, error: String(error) }, `could not ask for ${clientOrderId}`);
      this.backOff(talk);
    } finally {
      talk.isAsking = false;
      if (ticket.phase === "over") this.talks.delete(ticket);
      else this.setTimer(Math.max(talk.askAtMs, this.nowMs + Math.min(1, limits.askEveryMs)));
    }
  }

  /** The venue does not know a ticket. Said once it means nothing: an order may show late. */
  private async missed(ticket: Ticket, talk: Talk): Promise<void> {
    const { limits, hear, say, desk } = this.parts;
    talk.misses += 1;
    const isBelieved = talk.misses >= limits.missesMin && this.nowMs - talk.sentAtMs >= limits.unknownMs;
    if (!isBelieved || !this.isOpen) return this.askLater(talk, limits.askEveryMs);
    const { clientOrderId, request } = ticket;
    if (ticket.phase === "sent" && !ticket.isCancelAsked && this.mayResend(ticket, talk))
      return this.resend(ticket, talk);
    if (ticket.phase === "working") await this.fetchFills(ticket.createdMs - waitMsMax);
    if (desk.ticketOf(clientOrderId)?.phase === "over") return;
    if (!ticket.isCancelAsked)
      say({
        kind: "order lost",
        gravity: "notice",
        symbol: request.symbol,
        message: `the venue does not know ${clientOrderId}`,
      });
    hear({ kind: "lost", atMs: this.nowMs, clientOrderId });
  }

  private mayResend(ticket: Ticket, talk: Talk): boolean {
    const { desk, limits, connection } = this.parts;
    const { request, instrument } = ticket;
    if (talk.resends >= limits.resendsMax || connection.line.kind !== "live") return false;
    if (desk.state.works.get(ticket.orderId)!.isCancelAsked) return false;
    const isStale = this.nowMs - ticket.createdMs > limits.staleOrderMs;
    if (isStale && !isReducing(desk.state, instrument, request)) return false;
    return denialOf(desk.state, instrument, request, this.parts.tradingState()) === null;
  }

  /** The same name again: should the first have come after all, the venue refuses the second. */
  private resend(ticket: Ticket, talk: Talk): void {
    talk.resends += 1;
    talk.misses = 0;
    this.parts.counts.resent += 1;
    if (this.takeBudget(this.sends)) this.dispatch([{ ticket, errand: "submit", request: ticket.request }]);
    else this.askLater(talk, this.parts.limits.askEveryMs);
  }

  private cancelAgain(ticket: Ticket): void {
    if (this.takeBudget(this.cancels)) this.dispatch([{ ticket, errand: "cancel", request: ticket.request }]);
  }

  /** Fills that the order's total tells of; when they never come they are booked at its average price. */
  private async findFills(ticket: Ticket, talk: Talk): Promise<void> {
    if (missingOf(ticket) === 0) return;
    await this.fetchFills(ticket.createdMs - waitMsMax);
    const missing = missingOf(ticket);
    if (missing === 0 || this.isClosed) return;
    talk.fillTries += 1;
    if (talk.fillTries < fillTriesMax) return;
    await this.infer(ticket, missing);
  }

  private async infer(ticket: Ticket, missing: number): Promise<void> {
    const { connection, hear, say } = this.parts;
    const { clientOrderId, request } = ticket;
    const order = await this.within(() => connection.order(clientOrderId, request.symbol));
    const price = order?.averagePrice ?? Number.NaN;
    if (!(price > 0)) return;
    say({
      kind: "fill inferred",
      gravity: "alarm",
      symbol: request.symbol,
      message: `${missing} ${request.symbol} of ${clientOrderId} filled without a fill that tells of it; booked at ${price}`,
    });
    hear({
      kind: "fill",
      atMs: this.nowMs,
      isInferred: true,
      fill: {
        fillId: `inferred:${clientOrderId}:${ticket.filled + missing}`,
        clientOrderId,
        venueOrderId: order!.venueOrderId,
        symbol: request.symbol,
        side: request.side,
        quantity: missing,
        price,
        fee: 0,
        feeCurrency: "",
        liquidity: "taker",
        venueTimeMs: order!.venueTimeMs,
        receivedAtMs: this.nowMs,
      },
    });
  }

  private sayUnresolved({ clientOrderId, request, phase }: Ticket, talk: Talk): void {
    if (this.nowMs - talk.openSinceMs < unresolvedMs || phase === "over" || talk.askAtMs === Infinity) return;
    talk.openSinceMs = this.nowMs;
    const message = `${clientOrderId} has been without an answer for a minute; it counts in full until there is one`;
    this.parts.say({ kind: "order unresolved", gravity: "alarm", symbol: request.symbol, message });
  }

  private askLater(talk: Talk, spanMs: number): void {
    const atMs = this.nowMs + spanMs;
    talk.waitMs = this.parts.limits.askEveryMs;
    talk.askAtMs = Math.min(talk.askAtMs, atMs);
    this.setTimer(talk.askAtMs);
  }

  private backOff(talk: Talk): void {
    talk.askAtMs = this.nowMs + talk.waitMs;
    talk.waitMs = Math.min(waitMsMax, talk.waitMs * 2);
    this.setTimer(talk.askAtMs);
  }

  /** One timer for everything: the earliest. */
  private setTimer(atMs: number): void {
    if (this.isClosed || atMs === Infinity || (this.timer !== null && this.timerAtMs <= atMs)) return;
    this.timer?.();
    this.timerAtMs = atMs;
    this.timer = this.parts.clock.schedule(Math.max(0, atMs - this.nowMs), () => {
      try {
        this.askDue();
      } catch (error) {
        this.parts.fail(error);
      }
    });
  }

  private talkOf(ticket: Ticket): Talk {
    let talk = this.talks.get(ticket);
    if (talk === undefined) {
      const { askEveryMs } = this.parts.limits;
      assert(askEveryMs > 0, "orders are asked for in steps of time");
      talk = {
        sentAtMs: this.nowMs,
        inFlight: 0,
        isAsking: false,
        isSuspect: false,
        askAtMs: Infinity,
        waitMs: askEveryMs,
        misses: 0,
        fillTries: 0,
        resends: 0,
        openSinceMs: Infinity,
      };
      this.talks.set(ticket, talk);
    }
    return talk;
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

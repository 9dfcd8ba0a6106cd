import { KiwiError } from "../../base/errors.ts";
import type { Acknowledgement, VenueOrderRequest } from "../../ports/broker-connection.ts";
import type { ErrandKind } from "../../ports/journal-store.ts";
import { Alarm } from "../alarm.ts";
import type { Ticket } from "../desk/desk-state.ts";
import { Inquiries } from "../inquiries.ts";
import { ChangedRules } from "./changed-rules.ts";
import { isReducing } from "./check-request.ts";
import type { CourierParts, Errand, Refusal } from "./courier-parts.ts";
import { Departures } from "./departures.ts";
import { EarlierOrders } from "./earlier-orders.ts";
import { HeldErrands } from "./held-errands.ts";

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
  private readonly departures: Departures;
  private readonly earlier: EarlierOrders;
  private readonly held: HeldErrands;
  private readonly rules: ChangedRules;
  private readonly resends = new WeakMap<Ticket, number>();
  private readonly alarm: Alarm;
  private isFlushing = false;
  private isOpen = false;
  private isClosed = false;

  constructor(parts: CourierParts) {
    this.parts = parts;
    this.alarm = new Alarm(parts.clock, () => this.flushSafely());
    const mayCancel = (): boolean => this.departures.mayTakeTurn("cancel");
    this.earlier = new EarlierOrders(parts, this.alarm, mayCancel, () => this.inquiries.fetchMissed());
    this.departures = new Departures(parts, this.alarm, this.earlier);
    this.held = new HeldErrands(parts, this.departures);
    this.rules = new ChangedRules(parts);
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
    if (isReady) this.earlier.withdrawEntries();
    if (!isReady || (this.parts.desk.state.pending.size === 0 && this.held.size === 0)) return;
    this.isFlushing = true;
    try {
      for (const errand of this.held.takeDue()) this.dispatch([errand]);
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
    const { state } = this.parts.desk;
    const waiting = Array.from(state.pending, (ticket) => ({ ticket, urgency: this.urgency(ticket) }));
    // The most urgent first: where turns are few an exit does not stand behind what opens.
    for (const { ticket } of waiting.sort((a, b) => a.urgency - b.urgency)) {
      const { errand } = ticket;
      const request = requestOf(ticket);
      if (errand === null || request === null) continue;
      // A cancel waits until the order has arrived, and for nothing else.
      const mayGo =
        errand === "cancel"
          ? ticket.phase !== "sent" && this.departures.mayTakeTurn("cancel")
          : this.departures.mayGo(ticket, request);
      if (mayGo) ready.push({ ticket, errand, request });
    }
    return ready;
  }

  private urgency(ticket: Ticket): number {
    if (ticket.errand === "cancel") return 0;
    return isReducing(this.parts.desk.state, ticket, requestOf(ticket) ?? ticket.request) ? 1 : 2;
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
      return this.takeRefusal(ticket, errand, answer);
    }
    hear({ kind: "answered", atMs: this.nowMs, clientOrderId, errand, answer });
  }

  private takeRefusal(ticket: Ticket, errand: ErrandKind, answer: Refusal): void {
    if (answer.code === "rate_limited") this.departures.slowDown();
    else this.departures.keepPace();
    const waits =
      this.held.hold(ticket, errand, answer) ||
      this.rules.look(ticket, errand, answer, (told) => this.tellRefusal(ticket, errand, told));
    // It is not at the venue: there is nothing to ask for.
    if (waits && errand === "submit") this.inquiries.forget(ticket);
    if (!waits) this.tellRefusal(ticket, errand, answer);
  }

  private tellRefusal(ticket: Ticket, errand: ErrandKind, answer: Refusal): void {
    if (this.isClosed) return;
    const { clientOrderId } = ticket;
    const { counts, log, hear } = this.parts;
    const { code, reason } = answer;
    log.warn({ clientOrderId, errand, code }, `the venue refused: ${reason}`);
    if (errand === "submit") counts.refusedByVenue += 1;
    hear({ kind: "answered", atMs: this.nowMs, clientOrderId, errand, answer });
  }

  /** The same name again: should the first have come after all, the venue refuses the second. */
  private resend(ticket: Ticket): boolean {
    if (!this.isOpen) return true;
    const { limits, connection, counts } = this.parts;
    const { request } = ticket;
    // The venue has not taken it, and somebody sees to that.
    if (this.held.has(ticket) || this.rules.isAsking(ticket)) return true;
    const times = this.resends.get(ticket) ?? 0;
    if (times >= limits.resendsMax || !this.departures.mayStillGo(ticket, limits.staleOrderMs)) return false;
    if (connection.line.kind !== "live" || !this.departures.mayTakeTurn("submit")) return true;
    this.resends.set(ticket, times + 1);
    counts.resent += 1;
    this.dispatch([{ ticket, errand: "submit", request }]);
    return true;
  }

  private cancelAgain(ticket: Ticket): void {
    if (this.isOpen && this.departures.mayTakeTurn("cancel"))
      this.dispatch([{ ticket, errand: "cancel", request: ticket.request }]);
  }
}

/** What an errand brings to the venue. */
function requestOf({ errand, asked, request }: Ticket): VenueOrderRequest | null {
  return errand === "modify" ? asked : request;
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

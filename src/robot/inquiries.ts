import { dayMs, hourMs } from "../base/time.ts";
import type { BrokerConnection, VenueOrder } from "../ports/broker-connection.ts";
import type { Clock } from "../ports/clock.ts";
import type { DeskEvent } from "../ports/journal-store.ts";
import { Alarm } from "./alarm.ts";
import type { Ticket } from "./desk/desk-state.ts";
import type { OrderDesk } from "./desk/order-desk.ts";
import { isReadableOrder } from "./desk/readable.ts";
import { missingOf } from "./desk/tend-orders.ts";
import type { Patience } from "./patience.ts";
import type { Incident, RobotLimits, RobotLog } from "./robot-types.ts";

/** What questions are asked with. */
export type InquiryParts = {
  readonly connection: BrokerConnection;
  readonly clock: Clock;
  readonly desk: OrderDesk;
  readonly limits: RobotLimits;
  readonly log: RobotLog;
  readonly patience: Patience;
  /** When the session began, by the venue. */
  readonly sinceMs: number;
  readonly hear: (event: DeskEvent) => void;
  readonly say: (incident: Omit<Incident, "atMs">) => void;
  readonly fail: (error: unknown) => void;
  /** Sends a ticket once more under its name; false where that must not be, and it is given up instead. */
  readonly resend: (ticket: Ticket) => boolean;
  readonly cancelAgain: (ticket: Ticket) => void;
};

/** What is being asked about one ticket. */
type Inquiry = {
  /** When it was sent last: an order that is not known so soon may still be on its way. */
  sentAtMs: number;
  isAsking: boolean;
  /** Somebody has reason to doubt what is known. */
  isSuspect: boolean;
  /** The venue has refused its name for being taken: it is there, whatever is said about not knowing it. */
  isThere: boolean;
  askAtMs: number;
  waitMs: number;
  misses: number;
  missedSinceMs: number;
  fillTries: number;
  readonly sinceMs: number;
};

const waitMsMax = 30_000;
/** Executions are asked for from so long before the last one that is known: venues tell some of them late. */
const overlapMs = 60_000;
/**
 * From so long before an order was made its fills are asked for: further back when they do not come, for the clock that it
 * was made by may have been ahead of the venue's.
 */
const fillsBackMs = [waitMsMax, 2 * hourMs, dayMs];
/** For so long the venue must not know an order that it has acknowledged before that is believed: 20 s by the usual limits. */
const goneMs = ({ unknownMs }: RobotLimits): number => Math.max(20_000, 4 * unknownMs);
/** An order without its answer for so long is told to a person: 60 s. */
const unresolvedMs = ({ unknownMs }: RobotLimits): number => Math.max(60_000, 12 * unknownMs);
/** No question waits longer: 30 s. Where the clock runs faster than real time, limits are larger and this with them. */
const waitMost = ({ askEveryMs }: RobotLimits): number => Math.max(waitMsMax, 15 * askEveryMs);
/** A fill that only the total tells of is asked for so often before it is booked without having been seen. */
const fillTriesMax = 5;

/**
 * Finds out what became of orders whose answer is owed: sent and not acknowledged, to be canceled or changed, ended
 * with fills that have not come. An answer that fails says nothing, and a single "not known" hardly more.
 */
export class Inquiries {
  private readonly parts: InquiryParts;
  private readonly open = new Map<Ticket, Inquiry>();
  private readonly alarm: Alarm;
  private isClosed = false;

  constructor(parts: InquiryParts) {
    this.parts = parts;
    this.alarm = new Alarm(parts.clock, () => this.askDue());
  }

  /** A ticket has just been sent. */
  sent(ticket: Ticket): void {
    const inquiry = this.of(ticket);
    inquiry.sentAtMs = this.nowMs;
    inquiry.misses = 0;
    this.askIn(inquiry, this.parts.limits.askEveryMs);
  }

  /** An answer did not come, or said that only the order itself can tell; `isThere` that the name is taken. */
  unanswered(ticket: Ticket, isSuspect: boolean, isThere = false): void {
    // The venue may have told of the order meanwhile: then nothing is owed.
    if (ticket.phase === "over" || !(isSuspect || isOwed(ticket))) return;
    const inquiry = this.of(ticket);
    inquiry.isThere ||= isThere;
    inquiry.isSuspect ||= isSuspect;
    this.askIn(inquiry, isSuspect ? 0 : this.parts.limits.askEveryMs);
  }

  /** The venue does not list a ticket that should work, or a restart does not know what became of it. */
  suspect(ticket: Ticket): void {
    const isAsked = this.open.get(ticket)?.isSuspect === true;
    if (!isAsked && ticket.phase !== "unsent") this.unanswered(ticket, true);
  }

  /** Something was heard about a ticket: it is asked for where an answer is still owed, and else not any more. */
  attend(ticket: Ticket): void {
    const known = this.open.get(ticket);
    if (known?.isAsking === true) return;
    if (ticket.phase === "over") this.open.delete(ticket);
    else if (isOwed(ticket) || known?.isSuspect === true)
      this.askIn(this.of(ticket), this.parts.limits.askEveryMs);
    else this.open.delete(ticket);
  }

  /** The venue has not taken it, and it will be sent again: there is nothing to ask for. */
  forget(ticket: Ticket): void {
    this.open.delete(ticket);
  }

  /** Asks for executions since a time of the venue and tells those that are new. Rejects when the venue cannot say. */
  async fetchFills(sinceMs: number): Promise<void> {
    const { connection, desk, hear, patience } = this.parts;
    for (const fill of await patience.within(() => connection.fillsSince(sinceMs))) {
      if (!this.isClosed && desk.isNewFill(fill)) hear({ kind: "fill", atMs: this.nowMs, fill });
    }
  }

  /** Asks for those that may have been missed: since shortly before the newest that is known. */
  fetchMissed(): Promise<void> {
    const { sinceMs, desk } = this.parts;
    const { lastFillMs } = desk.state;
    return this.fetchFills(Number.isNaN(lastFillMs) ? sinceMs : Math.max(sinceMs, lastFillMs - overlapMs));
  }

  /** Nothing is asked any more. */
  close(): void {
    this.isClosed = true;
    this.alarm.close();
  }

  private get nowMs(): number {
    return this.parts.clock.nowMs();
  }

  private askDue(): void {
    for (const [ticket, inquiry] of this.open) {
      // One that is further off than any wait was set before the clock was set back.
      const restMs = inquiry.askAtMs - this.nowMs;
      if (inquiry.isAsking || restMs === Infinity || (restMs > 0 && restMs <= waitMost(this.parts.limits)))
        continue;
      void this.ask(ticket, inquiry).catch(this.parts.fail);
    }
    this.setAlarm();
  }

  private setAlarm(): void {
    let first = Infinity;
    for (const { askAtMs, isAsking } of this.open.values()) if (!isAsking) first = Math.min(first, askAtMs);
    this.alarm.set(first);
  }

  private async ask(ticket: Ticket, inquiry: Inquiry): Promise<void> {
    inquiry.isAsking = true;
    inquiry.askAtMs = Infinity;
    const isAnswered = await this.look(ticket, inquiry);
    inquiry.isAsking = false;
    if (this.isClosed) return;
    const isOpen = ticket.phase !== "over" && (isOwed(ticket) || inquiry.isSuspect);
    if (!isOpen) return void this.open.delete(ticket);
    if (inquiry.askAtMs === Infinity) {
      inquiry.askAtMs = this.nowMs + inquiry.waitMs;
      // What may be on its way to a position without protection is asked for without getting tired, and a question that
      // nobody answered has not been asked.
      if (ticket.phase === "sent" || !isAnswered) inquiry.waitMs = this.parts.limits.askEveryMs;
      else inquiry.waitMs = Math.min(waitMost(this.parts.limits), inquiry.waitMs * 2);
    }
    this.sayUnresolved(ticket, inquiry);
    this.alarm.set(inquiry.askAtMs);
  }

  /** Puts the question and draws the conclusions; false when there was no answer. */
  private async look(ticket: Ticket, inquiry: Inquiry): Promise<boolean> {
    const order = await this.question(ticket);
    if (order === "no answer") return false;
    if (this.isClosed || ticket.phase === "over") return true;
    if (order !== null) return this.found(ticket, inquiry, order);
    await this.miss(ticket, inquiry);
    return true;
  }

  /** False when the fills that the order tells of could not be asked for. */
  private async found(ticket: Ticket, inquiry: Inquiry, order: VenueOrder): Promise<boolean> {
    inquiry.misses = 0;
    inquiry.isSuspect = false;
    this.parts.hear({ kind: "told", atMs: this.nowMs, order });
    if (missingOf(ticket) > 0) return this.findFills(ticket, inquiry, order);
    if (ticket.isCancelAsked && ticket.phase === "working" && ticket.errand === null)
      this.parts.cancelAgain(ticket);
    return true;
  }

  private async question({ clientOrderId, request }: Ticket): Promise<VenueOrder | null | "no answer"> {
    const { connection, log, patience } = this.parts;
    try {
      const order = await patience.within(() => connection.order(clientOrderId, request.symbol));
      if (order === null || isReadableOrder(order)) return order;
      throw new Error(`it is told with ${order.filledQuantity} of ${order.quantity} filled`);
    } catch (error) {
      log.warn({ clientOrderId, error: String(error) }, `could not ask for ${clientOrderId}`);
      return "no answer";
    }
  }

  /** The venue does not know a ticket. Said once it means nothing: an order may show late. */
  private async miss(ticket: Ticket, inquiry: Inquiry): Promise<void> {
    const { limits, hear, say } = this.parts;
    inquiry.misses += 1;
    inquiry.isSuspect ||= ticket.phase === "working";
    inquiry.waitMs = limits.askEveryMs;
    if (inquiry.misses === 1) inquiry.missedSinceMs = this.nowMs;
    const isEarly = inquiry.misses < limits.missesMin || this.nowMs - inquiry.sentAtMs < limits.unknownMs;
    // An order that the venue has had once is not gone because it does not find it for a moment.
    const wasThere = ticket.phase === "working" || inquiry.isThere;
    if (isEarly || (wasThere && this.nowMs - inquiry.missedSinceMs < goneMs(limits))) return;
    const mayResend = ticket.phase === "sent" && !ticket.isCancelAsked && !inquiry.isThere;
    if (mayResend && this.parts.resend(ticket)) return;
    // Its name is taken: what opens is waited for until somebody looks, and a position not without its stop for so long.
    if (inquiry.isThere && ticket.phase === "sent" && !this.parts.desk.isExit(ticket)) return;
    if (!(await this.isUnlisted(ticket))) return;
    if (wasThere && !(await this.tryFills(ticket, 1))) return;
    if (this.isClosed || this.hasEnded(ticket)) return;
    const { clientOrderId, request } = ticket;
    const message = `the venue does not know ${clientOrderId}`;
    if (!ticket.isCancelAsked)
      say({ kind: "order lost", gravity: "notice", symbol: request.symbol, message });
    hear({ kind: "lost", atMs: this.nowMs, clientOrderId });
  }

  /** An order that is not found by its name may work all the same: only the whole list of those that do says no. */
  private async isUnlisted({ clientOrderId }: Ticket): Promise<boolean> {
    const { connection, patience, log, hear } = this.parts;
    try {
      const open = await patience.within(() => connection.openOrders());
      if (open.kind === "unknown") return false;
      const listed = open.orders.find((order) => order.clientOrderId === clientOrderId);
      if (listed !== undefined && !this.isClosed && isReadableOrder(listed))
        hear({ kind: "told", atMs: this.nowMs, order: listed });
      return listed === undefined;
    } catch (error) {
      log.warn({ clientOrderId, error: String(error) }, "could not ask for the open orders");
      return false;
    }
  }

  private hasEnded({ phase }: Ticket): boolean {
    return phase === "over";
  }

  private async tryFills({ clientOrderId, createdMs }: Ticket, triesBefore: number): Promise<boolean> {
    try {
      await this.fetchFills(createdMs - fillsBackMs[Math.min(triesBefore, fillsBackMs.length - 1)]!);
      return true;
    } catch (error) {
      this.parts.log.warn(
        { clientOrderId, error: String(error) },
        `could not ask for the fills of ${clientOrderId}`,
      );
      return false;
    }
  }

  /** Fills that the order's total tells of; when they never come they are booked at its average price. */
  private async findFills(ticket: Ticket, inquiry: Inquiry, order: VenueOrder): Promise<boolean> {
    if (!(await this.tryFills(ticket, inquiry.fillTries))) return false;
    const missing = missingOf(ticket);
    inquiry.fillTries += 1;
    if (missing > 0 && inquiry.fillTries >= fillTriesMax && !this.isClosed)
      this.infer(ticket, missing, order);
    return true;
  }

  private infer({ clientOrderId, request, filled }: Ticket, missing: number, order: VenueOrder): void {
    const { hear, say } = this.parts;
    const { averagePrice = Number.NaN, venueOrderId, venueTimeMs } = order;
    if (!(averagePrice > 0)) return;
    const { symbol, side } = request;
    const message = `${missing} ${symbol} of ${clientOrderId} filled without a fill that tells of it; booked at ${averagePrice}`;
    say({ kind: "fill inferred", gravity: "alarm", symbol, message });
    hear({
      kind: "fill",
      atMs: this.nowMs,
      isInferred: true,
      fill: {
        fillId: `inferred:${clientOrderId}:${filled + missing}`,
        clientOrderId,
        venueOrderId,
        symbol,
        side,
        quantity: missing,
        price: averagePrice,
        fee: 0,
        feeCurrency: "",
        liquidity: "taker",
        venueTimeMs,
        receivedAtMs: this.nowMs,
      },
    });
  }

  private sayUnresolved({ clientOrderId, request }: Ticket, { sinceMs }: Inquiry): void {
    if (this.nowMs - sinceMs < unresolvedMs(this.parts.limits)) return;
    const message = `${clientOrderId} has been without an answer for a minute or more; it counts in full until there is one`;
    this.parts.say({ kind: "order unresolved", gravity: "alarm", symbol: request.symbol, message });
  }

  private askIn(inquiry: Inquiry, spanMs: number): void {
    inquiry.askAtMs = Math.min(inquiry.askAtMs, this.nowMs + spanMs);
    if (!inquiry.isAsking) this.alarm.set(inquiry.askAtMs);
  }

  private of(ticket: Ticket): Inquiry {
    const known = this.open.get(ticket);
    if (known !== undefined) return known;
    const inquiry: Inquiry = {
      sentAtMs: this.nowMs,
      isAsking: false,
      isSuspect: false,
      isThere: false,
      askAtMs: Infinity,
      waitMs: this.parts.limits.askEveryMs,
      misses: 0,
      missedSinceMs: Number.NaN,
      fillTries: 0,
      sinceMs: this.nowMs,
    };
    this.open.set(ticket, inquiry);
    return inquiry;
  }
}

/** Whether the venue owes an answer about a ticket. */
function isOwed(ticket: Ticket): boolean {
  if (ticket.phase !== "working") return ticket.phase === "sent";
  return ticket.isCancelAsked || ticket.asked !== null || missingOf(ticket) > 0;
}

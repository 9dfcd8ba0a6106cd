import type { ErrandKind } from "../../ports/journal-store.ts";
import type { Ticket } from "../desk/desk-state.ts";
import { isReducing } from "./check-request.ts";
import type { CourierParts, Errand, Refusal } from "./courier-parts.ts";
import type { Departures } from "./departures.ts";

type Held = { readonly errand: "submit" | "cancel"; readonly dueMs: number; readonly answer: Refusal };

/** What the venue could not take for the moment is tried again so soon; where it is closed, later and later. */
const againMs = 1_000;
const closedMsMax = 60_000;
/** A cancel for which there is no way to the venue waits no longer than this for the next try. */
const cancelMsMax = 8_000;

/**
 * Keeps what came too often for the venue, or while it was closed, and cancels that found no way to it: the venue has not
 * taken it, nobody is told that it was refused, and it goes again under its name.
 */
export class HeldErrands {
  private readonly parts: CourierParts;
  private readonly departures: Departures;
  private readonly held = new Map<Ticket, Held>();
  private readonly timesBefore = new WeakMap<Ticket, number>();

  constructor(parts: CourierParts, departures: Departures) {
    this.parts = parts;
    this.departures = departures;
  }

  get size(): number {
    return this.held.size;
  }

  has(ticket: Ticket): boolean {
    return this.held.has(ticket);
  }

  /** Keeps it where the refusal is about the moment and it is a cancel, an exit, or an order for a closed venue. */
  hold(ticket: Ticket, errand: ErrandKind, answer: Refusal): boolean {
    const { clientOrderId, request } = ticket;
    if (errand === "modify" || ticket.phase === "over") return false;
    const isClosed = answer.code === "session_closed" && errand === "submit";
    const isTooOften = answer.code === "rate_limited";
    const isPressing = errand === "cancel" || isReducing(this.parts.desk.state, ticket, request);
    // A cancel that was not taken for want of a way has been refused by nobody.
    const isUnheard = answer.code === "unavailable" && errand === "cancel";
    if (!isClosed && !isUnheard && !(isTooOften && isPressing)) return false;
    const times = (this.timesBefore.get(ticket) ?? 0) + 1;
    this.timesBefore.set(ticket, times);
    const spanMsMax = isClosed ? closedMsMax : cancelMsMax;
    const spanMs = isTooOften ? againMs : Math.min(spanMsMax, againMs * 2 ** times);
    const { code, reason } = answer;
    const text = `${errand} ${clientOrderId} goes again: ${reason}`;
    this.parts.log.info({ clientOrderId, errand, code, spanMs }, text);
    this.held.set(ticket, { errand, dueMs: this.nowMs + spanMs, answer });
    this.departures.retryIn(spanMs);
    return true;
  }

  /** Those that may go now. What nobody wants any more is over as the venue said. */
  *takeDue(): Generator<Errand> {
    for (const [ticket, held] of this.held) {
      const { errand, answer } = held;
      const { request, clientOrderId } = ticket;
      if (errand === "submit" && ticket.phase === "sent" && ticket.isCancelAsked) {
        // Withdrawn while it waited here: it is not at the venue, and has been refused by nobody.
        this.held.delete(ticket);
        this.parts.hear({ kind: "lost", atMs: this.nowMs, clientOrderId });
        continue;
      }
      if (held.dueMs > this.nowMs) continue;
      const isOver = ticket.phase === "over" || (errand === "submit" && ticket.phase !== "sent");
      const isFit = errand === "cancel" || this.departures.mayStillGo(ticket, Infinity);
      if (!isOver && isFit && !this.mayGo(errand)) {
        this.held.set(ticket, { ...held, dueMs: this.nowMs + againMs });
        this.departures.retryIn(againMs);
        continue;
      }
      this.held.delete(ticket);
      if (isOver) continue;
      if (isFit) yield { ticket, errand, request };
      else this.parts.hear({ kind: "answered", atMs: this.nowMs, clientOrderId, errand, answer });
    }
  }

  private mayGo(errand: "submit" | "cancel"): boolean {
    const isLive = errand === "cancel" || this.parts.connection.line.kind === "live";
    return isLive && this.departures.mayTakeTurn(errand);
  }

  private get nowMs(): number {
    return this.parts.clock.nowMs();
  }
}

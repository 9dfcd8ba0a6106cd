import type { VenueCode } from "../../domain/order.ts";
import type { Acknowledgement, VenueOrder } from "../../ports/broker-connection.ts";
import type { DeskEvent, ErrandKind } from "../../ports/journal-store.ts";
import { sameTerms } from "../../engine/execution/draft-order.ts";
import { setErrand, type DeskState, type Ticket, type TicketEnd, type Work } from "./desk-state.ts";
import { hearStranger } from "./strangers.ts";
import { confirmChange, endIfAllIsKnown, endTicket, tendInstrument } from "./tend-orders.ts";

const tolerance = 1e-9;
/** A change that was taken and has not shown for so long was not made. */
const changeShowsMs = 5_000;
/** And so often it must have been told of without it. */
const unshownMin = 3;
/** So often what the venue has is brought back to what was asked for: one that never has it is left alone then. */
const straysMax = 3;
/** Refusals after which only the venue can say what the order has come to. */
const isAboutTheEnd = (code: string): boolean => code === "already_over" || code === "unknown_order";

/** Takes in what the venue answered to something that was sent. */
export function hearAnswer(
  state: DeskState,
  ticket: Ticket,
  errand: ErrandKind,
  answer: Exclude<Acknowledgement, { readonly kind: "unknown" }>,
): void {
  if (ticket.phase === "over") return;
  ticket.touchedMs = state.heardMs;
  const work = state.works.get(ticket.orderId)!;
  if (answer.kind === "accepted") {
    knowVenueId(state, ticket, answer.venueOrderId);
    if (errand === "submit") accept(state, work, ticket);
  } else if (errand === "submit") {
    endTicket(state, ticket, { kind: "rejected", code: answer.code, reason: answer.reason });
  } else if (!isAboutTheEnd(answer.code)) {
    if (errand === "cancel") refuseCancel(state, work, ticket, answer);
    else refuseChange(state, work, ticket, answer);
  }
  tendInstrument(state, ticket.instrument);
}

/** Takes in how an order stands. What is older than what is known changes nothing. */
export function hearOrder(state: DeskState, order: VenueOrder): void {
  const ticket =
    (order.clientOrderId === null ? undefined : state.tickets.get(order.clientOrderId)) ??
    state.ticketByVenueId.get(order.venueOrderId);
  if (ticket === undefined) return hearStranger(state, order, endOf(order) !== null);
  const work = state.works.get(ticket.orderId)!;
  ticket.touchedMs = state.heardMs;
  knowVenueId(state, ticket, order.venueOrderId);
  const side = ticket.sides.get(order.venueOrderId)!;
  side.filled = Math.max(side.filled, order.filledQuantity);
  side.end ??= endOf(order);
  if (ticket.phase === "over") {
    if (side.end === null) hearRevenant(state, ticket);
    return;
  }
  if (side.end?.kind !== "rejected") accept(state, work, ticket);
  if (order.status === "triggered" && !work.isTriggered) {
    work.isTriggered = true;
    state.inbox.push({ kind: "triggered", orderId: work.order.id, timeMs: order.venueTimeMs });
  }
  if (side.end === null) {
    if (isStray(work, ticket, order)) bringBack(work, ticket, order);
    hearChange(state, work, ticket, order);
  }
  if (!(ticket.toldMs >= order.venueTimeMs)) ticket.toldMs = order.venueTimeMs;
  endIfAllIsKnown(state, ticket);
  tendInstrument(state, ticket.instrument);
}

/** The venue does not know it, asked again and again. */
export function hearLost(state: DeskState, ticket: Ticket): void {
  if (ticket.phase === "over") return;
  const cameNever = ticket.phase === "sent" && ticket.filled === 0;
  const end: TicketEnd = ticket.isCancelAsked
    ? { kind: "canceled", code: "on_request", reason: "the venue does not know it any more" }
    : cameNever
      ? { kind: "rejected", code: "unavailable", reason: "it never came to the venue" }
      : { kind: "canceled", code: "other", reason: "the venue does not know it any more" };
  endTicket(state, ticket, end);
  tendInstrument(state, ticket.instrument);
}

/** It was not sent. */
export function hearDenied(
  state: DeskState,
  ticket: Ticket,
  { code, reason }: Extract<DeskEvent, { readonly kind: "denied" }>,
): void {
  if (ticket.phase !== "unsent" && ticket.errand !== "modify") return;
  if (ticket.errand === "modify") {
    const work = state.works.get(ticket.orderId)!;
    refuseChange(state, work, ticket, { code, reason });
  } else endTicket(state, ticket, { kind: "rejected", code, reason });
  tendInstrument(state, ticket.instrument);
}

function accept(state: DeskState, work: Work, ticket: Ticket): void {
  if (ticket.phase === "sent" || ticket.phase === "unsent") ticket.phase = "working";
  if (ticket.errand === "submit") setErrand(state, ticket, null);
  if (!work.isAccepted) {
    work.isAccepted = true;
    state.inbox.push({ kind: "accepted", orderId: work.order.id, timeMs: state.timeMs });
  }
  if (ticket.carries !== null && ticket.carries === work.change) confirmChange(state, work);
}

/** What is older than what was told before neither shows a change nor hides one. */
function hearChange(state: DeskState, work: Work, ticket: Ticket, order: VenueOrder): void {
  const { asked, toldMs } = ticket;
  if (asked === null || order.status === "replace_pending" || order.venueTimeMs < toldMs) return;
  const isThere =
    Math.abs(order.quantity - asked.quantity) <= asked.quantity * tolerance &&
    (order.terms === null || sameTerms(order.terms, asked.terms));
  if (isThere) {
    ticket.request = asked;
    ticket.asked = null;
    // A later change shows: should an earlier one be acted on after it all the same, that is a stray.
    ticket.mayHave = 0;
    if (work.change !== null) confirmChange(state, work);
    return;
  }
  ticket.unshown += 1;
  const sinceMs = state.heardMs - ticket.askedAtMs;
  // A clock that was set says nothing about how long it takes: it must have been told again and again, too.
  if (ticket.unshown >= unshownMin && (sinceMs >= changeShowsMs || sinceMs < 0)) {
    ticket.mayHave = Math.max(ticket.mayHave, asked.quantity);
    refuseChange(state, work, ticket, { code: "other", reason: "the change does not show at the venue" });
  }
}

/**
 * Whether an order works at another size or price than the one it was given: an old change that came after a newer one,
 * or somebody's hand. What is older than what was told before says nothing.
 */
export function isStray(work: Work, ticket: Ticket, order: VenueOrder): boolean {
  const { request, asked, isCancelAsked, toldMs, phase } = ticket;
  const { terms, quantity, status, venueTimeMs } = order;
  const isWorking = status === "accepted" || status === "partially_filled";
  if (!isWorking || phase !== "working" || asked !== null || isCancelAsked) return false;
  if (!(venueTimeMs > toldMs) || terms?.type !== request.terms.type || work.strays >= straysMax) return false;
  const isSameSize = Math.abs(quantity - request.quantity) <= request.quantity * tolerance;
  return !isSameSize || !sameTerms(terms, request.terms);
}

/** The ticket is as the venue has it: what is wanted is then asked for again. */
function bringBack(work: Work, ticket: Ticket, { quantity, terms }: VenueOrder): void {
  work.strays += 1;
  ticket.request = { ...ticket.request, quantity, terms: terms ?? ticket.request.terms };
}

function refuseCancel(
  state: DeskState,
  work: Work,
  ticket: Ticket,
  { code, reason }: { readonly code: VenueCode; readonly reason: string },
): void {
  // What the desk itself withdraws is asked for again by the courier, later and later.
  if (!work.isCancelAsked) return;
  ticket.isCancelAsked = false;
  work.isCancelAsked = false;
  state.inbox.push({ kind: "cancel_rejected", orderId: work.order.id, timeMs: state.timeMs, code, reason });
}

/** The order stays as it was. What was only its size is then changed by another ticket. */
function refuseChange(
  state: DeskState,
  work: Work,
  ticket: Ticket,
  { code, reason }: { readonly code: VenueCode; readonly reason: string },
): void {
  ticket.asked = null;
  if (ticket.errand === "modify") setErrand(state, ticket, null);
  if (work.change === null) {
    ticket.isUnchangeable = true;
    return;
  }
  work.change = null;
  state.inbox.push({ kind: "modify_rejected", orderId: work.order.id, timeMs: state.timeMs, code, reason });
}

/** A venue that answers without its own name for the order is taken to mean ours, until it tells another. */
function knowVenueId(state: DeskState, ticket: Ticket, told: string): void {
  const { clientOrderId, sides } = ticket;
  const venueOrderId = told === "" ? clientOrderId : told;
  if (sides.has(venueOrderId) || (told === "" && sides.size > 0)) return;
  // The same order, and no second one that would have to end as well.
  const side = sides.get(clientOrderId) ?? { filled: 0, end: null };
  sides.delete(clientOrderId);
  sides.set(venueOrderId, side);
  state.ticketByVenueId.set(venueOrderId, ticket);
}

/** An order that was given up lives: it is taken off. */
function hearRevenant(state: DeskState, ticket: Ticket): void {
  if (ticket.errand === "cancel") return;
  const { symbol } = ticket.request;
  const message = `${ticket.clientOrderId} was given up and works at the venue: it is withdrawn`;
  state.say({ kind: "order lost", gravity: "alarm", symbol, message });
  ticket.isCancelAsked = true;
  setErrand(state, ticket, "cancel");
}

function endOf({ status, code, reason }: VenueOrder): TicketEnd | null {
  switch (status) {
    case "filled":
      return { kind: "filled", code: "other", reason: "filled" };
    case "canceled":
      return { kind: "canceled", code: code ?? "on_request", reason };
    case "rejected":
    case "expired":
      return { kind: status, code: code ?? "other", reason };
    default:
      return null;
  }
}

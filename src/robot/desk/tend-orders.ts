import type { InstrumentIndex } from "../../domain/instrument.ts";
import type { ApprovedOrder, VenueCode } from "../../domain/order.ts";
import type { VenueOrderRequest } from "../../ports/broker-connection.ts";
import { sameTerms } from "../../engine/execution/draft-order.ts";
import { clientOrderIdOf } from "../client-order-id.ts";
import {
  largestOf,
  liveTicket,
  lotOf,
  setErrand,
  type DeskState,
  type Ticket,
  type TicketEnd,
  type Work,
} from "./desk-state.ts";
import { carriedTerms } from "./carried-terms.ts";
import { roundTerms } from "./round-terms.ts";
import { wantedOf } from "./wanted-quantity.ts";

/**
 * Brings what the venue should have of an instrument's orders, and what it has, together: sends what is missing, changes
 * what has another size, withdraws what is not wanted, and ends what can do nothing any more. Called after everything
 * that changed something; it says only what is not under way already.
 */
export function tendInstrument(state: DeskState, instrument: InstrumentIndex): void {
  // Ending one order may make room for another, and so may withdrawing one that has not gone out; each turn ends one or
  // gives something under way, so this is over soon.
  const open = state.openBy[instrument]!;
  for (let turns = 2 * open.length; turns >= 0; turns--) {
    const before = open.length;
    const living = open.map(liveTicket);
    for (const work of open.slice()) tend(state, work);
    if (open.length === before && living.every((ticket) => ticket?.phase !== "over")) return;
  }
}

function tend(state: DeskState, work: Work): void {
  if (work.isOver) return;
  const live = liveTicket(work);
  if (work.isCancelAsked) {
    if (live === null) endWork(state, work, "canceled", "on_request", "canceled on request");
    else withdraw(state, live, false);
    return;
  }
  const wanted = wantedOf(state, work);
  if (wanted.kind !== "quantity" || wanted.left === 0) {
    if (live !== null) withdraw(state, live, true);
    // What waits here is changed here: no answer is owed.
    else if (wanted.kind === "later" && work.change !== null) confirmChange(state, work);
    else if (wanted.kind === "over") endWork(state, work, "canceled", wanted.code, endTexts[wanted.code]);
    else if (wanted.kind === "quantity") {
      const isSibling = work.order.ocoGroup !== 0;
      endWork(
        state,
        work,
        "canceled",
        isSibling ? "sibling_filled" : "on_request",
        "nothing of it is wanted any more",
      );
    }
    return;
  }
  const wish = work.change ?? work.order;
  if (live === null) return begin(state, work, wish, wanted.left);
  adapt(state, work, live, wish, wanted.left);
}

const tolerance = 1e-9;

const endTexts = {
  parent_ended: "its parent ended without a fill",
  position_closed: "no position left to close",
  nothing_to_reduce: "no position left to reduce",
  lot_size: "what is left is less than a lot, and cannot be sold",
} as const;

/** A new name at the venue for what is left of an order. */
function begin(state: DeskState, work: Work, wish: ApprovedOrder, left: number): void {
  const clientOrderId = clientOrderIdOf(state.sessionTag, wish.id, work.tickets.length);
  const ticket: Ticket = {
    clientOrderId,
    orderId: wish.id,
    instrument: wish.instrument,
    carries: work.change,
    request: requestOf(state, clientOrderId, work, wish, left),
    asked: null,
    askedAtMs: Number.NaN,
    unshown: 0,
    phase: "unsent",
    errand: null,
    isCancelAsked: false,
    isReplaced: false,
    isUnchangeable: false,
    mayHave: 0,
    sides: new Map(),
    filled: 0,
    inferred: 0,
    fills: [],
    end: null,
    createdMs: state.timeMs,
    touchedMs: state.timeMs,
    toldMs: Number.NaN,
  };
  work.tickets.push(ticket);
  state.tickets.set(clientOrderId, ticket);
  setErrand(state, ticket, "submit");
}

function requestOf(
  state: DeskState,
  clientOrderId: string,
  work: Work,
  { instrument, side, terms, timeInForce, expireTimeMs, postOnly, reduceOnly, closePosition }: ApprovedOrder,
  quantity: number,
): VenueOrderRequest {
  const { capabilities, market, rules } = state;
  const { symbol, tickSize } = market.instruments[instrument]!;
  const most = largestOf(state, market.instruments[instrument]!);
  return {
    clientOrderId,
    symbol,
    side,
    quantity: Math.min(quantity, most),
    terms: roundTerms(carriedTerms(state, work, terms), side, rules.get(symbol)?.tickSize ?? tickSize),
    timeInForce,
    expireTimeMs,
    postOnly,
    reduceOnly: capabilities.reduceOnly && (reduceOnly || closePosition),
  };
}

/** Gives a living ticket another size or other terms: in place before it is sent, by a change or by another ticket after. */
function adapt(state: DeskState, work: Work, ticket: Ticket, wish: ApprovedOrder, left: number): void {
  const { request, filled, phase } = ticket;
  const lot = lotOf(state, state.market.instruments[ticket.instrument]!);
  const next = requestOf(state, ticket.clientOrderId, work, wish, filled + left);
  const isSameSize = Math.abs(request.quantity - next.quantity) < Math.max(lot / 2, left * 1e-9);
  const isCertain = ticket.mayHave <= request.quantity;
  const isSame = isCertain && isSameSize && sameTerms(request.terms, next.terms) && sameLife(request, next);
  if (phase === "unsent") {
    ticket.request = next;
    ticket.carries = work.change;
    return;
  }
  // Changed to what it is.
  if (isSame && work.change !== null && ticket.asked === null && phase === "working")
    confirmChange(state, work);
  // What is under way is waited for: two changes at once would be more than the venue can tell apart.
  if (isSame || phase !== "working" || ticket.asked !== null || ticket.isCancelAsked) return;
  // A change that never showed may come after the next one, and where nothing keeps an exit from opening it would: only an
  // order that is gone is certain not to be changed.
  const mayGrow = ticket.mayHave > 0 && !state.capabilities.reduceOnly;
  if (!state.capabilities.modify || ticket.isUnchangeable || mayGrow) return withdraw(state, ticket, true);
  ticket.asked = next;
  ticket.askedAtMs = state.timeMs;
  ticket.unshown = 0;
  setErrand(state, ticket, "modify");
}

function sameLife(a: VenueOrderRequest, b: VenueOrderRequest): boolean {
  return a.timeInForce === b.timeInForce && a.expireTimeMs === b.expireTimeMs && a.postOnly === b.postOnly;
}

/** Takes a ticket off: at once where it has not gone out, else by asking the venue. */
function withdraw(state: DeskState, ticket: Ticket, isReplaced: boolean): void {
  if (ticket.isCancelAsked) {
    ticket.isReplaced &&= isReplaced;
    return;
  }
  if (ticket.phase === "unsent") {
    return endTicket(
      state,
      ticket,
      { kind: "canceled", code: "on_request", reason: "withdrawn before it was sent" },
      true,
    );
  }
  ticket.isCancelAsked = true;
  ticket.isReplaced = isReplaced;
  setErrand(state, ticket, "cancel");
}

/** Nothing can come of a ticket any more. Its order goes on where the ticket made room for the next, and ends otherwise. */
export function endTicket(
  state: DeskState,
  ticket: Ticket,
  end: TicketEnd,
  isReplaced = ticket.isReplaced,
): void {
  ticket.phase = "over";
  ticket.end = end;
  ticket.asked = null;
  setErrand(state, ticket, null);
  const work = state.works.get(ticket.orderId)!;
  if (work.isOver) return;
  if (end.kind === "filled") {
    if (work.isToldWhole) return finish(state, work);
    const { closePosition, reduceOnly } = work.order;
    // The rest of what was too large for one order is for the next ticket; and of an exit what the venue calls filled with less.
    const goesOn = closePosition || reduceOnly || isPart(state, ticket);
    if (!goesOn || isDone(state, work))
      endWork(state, work, "canceled", closePosition ? "position_closed" : "other", end.reason);
    return;
  }
  const isAsAsked = work.isCancelAsked && end.kind === "canceled";
  if (isAsAsked) return endWork(state, work, "canceled", "on_request", end.reason);
  if (isReplaced && end.kind === "canceled") return;
  endWork(state, work, end.kind, end.code, end.reason);
}

/** Whether a ticket was as large as the venue takes one, and is filled. */
function isPart(state: DeskState, { instrument, request, filled }: Ticket): boolean {
  const most = largestOf(state, state.market.instruments[instrument]!);
  return request.quantity >= most * (1 - tolerance) && filled >= request.quantity * (1 - tolerance);
}

/** Whether an order has done all that it could, so that its last fill says so. */
export function isDone(state: DeskState, work: Work): boolean {
  const wanted = wantedOf(state, work);
  return wanted.kind === "over" || (wanted.kind === "quantity" && wanted.left <= wish(work).quantity * 1e-9);
}

function wish({ order, change }: Work): ApprovedOrder {
  return change ?? order;
}

/** Ends an order towards the session. */
function endWork(
  state: DeskState,
  work: Work,
  kind: "canceled" | "rejected" | "expired",
  code: VenueCode,
  reason: string,
): void {
  const { id } = work.order;
  work.endCode = code;
  finish(state, work);
  state.inbox.push({
    kind,
    orderId: id,
    timeMs: state.timeMs,
    cumulativeQuantity: work.filled,
    code,
    reason,
  });
}

function finish(state: DeskState, work: Work): void {
  if (work.isOver) return;
  work.isOver = true;
  work.endedMs = state.timeMs;
  state.finished.push(work);
  const open = state.openBy[work.order.instrument]!;
  open.splice(open.indexOf(work), 1);
}

/** The order is from now on what the session wanted to make of it. */
export function confirmChange(state: DeskState, work: Work): void {
  const change = work.change!;
  work.change = null;
  work.order = change;
  const { id, terms, quantity } = change;
  state.inbox.push({ kind: "modified", orderId: id, timeMs: state.timeMs, terms, quantity });
}

/** An order that ends when all fills are booked that the venue has counted. */
export function endIfAllIsKnown(state: DeskState, ticket: Ticket): void {
  if (ticket.phase === "over" || ticket.sides.size === 0) return;
  let told = 0;
  let end: TicketEnd | null = null;
  for (const side of ticket.sides.values()) {
    if (side.end === null) return;
    told += side.filled;
    if (end === null || end.kind === "filled") ({ end } = side);
  }
  if (ticket.filled < told * (1 - tolerance)) return;
  endTicket(state, ticket, end!);
}

/** What the venue says it has filled and we have not booked. */
export function missingOf({ sides, filled }: Ticket): number {
  let told = 0;
  for (const side of sides.values()) told += side.filled;
  return told - filled > told * tolerance ? told - filled : 0;
}

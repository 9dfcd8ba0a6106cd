import { lotsOf } from "../../base/numbers.ts";
import { signOf } from "../../domain/order.ts";
import { leftOfTicket, liveTicket, lotOf, type DeskState, type Ticket, type Work } from "./desk-state.ts";

/** What an order should still do, and why it cannot do anything any more where that is so. */
export type Wanted =
  | { readonly kind: "quantity"; readonly left: number }
  /** Its parent lives, or its turn has not come: it may be wanted later. */
  | { readonly kind: "later" }
  | {
      readonly kind: "over";
      readonly code: "parent_ended" | "position_closed" | "nothing_to_reduce" | "lot_size";
    };

const later: Wanted = { kind: "later" };
const parentEnded: Wanted = { kind: "over", code: "parent_ended" };

/**
 * How much of an order should work at the venue now. Protection is as large as the position, and what only reduces is
 * never larger. Where the venue knows no reduce-only, everything that could sell the position shares it: an exit goes
 * before a stop, a stop before a target, and nothing comes until what it takes the place of is gone.
 */
export function wantedOf(state: DeskState, work: Work): Wanted {
  const { order, change, filled } = work;
  const { quantity, reduceOnly, closePosition, parentId } = change ?? order;
  const parent = parentId === null ? null : (state.works.get(parentId) ?? null);
  if (parent !== null && parent.filled === 0) return parent.isOver ? parentEnded : later;
  if (!reduceOnly && !closePosition) {
    const { elder } = work;
    // Where the closing half was refused the opening one must not go alone.
    if (elder?.endCode != null && elder.endCode !== "nothing_to_reduce") return parentEnded;
    if (elder !== null && signOf(order.side) * state.position[order.instrument]! < 0) return later;
    const live = liveTicket(work);
    if ((live === null || live.phase === "unsent") && mayStillClose(state, work)) return later;
    const most = parent === null ? quantity : Math.min(quantity, parent.filled);
    return { kind: "quantity", left: Math.max(0, most - filled - filledBySiblings(state, work)) };
  }
  const nominal = nominalOf(state, work);
  // Of an order that turns a position around, the first part only closes: there is nothing to protect yet.
  if (nominal === 0 && parent !== null && !parent.isOver) return later;
  if (nominal === 0)
    return { kind: "over", code: closePosition ? "position_closed" : nothingLeft(state, work) };
  if (state.capabilities.reduceOnly) return { kind: "quantity", left: onLot(state, work, nominal) };
  const left = onLot(state, work, roomFor(state, work, nominal));
  return left > 0 ? { kind: "quantity", left } : later;
}

/** Whether nobody knows if an exit of its side has filled: what is opened is reckoned from what that leaves. */
function mayStillClose({ openBy }: DeskState, work: Work): boolean {
  return openBy[work.order.instrument]!.some((other) => {
    if (other === work || other.order.side !== work.order.side || !isExit(other)) return false;
    const ticket = liveTicket(other);
    if (ticket === null || ticket.phase === "unsent") return false;
    return ticket.phase === "sent" || ticket.isCancelAsked || ticket.asked !== null;
  });
}

/** What an order that reduces would do alone, in whole lots; 0 where there is nothing for it to reduce. */
function nominalOf(state: DeskState, { order, change, filled }: Work): number {
  const held = state.position[order.instrument]!;
  const there = signOf(order.side) * held < 0 ? Math.abs(held) : 0;
  const { quantity, closePosition } = change ?? order;
  const most = closePosition ? there : Math.min(there, Math.max(0, quantity - filled));
  return lotsOf(most, lotOf(state, state.market.instruments[order.instrument]!));
}

/** Less than a lot, which a fee has left, nobody can sell: that is another thing than nothing. */
function nothingLeft({ position }: DeskState, { order }: Work): "lot_size" | "nothing_to_reduce" {
  return signOf(order.side) * position[order.instrument]! < 0 ? "lot_size" : "nothing_to_reduce";
}

/** What of the position no other exit has: those that go before it by what they want, the others by what they still can. */
function roomFor(state: DeskState, work: Work, nominal: number): number {
  const { instrument, side } = work.order;
  const held = Math.abs(state.position[instrument]!);
  let reserved = 0;
  let living = 0;
  for (const other of state.openBy[instrument]!) {
    if (other === work || other.order.side !== side || !isExit(other)) continue;
    if (isBefore(other, work)) reserved += isAwake(state, other) ? nominalOf(state, other) : 0;
    const ticket = liveTicket(other);
    if (ticket !== null) living += leftOfTicket(ticket);
  }
  return Math.max(0, Math.min(nominal, held - reserved, held - living));
}

/** What everything else on the side of a ticket may still do: of exits together no more than what is held. */
export function besides({ openBy, position }: DeskState, ticket: Ticket): number {
  const { instrument, request } = ticket;
  const held = signOf(request.side) * position[instrument]! < 0 ? Math.abs(position[instrument]!) : 0;
  let opening = 0;
  let closing = 0;
  for (const work of openBy[instrument]!) {
    if (work.order.side !== request.side) continue;
    const other = liveTicket(work);
    if (other === null || other === ticket) continue;
    if (isExit(work)) closing += leftOfTicket(other);
    else opening += leftOfTicket(other);
  }
  return opening + Math.min(held, closing);
}

/** Whether an order can only make a holding smaller. */
export function isExit({ order }: Work): boolean {
  return order.reduceOnly || order.closePosition;
}

function isAwake(state: DeskState, { order, isCancelAsked }: Work): boolean {
  if (isCancelAsked) return false;
  return order.parentId === null || (state.works.get(order.parentId)?.filled ?? 1) > 0;
}

/** Whether `other` has the first right to the position. */
function isBefore(other: Work, work: Work): boolean {
  const difference = rightOf(other) - rightOf(work);
  return difference === 0 ? other.order.id < work.order.id : difference < 0;
}

/**
 * An exit that goes at once or with the stop, one whose better price is there, the stop, one that waits for its price. An
 * exit that may never come must not take from a stop what the stop is there for.
 */
function rightOf({ order: { closePosition, terms }, isTouched }: Work): number {
  if (isTarget(terms.type)) return isTouched ? 1 : 3;
  return closePosition ? 2 : 0;
}

/** Whether an exit waits for a better price. */
export function isTarget(type: Work["order"]["terms"]["type"]): boolean {
  return type === "limit" || type === "limit_if_touched" || type === "market_if_touched";
}

/** One cancels other, by as much as it has filled; what closes the position follows the position instead. */
function filledBySiblings(state: DeskState, { order }: Work): number {
  if (order.ocoGroup === 0) return 0;
  let sum = 0;
  for (const other of state.works.values()) {
    if (other.order.ocoGroup === order.ocoGroup && other.order.id !== order.id) sum += other.filled;
  }
  return sum;
}

function onLot(state: DeskState, { order }: Work, quantity: number): number {
  return lotsOf(quantity, lotOf(state, state.market.instruments[order.instrument]!));
}

import { endSleepers, hasPositionFor, isParentAlive, retire, type AccountState } from "./account-state.ts";
import type { Birth, WorkingOrder } from "./working-order.ts";

/** After a fill, everything that hangs on it follows: children, siblings, and what closes the position. */
export function followFill(
  state: AccountState,
  order: WorkingOrder,
  quantity: number,
  price: number,
  birth: Birth,
): void {
  const book = state.books[order.request.instrument]!;
  // Most orders stand alone on their book.
  if (book.length === 1) return;
  wakeChildren(state, book, order, quantity, price, birth);
  if (order.request.ocoGroup !== 0) shrinkSiblings(state, book, order, quantity);
  followPosition(state, book);
  if (order.state === "done") endSleepers(state, order, "position_closed", "it opened nothing to protect");
}

/** One triggers other: children of `parent` work for what it has filled, and for more with each further part. */
function wakeChildren(
  state: AccountState,
  book: readonly WorkingOrder[],
  parent: WorkingOrder,
  quantity: number,
  price: number,
  birth: Birth,
): void {
  for (const child of book) {
    const { request } = child;
    if (request.parentId !== parent.request.id || child.state === "done") continue;
    // Of an order that turns a position around, the first part only closes: there is nothing to protect yet.
    if (request.closePosition && !hasPositionFor(state, child)) continue;
    if (child.state === "sleeping") {
      child.state = "working";
      child.terms = request.terms;
      child.remaining = 0;
      child.trailBest = price;
      child.birth = birth;
      child.birthPrice = price;
      child.activeFromMs = parent.activeFromMs;
    }
    const before = Math.min(child.woken, request.quantity);
    child.woken += quantity;
    child.remaining += Math.min(child.woken, request.quantity) - before;
  }
}

/** One cancels other: what one has filled its siblings must not fill again. */
function shrinkSiblings(
  state: AccountState,
  book: readonly WorkingOrder[],
  order: WorkingOrder,
  quantity: number,
): void {
  const { ocoGroup } = order.request;
  for (const sibling of book) {
    const { request } = sibling;
    if (sibling === order || sibling.state === "done" || request.ocoGroup !== ocoGroup) continue;
    if (request.closePosition) continue;
    sibling.remaining -= quantity;
    if (sibling.remaining <= order.request.quantity * 1e-12)
      retire(state, sibling, "sibling_filled", "its sibling filled");
  }
}

/** Orders that close the position are as large as the position, and what reduces goes when nothing is left. */
function followPosition(state: AccountState, book: readonly WorkingOrder[]): void {
  for (const order of book) {
    const { request } = order;
    if (!request.closePosition || order.state !== "working") continue;
    if (hasPositionFor(state, order)) order.remaining = Math.abs(state.ledger.quantity[request.instrument]!);
    else retire(state, order, "position_closed", "no position left to close");
  }
}

/** Where a trailing stop begins: one that takes another's place for the same position goes on from its best price. */
export function bestSoFar(state: AccountState, order: WorkingOrder): number {
  const { instrument, closePosition, parentId } = order.request;
  const { lastTrail, timeMs } = state;
  let best = state.ledger.lastPrice[instrument]!;
  if (order.terms.type !== "trailing_stop_market" || !closePosition || parentId !== null) return best;
  if (lastTrail?.timeMs === timeMs) best = betterOf(order, lastTrail.order, best);
  for (const other of state.books[instrument]!)
    if (other.state === "working") best = betterOf(order, other, best);
  return best;
}

/** The better of a price and the best one of another trailing stop of the same position. */
function betterOf({ request, sign }: WorkingOrder, other: WorkingOrder, best: number): number {
  const isSame =
    other.terms.type === "trailing_stop_market" &&
    other.request.closePosition &&
    other.request.instrument === request.instrument &&
    other.sign === sign;
  return isSame ? sign * Math.min(sign * best, sign * other.trailBest) : best;
}

/** Whether an order that has filled all it may for now waits for more from its parent. */
export function waitsForMore(state: AccountState, order: WorkingOrder): boolean {
  return order.filled < order.request.quantity && isParentAlive(state, order);
}

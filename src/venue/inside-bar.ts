import { empty } from "../base/empty.ts";
import { isStop } from "../domain/order.ts";
import { finish, type AccountState } from "./account-state.ts";
import { applyChange } from "./change-order.ts";
import { endImmediate, tellTriggered, tryFill } from "./fill-order.ts";
import { isReachedInside, matchAtClose, matchInside, movesUp, triggerPrice } from "./match.ts";
import type { VenueBar } from "./venue-bar.ts";
import { canMatch, type WorkingOrder } from "./working-order.ts";

/**
 * Takes the orders of one instrument from the open of a bar to its close. What a falling price reaches comes in the
 * order of the prices, and so does what a rising one reaches; of the two ways, the one against the position is first.
 */
export function runInside(state: AccountState, index: number): void {
  const book = state.books[index]!;
  const bar = state.bars[index]!;
  collectReached(state, book, bar);
  const { dueUpward, dueDownward } = state;
  if (dueUpward.length + dueDownward.length > 0) {
    const isUpFirst = upFirst(state, index, bar);
    runWay(state, isUpFirst ? dueUpward : dueDownward, isUpFirst ? dueDownward : dueUpward, bar);
    runWay(state, isUpFirst ? dueDownward : dueUpward, none, bar);
  }
  if (book.some(isNewborn)) runNewborn(state, book, bar);
  for (let k = 0; k < book.length; k++) tryAtClose(state, book[k]!, bar);
  for (let k = 0; k < book.length; k++) afterBar(state, book[k]!, bar);
}

const none: readonly WorkingOrder[] = [];

/** Sorts what the bar reaches into what a rising and what a falling price reaches, nearest to the open first. */
function collectReached(state: AccountState, book: readonly WorkingOrder[], bar: VenueBar): void {
  const { dueUpward, dueDownward } = state;
  empty(dueUpward);
  empty(dueDownward);
  for (let k = 0; k < book.length; k++) {
    const order = book[k]!;
    // A stop that arrives inside the bar may have met all of it; a limit that does waits for the next.
    const fromMs = isStop(order.terms) ? bar.closeTimeMs : bar.openTimeMs;
    if (order.terms.type === "market" || !canMatch(order, fromMs)) continue;
    if (isReachedInside(order, triggerPrice(order), bar))
      (movesUp(order) ? dueUpward : dueDownward).push(order);
  }
  if (dueUpward.length > 1) dueUpward.sort((a, b) => triggerPrice(a) - triggerPrice(b) || byRank(a, b));
  if (dueDownward.length > 1) dueDownward.sort((a, b) => triggerPrice(b) - triggerPrice(a) || byRank(a, b));
}

/** At one price, what closes comes before what opens, and then the older order. */
function byRank(a: WorkingOrder, b: WorkingOrder): number {
  return Number(b.request.reduceOnly) - Number(a.request.reduceOnly) || a.sequence - b.sequence;
}

/** The way against the position comes first; without a position the way to the nearest order. */
function upFirst(state: AccountState, index: number, bar: VenueBar): boolean {
  const held = state.ledger.quantity[index]!;
  if (held !== 0) return held < 0;
  const { dueUpward, dueDownward } = state;
  if (dueUpward.length === 0 || dueDownward.length === 0) return dueUpward.length > 0;
  return triggerPrice(dueUpward[0]!) - bar.open <= bar.open - triggerPrice(dueDownward[0]!);
}

function runWay(
  state: AccountState,
  orders: readonly WorkingOrder[],
  opposite: readonly WorkingOrder[],
  bar: VenueBar,
): void {
  for (let k = 0; k < orders.length; k++) {
    const order = orders[k]!;
    if (order.state !== "working") continue;
    // Both ends of the position were within reach, and nobody knows which came first.
    if (order.request.reduceOnly && opposite.some(({ request }) => request.reduceOnly))
      order.isAssumed = true;
    tryReached(state, order, bar);
  }
}

function tryReached(state: AccountState, order: WorkingOrder, bar: VenueBar): void {
  const { terms } = order;
  const match = matchInside(order, triggerPrice(order), bar);
  if (order.terms !== terms) tellTriggered(state, order, bar);
  if (match !== null) tryFill(state, order, match, bar, "inside");
}

function isNewborn({ birth }: WorkingOrder): boolean {
  return birth !== "before";
}

/** Stops of what was opened inside this bar are held against its worst price; targets wait for the next bar. */
function runNewborn(state: AccountState, book: readonly WorkingOrder[], bar: VenueBar): void {
  const { due } = state;
  empty(due);
  for (const order of book) if (isNewborn(order) && isNewbornReached(order, bar)) due.push(order);
  // Nearest first: the lowest stop of a buyer, the highest of a seller.
  due.sort((a, b) => a.sign * triggerPrice(a) - b.sign * triggerPrice(b) || a.sequence - b.sequence);
  for (const order of due) {
    if (order.state !== "working") continue;
    if (order.birth === "unproven") order.isAssumed = true;
    tryReached(state, order, bar);
  }
}

function isNewbornReached(order: WorkingOrder, bar: VenueBar): boolean {
  if (order.state !== "working" || !isStop(order.terms)) return false;
  // A trailing stop is fair at the close; against a price that may have been before, it would only ever lose.
  if (order.birth === "unproven" && order.terms.type === "trailing_stop_market") return false;
  return isReachedInside(order, triggerPrice(order), bar);
}

/** What the close decides: trailing stops, and market orders that became active inside the bar. */
function tryAtClose(state: AccountState, order: WorkingOrder, bar: VenueBar): void {
  if (order.state !== "working") return;
  if (order.terms.type === "trailing_stop_market") {
    if (order.activeFromMs >= bar.closeTimeMs) return;
    const match = matchAtClose(order, order.terms.trail, bar);
    if (match === null) return;
    tellTriggered(state, order, bar);
    tryFill(state, order, match, bar, "inside");
  } else if (order.terms.type === "market") tryLate(state, order, bar);
}

/** A market order that arrives inside the bar pays the move it may have missed. */
function tryLate(state: AccountState, order: WorkingOrder, bar: VenueBar): void {
  if (order.activeFromMs <= bar.openTimeMs || order.activeFromMs >= bar.closeTimeMs) {
    if (order.birth !== "before")
      tryFill(state, order, { price: bar.close, liquidity: "taker" }, bar, "inside");
    return;
  }
  const passed = (order.activeFromMs - bar.openTimeMs) / (bar.closeTimeMs - bar.openTimeMs);
  const extreme = order.sign === 1 ? bar.high : bar.low;
  const price = bar.open + (extreme - bar.open) * passed;
  tryFill(state, order, { price, liquidity: "taker" }, bar, "inside");
}

/** Immediate orders end with their first bar; everything else rests, and what lost its purpose goes. */
function afterBar(state: AccountState, order: WorkingOrder, bar: VenueBar): void {
  if (order.state === "done") return;
  const { request } = order;
  if (order.changeAtMs <= bar.closeTimeMs) applyChange(state, order);
  if (order.cancelAtMs <= bar.closeTimeMs)
    return finish(state, order, "canceled", "on_request", "canceled on request");
  if (order.state !== "working" || order.activeFromMs >= bar.closeTimeMs) return;
  accept(state, order);
  endImmediate(state, order);
  if (request.reduceOnly && state.ledger.quantity[request.instrument] === 0)
    finish(state, order, "canceled", "position_closed", "no position left to reduce");
  order.isResting = true;
  order.birth = "before";
}

/** Says once that an order works; one that ended in its first bar has said more by then. */
function accept(state: AccountState, order: WorkingOrder): void {
  if (order.isAccepted) return;
  order.isAccepted = true;
  state.out.push({ kind: "accepted", orderId: order.request.id, timeMs: order.activeFromMs });
}

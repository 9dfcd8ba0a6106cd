import type { Ledger } from "../domain/ledger.ts";
import type { WorkingOrder } from "./working-order.ts";

/** One triggers other: children of `parent` work for what it has just filled. `isInside`: it filled after the open. */
export function wakeChildren(
  book: readonly WorkingOrder[],
  parent: WorkingOrder,
  quantity: number,
  price: number,
  isInside: boolean,
  ledger: Ledger,
): void {
  for (const child of book) {
    if (child.request.parentId !== parent.request.id || child.state === "done") continue;
    // Of an order that turns a position around, the first part only closes: there is nothing to protect yet.
    if (child.request.closePosition && !hasPositionFor(child, ledger)) continue;
    if (child.state === "sleeping") {
      child.state = "working";
      child.remaining = 0;
      child.trailBest = price;
      child.isNewborn = isInside;
      child.activeFromMs = parent.activeFromMs;
    }
    child.remaining = Math.min(child.remaining + quantity, child.request.quantity);
  }
}

/** One cancels other: what one has filled its siblings must not fill again. Returns those that have nothing left. */
export function shrinkSiblings(
  book: readonly WorkingOrder[],
  order: WorkingOrder,
  quantity: number,
): readonly WorkingOrder[] {
  const { ocoGroup } = order.request;
  if (ocoGroup === 0) return [];
  const siblings = book.filter(
    (other) =>
      other !== order &&
      other.state !== "done" &&
      other.request.ocoGroup === ocoGroup &&
      !other.request.closePosition,
  );
  for (const sibling of siblings) sibling.remaining -= quantity;
  return siblings.filter(({ remaining }) => remaining <= order.request.quantity * 1e-12);
}

/** Orders that close the position are as large as the position. Returns those whose position is gone. */
export function followPosition(book: readonly WorkingOrder[], ledger: Ledger): readonly WorkingOrder[] {
  let orphans: WorkingOrder[] | null = null;
  for (const order of book) {
    if (!order.request.closePosition || order.state !== "working") continue;
    if (hasPositionFor(order, ledger)) order.remaining = Math.abs(ledger.quantity[order.request.instrument]!);
    else (orphans ??= []).push(order);
  }
  return orphans ?? none;
}

const none: readonly WorkingOrder[] = [];

/** Where a trailing stop begins: one that takes another's place for the same position goes on from its best price. */
export function bestSoFar(book: readonly WorkingOrder[], order: WorkingOrder, ledger: Ledger): number {
  const { instrument, closePosition, parentId } = order.request;
  const lastPrice = ledger.lastPrice[instrument]!;
  if (order.terms.type !== "trailing_stop_market" || !closePosition || parentId !== null) return lastPrice;
  const before = book.filter(
    (other) =>
      other.terms.type === "trailing_stop_market" && other.state === "working" && other.sign === order.sign,
  );
  const prices = [lastPrice, ...before.map((other) => other.trailBest)];
  return order.sign === 1 ? Math.min(...prices) : Math.max(...prices);
}

function hasPositionFor(order: WorkingOrder, ledger: Ledger): boolean {
  return order.sign * ledger.quantity[order.request.instrument]! < 0;
}

import { empty } from "../../base/empty.ts";
import type { InstrumentIndex } from "../../domain/instrument.ts";
import type { ApprovedOrder, OrderId, OrderRequest, OrderTerms } from "../../domain/order.ts";
import { unprotected, type Protection, type Target } from "../../domain/target.ts";
import type { OrderTracker, TrackedOrder } from "./order-tracker.ts";
import type { Portfolio } from "./portfolio.ts";

/** Orders to withdraw and orders to send. The arrays are reused: read them before the next bar. */
export type Plan = {
  readonly cancels: ApprovedOrder[];
  readonly orders: OrderRequest[];
  /** Targets that changed nothing because the holding is close enough. */
  unchanged: number;
};

/** How differences between target and holding are traded. */
export type PlanOptions = {
  /** Changes of an open position smaller than this share of it are not worth their costs. */
  readonly rebalanceBand: number;
  /** Let the venue compute the quantity at the fill price instead of at the last close. */
  readonly sizeAtFill: boolean;
};

type DraftOrder = { -readonly [K in keyof OrderRequest]: OrderRequest[K] };
const market: OrderTerms = { type: "market" };

/** The differences between what the account holds, or has on its way, and what it should hold. */
export function planOrders(
  plan: Plan,
  targets: readonly Target[],
  portfolio: Portfolio,
  tracker: OrderTracker,
  timeMs: number,
  options: PlanOptions,
): Plan {
  empty(plan.cancels);
  empty(plan.orders);
  plan.unchanged = 0;
  for (const target of targets) planTarget(plan, target, portfolio, tracker, timeMs, options);
  return plan;
}

/** Withdraws every entry that still waits for its price: a breaker has tripped, and nothing new may open. */
export function withdrawAllEntries(plan: Plan, tracker: OrderTracker): void {
  for (const instrument of tracker.instrumentsWithOrders()) {
    withdraw(
      plan,
      tracker.open(instrument).filter(({ request }) => !request.reduceOnly),
    );
  }
}

function planTarget(
  plan: Plan,
  target: Target,
  portfolio: Portfolio,
  tracker: OrderTracker,
  timeMs: number,
  options: PlanOptions,
): void {
  const { instrument, quantity } = target;
  const held = portfolio.ledger.quantity[instrument]!;
  const isWaiting = isWaitingFor(target, tracker);
  const onTheWay = isWaiting ? tracker.pending(instrument) : 0;
  const missing = quantity - held - onTheWay;
  const isUnchanged = missing === 0 || isWithinBand(quantity, held + onTheWay, options.rebalanceBand);
  // Whatever waits for another target, or another price, is not wanted any more.
  if (!isWaiting || !isUnchanged) {
    withdraw(
      plan,
      tracker.open(instrument).filter(({ request }) => !request.closePosition),
    );
  }
  if (isUnchanged) plan.unchanged += 1;
  const isNeeded = !isUnchanged && quantity !== held;
  const order = isNeeded ? orderToward(target, held, tracker, timeMs, options) : null;
  if (order !== null) plan.orders.push(order);
  const staysOpen = held !== 0 && Math.sign(quantity) === Math.sign(held);
  if (staysOpen) renewProtection(plan, target, held, tracker, timeMs);
  else if (order !== null && quantity !== 0)
    protect(plan, target.protection, instrument, quantity, order.id, tracker, timeMs);
}

function orderToward(
  target: Target,
  held: number,
  tracker: OrderTracker,
  timeMs: number,
  options: PlanOptions,
): OrderRequest {
  const { instrument, quantity, reason, equityWeight } = target;
  const change = quantity - held;
  const order = orderFor(tracker, instrument, change, entryTerms(target), timeMs, reason);
  order.reduceOnly =
    held !== 0 && Math.sign(change) !== Math.sign(held) && Math.abs(change) <= Math.abs(held);
  if (options.sizeAtFill && order.terms.type === "market" && quantity !== 0)
    order.weightAtFill = equityWeight;
  return order;
}

/** Whether orders on their way already work for this very target: the same entry with the same protection. */
function isWaitingFor(target: Target, tracker: OrderTracker): boolean {
  const open = tracker.open(target.instrument);
  const entries = open.filter(({ request }) => !request.closePosition);
  if (entries.length === 0) return false;
  const terms = JSON.stringify(entryTerms(target));
  const legs = JSON.stringify(legsOf(target.protection).map((leg) => leg.terms));
  return entries.every(({ request }) => {
    const children = open.filter((child) => child.request.parentId === request.id);
    const theirs = JSON.stringify(children.map((child) => child.request.terms));
    return JSON.stringify(request.terms) === terms && (children.length === 0 || theirs === legs);
  });
}

function withdraw(plan: Plan, orders: readonly TrackedOrder[]): void {
  for (const { request } of orders) plan.cancels.push(request);
}

/** A small change of an existing holding is not worth its costs. Opening, closing and reversing always are. */
function isWithinBand(wanted: number, held: number, band: number): boolean {
  if (wanted === 0 || held === 0 || Math.sign(wanted) !== Math.sign(held)) return false;
  return Math.abs(wanted - held) <= band * Math.abs(held);
}

function entryTerms({ entry, quantity }: Target): OrderTerms {
  if (quantity === 0 || entry.kind === "market") return market;
  if (entry.kind === "limit") return { type: "limit", limitPrice: entry.price };
  return { type: "stop_market", stopPrice: entry.price };
}

/** The orders that end the position: its stop and its target, asleep until `parentId` fills if that is given. */
function protect(
  plan: Plan,
  protection: Protection,
  instrument: InstrumentIndex,
  position: number,
  parentId: OrderId | null,
  tracker: OrderTracker,
  timeMs: number,
): void {
  if (protection === unprotected) return;
  const legs = legsOf(protection);
  const ocoGroup = legs.length > 1 ? tracker.nextGroup() : 0;
  for (const { terms, reason } of legs) {
    const order = orderFor(tracker, instrument, -position, terms, timeMs, reason);
    order.reduceOnly = true;
    order.closePosition = true;
    order.parentId = parentId;
    order.ocoGroup = ocoGroup;
    plan.orders.push(order);
  }
}

function legsOf({ stopPrice, takeProfitPrice, trail }: Protection): { terms: OrderTerms; reason: string }[] {
  const legs: { terms: OrderTerms; reason: string }[] = [];
  if (stopPrice !== undefined) legs.push({ terms: { type: "stop_market", stopPrice }, reason: "stop-loss" });
  if (trail !== undefined)
    legs.push({ terms: { type: "trailing_stop_market", trail }, reason: "trailing stop" });
  if (takeProfitPrice !== undefined) {
    legs.push({ terms: { type: "limit", limitPrice: takeProfitPrice }, reason: "take-profit" });
  }
  return legs;
}

/**
 * New levels for a position that stays, larger or smaller: the old protection goes, the new one works at once. A target
 * that names no levels keeps the old ones. They follow the position, so a refused or unfilled change leaves no gap.
 */
function renewProtection(
  plan: Plan,
  target: Target,
  held: number,
  tracker: OrderTracker,
  timeMs: number,
): void {
  const wanted = legsOf(target.protection);
  if (wanted.length === 0 && target.replacesProtection !== true) return;
  const working = tracker.open(target.instrument).filter((order) => isAwake(order, tracker));
  const theirs = JSON.stringify(working.map(({ request }) => request.terms));
  if (theirs === JSON.stringify(wanted.map(({ terms }) => terms))) return;
  for (const { request } of working) plan.cancels.push(request);
  protect(plan, target.protection, target.instrument, held, null, tracker, timeMs);
}

/** Whether protection works for the present position, and not for one that its parent may open later. */
function isAwake({ request }: TrackedOrder, tracker: OrderTracker): boolean {
  if (!request.closePosition) return false;
  const parent = tracker.open(request.instrument).find((order) => order.request.id === request.parentId);
  return parent === undefined || parent.filledQuantity > 0;
}

function orderFor(
  tracker: OrderTracker,
  instrument: InstrumentIndex,
  change: number,
  terms: OrderTerms,
  timeMs: number,
  reason: string,
): DraftOrder {
  return {
    id: tracker.nextId(),
    instrument,
    side: change > 0 ? "buy" : "sell",
    quantity: Math.abs(change),
    terms,
    timeInForce: "gtc",
    expireTimeMs: Infinity,
    postOnly: false,
    reduceOnly: false,
    closePosition: false,
    parentId: null,
    ocoGroup: 0,
    weightAtFill: null,
    requestedMs: timeMs,
    reason,
  };
}

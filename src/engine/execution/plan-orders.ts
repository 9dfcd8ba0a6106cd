import type { Instrument, InstrumentIndex } from "../../domain/instrument.ts";
import { handedOverMs, type MarketSlice } from "../../domain/slice.ts";
import { signOf, type OrderRequest } from "../../domain/order.ts";
import { draftOrder, entryTerms, inLots, isSame, sameTerms } from "./draft-order.ts";
import { isLive, type OrderTracker, type TrackedOrder } from "./order-tracker.ts";
import { childrenOf, planProtection, protectEntry, servesLegs } from "./plan-protection.ts";
import type { Plan, PlanGround, PlanOptions } from "./plan.ts";
import type { Portfolio } from "./portfolio.ts";
import type { Standing } from "./standing.ts";
import type { StandingTargets } from "./standing-targets.ts";

/**
 * Puts into an empty plan the differences between what the account holds, or has on its way, and what stands. Only
 * instruments are looked at that a decision or a report has made due. While a venue owes an answer to a cancel nothing
 * takes the place of the canceled order: both together would be more than was wanted. On a stale slice nothing opens.
 */
export function planOrders(
  plan: Plan,
  targets: StandingTargets,
  instruments: readonly Instrument[],
  portfolio: Portfolio,
  tracker: OrderTracker,
  slice: Pick<MarketSlice, "timeMs" | "nowMs" | "isStale">,
  options: PlanOptions,
): void {
  if (targets.isSettled) return;
  const nowMs = handedOverMs(slice);
  const ground = { plan, portfolio, tracker, timeMs: slice.timeMs, options };
  const due = targets.takeDue();
  for (let k = 0; k < due.length; k++) {
    const instrument = due[k]!;
    const standing = targets.of(instrument)!;
    if (standing.startsOver) withdraw(plan, liveEntries(tracker, instrument));
    standing.startsOver = false;
    if (targets.mustWait(instrument, nowMs)) continue;
    // What opens waits for a price of now; what protects has its price, and what gets out takes any.
    if (slice.isStale === true && standing.quantity !== 0) {
      const held = portfolio.ledger.quantity[instrument]!;
      planProtection(ground, standing, instruments[instrument]!.lotSize, held);
      targets.lookLater(instrument);
      continue;
    }
    const isPlanned = planTarget(ground, standing, instruments[instrument]!);
    standing.isFresh &&= !isPlanned;
  }
}

/** Withdraws every entry that still waits for its price: a breaker has tripped, and nothing new may open. */
export function withdrawAllEntries(
  plan: Plan,
  targets: StandingTargets,
  portfolio: Portfolio,
  tracker: OrderTracker,
): void {
  for (const instrument of tracker.instrumentsWithOrders()) {
    const entries = tracker.open(instrument).filter((order) => !order.request.reduceOnly && isLive(order));
    if (entries.length === 0) continue;
    withdraw(plan, entries);
    targets.settleWithout(instrument, portfolio);
  }
}

/** Returns false while what is missing cannot be said yet, because something that is not wanted may still fill. */
function planTarget(ground: PlanGround, standing: Standing, instrument: Instrument): boolean {
  const { plan, portfolio, tracker } = ground;
  const { index } = instrument;
  const held = portfolio.ledger.quantity[index]!;
  if (standing.leftOutShare > 0) leaveOut(standing, held, instrument.lotSize);
  const live = liveEntries(tracker, index);
  const serves = live.length > 0 && servesTarget(standing, live, tracker);
  const onTheWay = serves ? reachable(tracker.onTheWay(index), held, live) : 0;
  const isClose =
    isCloseEnough(ground, standing, held + onTheWay, instrument.lotSize) ||
    (standing.isClosing && tracker.guards(index, held).some(isLive));
  if (isClose) settle(plan, standing, held + onTheWay, serves ? none : live);
  const isPlanned = isClose || planChange(ground, standing, instrument, held, live);
  withdraw(plan, tracker.orphans(index));
  planProtection(ground, standing, instrument.lotSize, held);
  return isPlanned;
}

/** What the account does not pay for is not wanted: whole lots of the rest are. */
function leaveOut(standing: Standing, held: number, lotSize: number): void {
  standing.quantity = held + inLots((standing.quantity - held) * (1 - standing.leftOutShare), lotSize);
  standing.leftOutShare = 0;
}

/** What orders on the way can do to a holding: those that only reduce end at flat. */
function reachable(onTheWay: number, held: number, live: readonly TrackedOrder[]): number {
  if (Math.abs(onTheWay) <= Math.abs(held) || !live.every(({ request }) => request.reduceOnly))
    return onTheWay;
  return -held;
}

/** The holding is as good as the target: whatever else is on its way is not wanted. */
function settle(plan: Plan, standing: Standing, settled: number, unwanted: readonly TrackedOrder[]): void {
  withdraw(plan, unwanted);
  if (!standing.isFresh) return;
  plan.unchanged += 1;
  standing.quantity = settled;
}

function planChange(
  ground: PlanGround,
  standing: Standing,
  { index, lotSize }: Instrument,
  held: number,
  live: readonly TrackedOrder[],
): boolean {
  const { plan, tracker } = ground;
  if (live.length > 0) {
    const change = changeOf(ground, standing, lotSize, held, live);
    if (change === null) withdraw(plan, live);
    else plan.changes.push(change);
    return change !== null;
  }
  // What is being withdrawn may still fill: it is waited for.
  if (tracker.open(index).some(isEntry)) return false;
  sendToward(ground, standing, lotSize, held);
  return true;
}

/**
 * The order to the target. Of a reversal that waits for its price, or while protection works, the closing part is an
 * order of its own that can only reduce: whichever closes the position first, the other one has nothing left to do.
 */
function sendToward(ground: PlanGround, standing: Standing, lotSize: number, held: number): void {
  const { plan, tracker, options } = ground;
  const { quantity, target } = standing;
  const isReversal = held !== 0 && quantity !== 0 && Math.sign(quantity) !== Math.sign(held);
  const waits = quantity !== 0 && target.entry.kind !== "market";
  const isSplit = isReversal && (waits || tracker.guards(target.instrument, held).length > 0);
  if (isSplit) plan.orders.push(entryOrder(ground, standing, -held, true));
  const change = isSplit ? quantity : quantity - held;
  const reduces = !isReversal && Math.abs(quantity) < Math.abs(held);
  const order = entryOrder(ground, standing, reduces ? change : inLots(change, lotSize), reduces);
  if (options.sizeAtFill && order.terms.type === "market" && quantity !== 0 && !isSplit)
    order.weightAtFill = target.equityWeight;
  plan.orders.push(order);
  // What is added to a protected position while it waits needs the levels as soon as it is there.
  if (quantity !== 0 && !reduces && (held === 0 || isReversal || waits))
    protectEntry(ground, standing, order);
}

function entryOrder(ground: PlanGround, { target, quantity }: Standing, change: number, reduceOnly: boolean) {
  const { instrument, reason, entry } = target;
  const order = draftOrder(ground, instrument, change, entryTerms(target, quantity), reason);
  order.reduceOnly = reduceOnly;
  if (quantity === 0) return order;
  order.timeInForce = entry.timeInForce ?? "gtc";
  order.expireTimeMs = entry.expireTimeMs ?? Infinity;
  order.postOnly = entry.kind === "limit" && entry.postOnly === true;
  return order;
}

/** The waiting order with the price and size of the new target, where changing it is enough; null where it is not. */
function changeOf(
  { tracker, timeMs }: PlanGround,
  standing: Standing,
  lotSize: number,
  held: number,
  live: readonly TrackedOrder[],
): OrderRequest | null {
  const { target, quantity } = standing;
  const [only] = live;
  if (only === undefined || live.length > 1 || only.pending !== "nothing" || only.refusedChanges > 0)
    return null;
  const { request, filledQuantity } = only;
  const terms = entryTerms(target, quantity);
  const change = quantity - held;
  const reduces = held !== 0 && Math.sign(change) !== Math.sign(held) && Math.abs(change) <= Math.abs(held);
  // A waiting order never closes and opens at once: see `sendToward`.
  const turns = held !== 0 && quantity !== 0 && Math.sign(quantity) !== Math.sign(held);
  const isSameKind =
    !turns &&
    terms.type !== "market" &&
    terms.type === request.terms.type &&
    Math.sign(change) === signOf(request.side) &&
    request.reduceOnly === reduces &&
    sameLife(request, standing) &&
    servesLegs(standing, childrenOf(only, tracker)) &&
    tracker.open(target.instrument).every((order) => order.request.closePosition || isLive(order));
  if (!isSameKind) return null;
  return {
    ...request,
    terms,
    quantity: filledQuantity + Math.abs(reduces ? change : inLots(change, lotSize)),
    requestedMs: timeMs,
    reason: target.reason,
  };
}

/** Whether the orders on their way already work for this very target: the same entry with the same protection. */
function servesTarget(standing: Standing, live: readonly TrackedOrder[], tracker: OrderTracker): boolean {
  const terms = entryTerms(standing.target, standing.quantity);
  return live.every((order) => {
    const { asked } = order;
    // Where nothing is wanted any more, nothing serves that could open.
    if (standing.quantity === 0 && !asked.reduceOnly) return false;
    if (!sameTerms(asked.terms, terms) || !sameLife(asked, standing)) return false;
    const children = childrenOf(order, tracker);
    // What waits for its price brings its levels along, those of a decision that names them for the first time too.
    const mustCarry = standing.isFresh && asked.terms.type !== "market" && !asked.reduceOnly;
    return (children.length === 0 && !mustCarry) || servesLegs(standing, children);
  });
}

/** Whether an order ends by the same rules as the target's entry says. */
function sameLife(order: OrderRequest, { target: { entry }, quantity }: Standing): boolean {
  if (quantity === 0) return true;
  return (
    order.timeInForce === (entry.timeInForce ?? "gtc") &&
    order.expireTimeMs === (entry.expireTimeMs ?? Infinity) &&
    order.postOnly === (entry.kind === "limit" && entry.postOnly === true)
  );
}

function isCloseEnough(
  { options }: PlanGround,
  { quantity, isFresh }: Standing,
  reached: number,
  lotSize: number,
): boolean {
  if (isSame(quantity, reached, lotSize) || isWithinLot(quantity, reached, lotSize)) return true;
  return isFresh && isWithinBand(quantity, reached, options.rebalanceBand);
}

/** Whether less than a lot is missing, which no order brings. */
function isWithinLot(wanted: number, reached: number, lotSize: number): boolean {
  if (reached === 0 || Math.sign(wanted) !== Math.sign(reached)) return false;
  const missing = Math.abs(wanted) - Math.abs(reached);
  return missing > 0 && inLots(missing, lotSize) === 0;
}

/** A small change of an existing holding is not worth its costs. Opening, closing and reversing always are. */
function isWithinBand(wanted: number, held: number, band: number): boolean {
  if (wanted === 0 || held === 0 || Math.sign(wanted) !== Math.sign(held)) return false;
  return Math.abs(wanted - held) <= band * Math.abs(held);
}

const none: readonly TrackedOrder[] = [];

function liveEntries(tracker: OrderTracker, instrument: InstrumentIndex): readonly TrackedOrder[] {
  const open = tracker.open(instrument);
  return open.length === 0 ? none : open.filter(isLiveEntry);
}

function isLiveEntry(order: TrackedOrder): boolean {
  return isEntry(order) && isLive(order);
}

function isEntry({ request }: TrackedOrder): boolean {
  return !request.closePosition;
}

/** Withdraws orders, each of them once. */
function withdraw({ cancels }: Plan, orders: readonly TrackedOrder[]): void {
  for (let k = 0; k < orders.length; k++) {
    const { request } = orders[k]!;
    if (!cancels.includes(request)) cancels.push(request);
  }
}

import { signOf, type OrderRequest, type OrderTerms } from "../../domain/order.ts";
import { unprotected, type Protection } from "../../domain/target.ts";
import { draftOrder, inLots, sameTerms } from "./draft-order.ts";
import { isLive, type OrderTracker, type TrackedOrder } from "./order-tracker.ts";
import type { PlanGround } from "./plan.ts";
import type { Standing } from "./standing.ts";

type Leg = { readonly terms: OrderTerms; readonly reason: string };
const noLegs: readonly Leg[] = [];

/** The levels of a holding that stays: new ones are put in place of the old, missing ones are sent. */
export function planProtection(ground: PlanGround, standing: Standing, lotSize: number, held: number): void {
  const { target, hasNewLevels, protection } = standing;
  const staysOpen = held !== 0 && Math.sign(standing.quantity) === Math.sign(held);
  // Levels of a target on the other side are not about this holding.
  if (!staysOpen || (target.quantity !== 0 && Math.sign(target.quantity) !== Math.sign(held))) return;
  if (!hasNewLevels && protection === unprotected) return;
  // Less than a lot, which a fee or a split has left, no venue sells.
  if (inLots(held, lotSize) === 0) return;
  // They stay new until nothing hinders them: what is forgotten here would never be sent.
  if (isTurning(ground, standing, held)) return;
  standing.hasNewLevels = false;
  if (hasNewLevels) renew(ground, standing, held);
  else sendMissing(ground, standing, held);
}

/** Each level must work: of a stop and a target the venue may have refused or lost one alone. */
function sendMissing(ground: PlanGround, standing: Standing, held: number): void {
  const working = ground.tracker.guards(standing.target.instrument, held).filter(protects);
  const missing = legsOf(standing.protection).filter(
    ({ terms }) => !working.some(({ asked }) => asked.terms.type === terms.type),
  );
  if (missing.length > 0) send(ground, standing, held, missing, null, working[0]?.request.ocoGroup);
}

/** Whether protection works, as far as the venue has not said that it cannot be changed any more. */
function protects(order: TrackedOrder): boolean {
  return isLive(order) && order.refusedChanges === 0;
}

/** An order that may still turn the position around must not meet protection of it: both would sell it. */
function isTurning({ tracker }: PlanGround, { target }: Standing, held: number): boolean {
  return tracker
    .open(target.instrument)
    .some(({ request }) => !request.reduceOnly && signOf(request.side) * held < 0);
}

/** The orders that end the position that `entry` opens: asleep until it fills. */
export function protectEntry(ground: PlanGround, standing: Standing, entry: OrderRequest): void {
  send(ground, standing, standing.quantity, legsOf(standing.protection), entry);
}

/** Whether sleeping protection is what a target wants. */
export function servesLegs({ protection }: Standing, children: readonly TrackedOrder[]): boolean {
  const legs = legsOf(protection);
  return (
    legs.length === children.length &&
    legs.every(({ terms }, k) => sameTerms(terms, children[k]!.asked.terms))
  );
}

/** Whether a price is beyond a level that should end a position of this side. */
export function isReached({ stopPrice, takeProfitPrice }: Protection, side: number, price: number): boolean {
  return (
    (stopPrice !== undefined && side * (stopPrice - price) >= 0) ||
    (takeProfitPrice !== undefined && side * (takeProfitPrice - price) <= 0)
  );
}

/** The protection that sleeps until an entry fills. */
export function childrenOf({ request }: TrackedOrder, tracker: OrderTracker): readonly TrackedOrder[] {
  return tracker.open(request.instrument).filter((child) => child.request.parentId === request.id);
}

/**
 * The old levels become the new ones by changing them where their kinds are the same, so that the position is never
 * without; otherwise the old ones go and the new ones come. A target that names no levels keeps the old ones.
 */
function renew(ground: PlanGround, standing: Standing, held: number): void {
  const { plan, tracker, timeMs } = ground;
  const { instrument } = standing.target;
  const legs = legsOf(standing.protection);
  if (legs.length === 0 && standing.target.replacesProtection !== true) return;
  const working = tracker.guards(instrument, held).filter(isLive);
  const isOneToOne =
    legs.length === working.length &&
    legs.every(({ terms }, k) => terms.type === working[k]!.asked.terms.type) &&
    working.every(({ refusedChanges }) => refusedChanges === 0);
  if (isOneToOne) {
    for (const [k, { terms }] of legs.entries()) {
      const { asked } = working[k]!;
      if (!sameTerms(asked.terms, terms)) plan.changes.push({ ...asked, terms, requestedMs: timeMs });
    }
    return;
  }
  for (const { request } of working) plan.cancels.push(request);
  send(ground, standing, held, legs, null);
}

function send(
  ground: PlanGround,
  standing: Standing,
  position: number,
  legs: readonly Leg[],
  parent: OrderRequest | null,
  group = 0,
): void {
  const ocoGroup = group === 0 && legs.length > 1 ? ground.tracker.nextGroup() : group;
  for (const { terms, reason } of legs) {
    const order = draftOrder(ground, standing.target.instrument, -position, terms, reason);
    order.reduceOnly = true;
    order.closePosition = true;
    order.parentId = parent?.id ?? null;
    order.ocoGroup = ocoGroup;
    ground.plan.orders.push(order);
  }
}

function legsOf(protection: Protection): readonly Leg[] {
  if (protection === unprotected) return noLegs;
  const { stopPrice, takeProfitPrice, trail } = protection;
  const legs: Leg[] = [];
  if (stopPrice !== undefined) legs.push({ terms: { type: "stop_market", stopPrice }, reason: "stop-loss" });
  if (trail !== undefined)
    legs.push({ terms: { type: "trailing_stop_market", trail }, reason: "trailing stop" });
  if (takeProfitPrice !== undefined) {
    legs.push({ terms: { type: "limit", limitPrice: takeProfitPrice }, reason: "take-profit" });
  }
  return legs;
}

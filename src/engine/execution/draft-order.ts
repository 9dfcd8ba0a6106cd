import { floorToStep, isMultiple } from "../../base/numbers.ts";
import type { InstrumentIndex } from "../../domain/instrument.ts";
import type { OrderId, OrderRequest, OrderTerms, Trail } from "../../domain/order.ts";
import type { Target } from "../../domain/target.ts";

/** An order while it is put together. */
export type DraftOrder = { -readonly [K in keyof OrderRequest]: OrderRequest[K] };

const market: OrderTerms = { type: "market" };

/** An order of `change` signed units that is good till canceled and hangs on nothing. */
export function draftOrder(
  { tracker, timeMs }: { readonly tracker: { nextId(): OrderId }; readonly timeMs: number },
  instrument: InstrumentIndex,
  change: number,
  terms: OrderTerms,
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

/** How an entry gets into the market. Getting out is always at market. */
export function entryTerms({ entry }: Target, quantity: number): OrderTerms {
  if (quantity === 0 || entry.kind === "market") return market;
  if (entry.kind === "limit") return { type: "limit", limitPrice: entry.price };
  return { type: "stop_market", stopPrice: entry.price };
}

/** Whether two orders wait for the same thing. */
export function sameTerms(a: OrderTerms, b: OrderTerms): boolean {
  if (a === b) return true;
  if (a.type !== b.type) return false;
  switch (a.type) {
    case "market":
      return true;
    case "trailing_stop_market":
      return b.type === a.type && sameTrail(a.trail, b.trail);
    default:
      return limitOf(a) === limitOf(b) && triggerOf(a) === triggerOf(b);
  }
}

function sameTrail(a: Trail, b: Trail): boolean {
  if (a.kind === "amount") return b.kind === "amount" && a.amount === b.amount;
  return b.kind === "fraction" && a.fraction === b.fraction;
}

function limitOf(terms: OrderTerms): number | null {
  return "limitPrice" in terms ? terms.limitPrice : null;
}

function triggerOf(terms: OrderTerms): number | null {
  if ("stopPrice" in terms) return terms.stopPrice;
  return "triggerPrice" in terms ? terms.triggerPrice : null;
}

/** Whether two quantities are the same but for rounding: lots are far larger than rounding errors. */
export function isSame(a: number, b: number, lotSize: number): boolean {
  return a === b || Math.abs(a - b) < Math.min(lotSize / 2, Math.abs(a) * 1e-9 + 1e-12);
}

/**
 * What leads to a larger holding, in whole lots. A holding may be no multiple of them, where a venue keeps its fee of what
 * was bought, or a share was split: no order can bring that rest up to a lot. Where lots are tiny beside the order, half of one is more
 * than rounding, and a venue refuses it.
 */
export function inLots(change: number, lotSize: number): number {
  const size = Math.abs(change);
  return isMultiple(size, lotSize) ? change : Math.sign(change) * floorToStep(size, lotSize);
}

import { isMultiple } from "../base/numbers.ts";
import type { Instrument } from "../domain/instrument.ts";
import type { OrderRequest, OrderTerms, VenueCode } from "../domain/order.ts";

/** Why a venue does not take something: a word that every venue shares, and its own text for people. */
export type Refusal = { readonly code: VenueCode; readonly reason: string };

/** What is wrong with an order whatever the account holds; null when nothing is. `lastPrice` may be unknown (NaN). */
export function orderFault(
  order: OrderRequest,
  instrument: Instrument | undefined,
  lastPrice: number,
): Refusal | null {
  if (instrument === undefined) return { code: "unknown_symbol", reason: "no such symbol" };
  const { quantity, terms, reduceOnly } = order;
  if (!(quantity > 0) || quantity === Infinity)
    return { code: "bad_number", reason: `a quantity of ${quantity}` };
  if (!hasNumbers(terms)) return { code: "bad_number", reason: "a price that is no number" };
  if (Number.isNaN(order.expireTimeMs) || Number.isNaN(order.weightAtFill ?? 0))
    return { code: "bad_number", reason: "a time or a weight that is no number" };
  const { tickSize, lotSize, notionalMin, contractMultiplier } = instrument;
  if (!isOnTick(terms, tickSize)) return { code: "tick_size", reason: `prices are multiples of ${tickSize}` };
  // What closes a position must be able to close odd lots and small rests too.
  if (reduceOnly) return null;
  if (!isMultiple(quantity, lotSize))
    return { code: "lot_size", reason: `quantities are multiples of ${lotSize}` };
  if (notionalMin > 0 && order.weightAtFill === null) {
    const value = quantity * contractMultiplier * Math.abs(priceOf(terms, lastPrice));
    if (value < notionalMin) return { code: "notional_min", reason: `worth less than ${notionalMin}` };
  }
  return null;
}

function hasNumbers(terms: OrderTerms): boolean {
  switch (terms.type) {
    case "market":
      return true;
    case "limit":
      return Number.isFinite(terms.limitPrice);
    case "stop_market":
      return Number.isFinite(terms.stopPrice);
    case "stop_limit":
      return Number.isFinite(terms.stopPrice) && Number.isFinite(terms.limitPrice);
    case "market_if_touched":
      return Number.isFinite(terms.triggerPrice);
    case "limit_if_touched":
      return Number.isFinite(terms.triggerPrice) && Number.isFinite(terms.limitPrice);
    case "trailing_stop_market": {
      const distance = terms.trail.kind === "amount" ? terms.trail.amount : terms.trail.fraction;
      return distance > 0 && distance < Infinity;
    }
  }
}

function isOnTick(terms: OrderTerms, tickSize: number): boolean {
  // No tick is known: any price will do.
  if (tickSize === 0) return true;
  switch (terms.type) {
    case "market":
    case "trailing_stop_market":
      return true;
    case "limit":
      return isMultiple(terms.limitPrice, tickSize);
    case "stop_market":
      return isMultiple(terms.stopPrice, tickSize);
    case "stop_limit":
      return isMultiple(terms.stopPrice, tickSize) && isMultiple(terms.limitPrice, tickSize);
    case "market_if_touched":
      return isMultiple(terms.triggerPrice, tickSize);
    case "limit_if_touched":
      return isMultiple(terms.triggerPrice, tickSize) && isMultiple(terms.limitPrice, tickSize);
  }
}

function priceOf(terms: OrderTerms, lastPrice: number): number {
  if (terms.type === "limit" || terms.type === "stop_limit" || terms.type === "limit_if_touched")
    return terms.limitPrice;
  if (terms.type === "stop_market") return terms.stopPrice;
  return terms.type === "market_if_touched" ? terms.triggerPrice : lastPrice;
}

import type { OrderTerms } from "../../domain/order.ts";
import type { OrderTicket } from "./exchange-types.ts";
import type { ExchangeView } from "./exchange-views.ts";

/** Whether a mark price of its own triggers an order, and not the price that trades happen at. */
export function markTriggered({ triggerBy, terms, symbol }: OrderTicket, exchange: ExchangeView): boolean {
  return triggerBy === "mark" && triggerOf(terms) !== null && exchange.marks.has(symbol);
}

/**
 * What an order has become that waits for the mark price: a market order or a limit when it has been reached, else null.
 * It goes to the venue at the end of that bar, and what it fills at is the venue's affair.
 */
export function triggeredTerms(order: OrderTicket, exchange: ExchangeView): OrderTerms | null {
  const { terms, side, symbol } = order;
  const trigger = triggerOf(terms);
  if (trigger === null) return null;
  const isStop = terms.type === "stop_market" || terms.type === "stop_limit";
  const isRise = (side === "buy") === isStop;
  if (!exchange.marks.hasReached(symbol, trigger, isRise)) return null;
  return "limitPrice" in terms ? { type: "limit", limitPrice: terms.limitPrice } : { type: "market" };
}

/** The price at which an order wakes; null for one that does not wait for a price. */
export function triggerOf(terms: OrderTerms): number | null {
  if ("stopPrice" in terms) return terms.stopPrice;
  return "triggerPrice" in terms ? terms.triggerPrice : null;
}

import type { OrderTerms, Trail } from "../domain/order.ts";
import type { WorkingOrder } from "./working-order.ts";

/** One bar as the matching sees it. */
export type BarPrices = {
  readonly open: number;
  readonly high: number;
  readonly low: number;
  readonly close: number;
};

/** A price that an order gets, before slippage. */
export type Match = { readonly price: number; readonly liquidity: "maker" | "taker" };

/*
 * What a bar tells is four prices and not their order, so wherever the order matters the worse one is assumed
 * (docs/reference/fills.md). Written for buys; a sell is a buy in a mirror: prices negated, high and low swapped.
 */

/** What fills at the first price of the bar: market orders, stops that gapped, limits that are marketable. */
export function matchAtOpen(order: WorkingOrder, bar: BarPrices): Match | null {
  const { terms, sign } = order;
  const open = sign * bar.open;
  switch (terms.type) {
    case "market":
      return { price: bar.open, liquidity: "taker" };
    case "limit":
      if (open > sign * terms.limitPrice) return null;
      return { price: bar.open, liquidity: order.isResting ? "maker" : "taker" };
    case "stop_market":
      return open >= sign * terms.stopPrice ? { price: bar.open, liquidity: "taker" } : null;
    case "trailing_stop_market": {
      const stopPrice = trailingStopPrice(order, terms.trail);
      return open >= sign * stopPrice ? { price: bar.open, liquidity: "taker" } : null;
    }
    case "market_if_touched":
      return open <= sign * terms.triggerPrice ? { price: bar.open, liquidity: "taker" } : null;
    case "stop_limit":
      if (open >= sign * terms.stopPrice) return becomeLimit(order, terms.limitPrice, bar);
      return null;
    case "limit_if_touched":
      if (open <= sign * terms.triggerPrice) return becomeLimit(order, terms.limitPrice, bar);
      return null;
  }
}

/** A trigger at the open turns the order into a limit, which may fill at that same price. */
function becomeLimit(order: WorkingOrder, limitPrice: number, bar: BarPrices): Match | null {
  order.terms = { type: "limit", limitPrice };
  return order.sign * bar.open <= order.sign * limitPrice ? { price: bar.open, liquidity: "taker" } : null;
}

/** What fills between the open and the close. */
export function matchInside(order: WorkingOrder, bar: BarPrices): Match | null {
  const { terms, sign } = order;
  const high = sign === 1 ? bar.high : -bar.low;
  const low = sign === 1 ? bar.low : -bar.high;
  switch (terms.type) {
    case "market":
      return null;
    case "limit":
      // Through the price and not only to it: at a touch, others were in the queue before us.
      return low < sign * terms.limitPrice ? { price: terms.limitPrice, liquidity: "maker" } : null;
    case "stop_market":
      return high >= sign * terms.stopPrice ? { price: terms.stopPrice, liquidity: "taker" } : null;
    case "market_if_touched":
      return low <= sign * terms.triggerPrice ? { price: terms.triggerPrice, liquidity: "taker" } : null;
    case "trailing_stop_market":
      return matchTrailing(order, terms.trail, bar, high);
    case "stop_limit":
      return high >= sign * terms.stopPrice ? triggerInside(order, terms, terms.stopPrice, bar) : null;
    case "limit_if_touched":
      return low <= sign * terms.triggerPrice ? triggerInside(order, terms, terms.triggerPrice, bar) : null;
  }
}

/** The order is a limit from the trigger price on: it fills there, or where the close proves the price went. */
function triggerInside(
  order: WorkingOrder,
  terms: Extract<OrderTerms, { limitPrice: number }>,
  triggerPrice: number,
  bar: BarPrices,
): Match | null {
  const { sign } = order;
  order.terms = { type: "limit", limitPrice: terms.limitPrice };
  if (sign * triggerPrice <= sign * terms.limitPrice) return { price: triggerPrice, liquidity: "taker" };
  return sign * bar.close < sign * terms.limitPrice ? { price: terms.limitPrice, liquidity: "maker" } : null;
}

/**
 * First against the level of the bars before. Then the bar's own best price moves the level, and only a close
 * beyond it proves that the price came back through it after that.
 */
function matchTrailing(order: WorkingOrder, trail: Trail, bar: BarPrices, worst: number): Match | null {
  const { sign } = order;
  const stopPrice = trailingStopPrice(order, trail);
  if (worst >= sign * stopPrice) return { price: stopPrice, liquidity: "taker" };
  const best = order.isNewborn ? bar.close : sign === 1 ? bar.low : bar.high;
  order.trailBest = sign === 1 ? Math.min(order.trailBest, best) : Math.max(order.trailBest, best);
  const moved = trailingStopPrice(order, trail);
  return sign * bar.close >= sign * moved ? { price: moved, liquidity: "taker" } : null;
}

/** Where a trailing stop stands: `trail` behind the best price since it began to work. */
function trailingStopPrice(order: WorkingOrder, trail: Trail): number {
  const distance = trail.kind === "amount" ? trail.amount : trail.fraction * order.trailBest;
  return order.trailBest + order.sign * distance;
}

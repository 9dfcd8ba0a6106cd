import { isStop, type OrderTerms, type Trail } from "../domain/order.ts";
import type { WorkingOrder } from "./working-order.ts";

/** One bar as the matching sees it. */
export type BarPrices = {
  readonly open: number;
  readonly high: number;
  readonly low: number;
  readonly close: number;
  /** How far bid and ask are from these prices, at the open and later; 0 where nobody quoted them. */
  readonly halfAtOpen: number;
  readonly halfInside: number;
};

/** A price that an order gets, before slippage. */
export type Match = { readonly price: number; readonly liquidity: "maker" | "taker" };

/*
 * What a bar tells is four prices and not their order. The price is taken to move without jumps between the open and
 * the close, so what lies nearer to the open is reached first; where even that leaves the order open, the worse one is
 * assumed (docs/reference/fills.md). Written for buys; a sell is a buy in a mirror: prices negated, high and low swapped.
 */

/** Whether the first price of the bar fills or triggers an order: market orders, stops that gapped, marketable limits. */
export function isReachedAtOpen(order: WorkingOrder, bar: BarPrices): boolean {
  const { terms, sign } = order;
  if (terms.type === "market") return true;
  const price = triggerPrice(order);
  if (isStop(terms)) return sign * bar.open >= sign * price;
  return sign * bar.open + toTake(terms, bar.halfAtOpen) <= sign * price;
}

/** What an order that is reached at the open gets there. Limits that have just been triggered may have to wait. */
export function matchAtOpen(order: WorkingOrder, bar: BarPrices): Match | null {
  const { terms, sign, isResting } = order;
  const { open, halfAtOpen } = bar;
  // What rests is met by the other side of the market; a taker's way there is its slippage.
  if (terms.type === "limit" && isResting) return { price: open + sign * halfAtOpen, liquidity: "maker" };
  if (terms.type === "limit") return { price: open, liquidity: "taker" };
  trigger(order);
  if (order.terms.type === "limit" && sign * open + halfAtOpen > sign * order.terms.limitPrice) return null;
  return { price: open, liquidity: "taker" };
}

/** The price at which something happens to an order: its stop, its trigger or its limit; NaN for a market order. */
export function triggerPrice(order: WorkingOrder): number {
  const { terms } = order;
  switch (terms.type) {
    case "market":
      return Number.NaN;
    case "limit":
      return terms.limitPrice;
    case "stop_market":
    case "stop_limit":
      return terms.stopPrice;
    case "market_if_touched":
    case "limit_if_touched":
      return terms.triggerPrice;
    case "trailing_stop_market":
      return trailingStopPrice(order, terms.trail);
  }
}

/**
 * Whether the bar reaches an order's price between open and close. A limit must be traded through and not only
 * touched: at a touch, others were in the queue before us.
 */
export function isReachedInside(order: WorkingOrder, price: number, bar: BarPrices): boolean {
  const { terms, sign } = order;
  const isUpward = movesUp(order);
  if (terms.type === "limit")
    return sign === 1 ? bar.low + bar.halfInside < price : bar.high - bar.halfInside > price;
  return isUpward ? bar.high >= price : bar.low <= price;
}

/** Whether a rising price reaches an order: buy stops and sell limits. */
export function movesUp(order: WorkingOrder): boolean {
  return (order.sign === 1) === isStop(order.terms);
}

/** What an order gets whose price is reached inside the bar. */
export function matchInside(order: WorkingOrder, price: number, bar: BarPrices): Match | null {
  const { terms, sign } = order;
  if (terms.type === "limit") return { price, liquidity: "maker" };
  // An order that reached the venue when the price was beyond its stop pays the price of that moment, not its own.
  const start = order.birth === "before" ? bar.open : order.birthPrice;
  const met = isStop(terms) ? sign * Math.max(sign * price, sign * start) : price;
  // Had the bar's best price come first, it would have moved the level.
  if (terms.type === "trailing_stop_market" && sign * bestOf(sign, bar) < sign * order.trailBest)
    order.isAssumed = true;
  trigger(order);
  if (order.terms.type !== "limit") return { price: met, liquidity: "taker" };
  // A limit from the trigger price on: it fills there, or where the close proves that the price went.
  const { limitPrice } = order.terms;
  const { halfInside } = bar;
  if (sign * met + halfInside <= sign * limitPrice) return { price: met, liquidity: "taker" };
  const isMet = sign * bar.close + halfInside < sign * limitPrice;
  return isMet ? { price: limitPrice, liquidity: "maker" } : null;
}

/** How far the market is from a limit that it seems to touch: a buyer's limit needs the ask, a seller's the bid. */
function toTake({ type }: OrderTerms, half: number): number {
  return type === "limit" ? half : 0;
}

/** What is triggered stays triggered: it is a market order, or a limit, from now on. */
function trigger(order: WorkingOrder): void {
  order.terms = triggered(order.terms);
}

function triggered(terms: OrderTerms): OrderTerms {
  if (terms.type === "stop_limit" || terms.type === "limit_if_touched")
    return { type: "limit", limitPrice: terms.limitPrice };
  return terms.type === "limit" ? terms : market;
}

const market: OrderTerms = { type: "market" };

/**
 * A trailing stop at the end of a bar: the bar's best price moves the level, and when the close lies beyond it, the
 * order fills at the close. What happened between is unknown, and a fill at the level would be better than any order
 * of the four prices can promise on average: it earns from noise.
 */
export function matchAtClose(order: WorkingOrder, trail: Trail, bar: BarPrices): Match | null {
  const { sign } = order;
  const worst = sign === 1 ? bar.high : bar.low;
  order.trailBest = sign * Math.min(sign * order.trailBest, sign * bestKnown(order, bar));
  const moved = trailingStopPrice(order, trail);
  if (sign * worst >= sign * moved) order.isAssumed = true;
  if (sign * bar.close < sign * moved) return null;
  order.terms = market;
  return { price: bar.close, liquidity: "taker" };
}

/** The best price that the bar surely had after the order began to work. */
function bestKnown(order: WorkingOrder, bar: BarPrices): number {
  return order.birth === "before" ? bestOf(order.sign, bar) : bar.close;
}

/** The bar's most favourable price for somebody who trails. */
function bestOf(sign: 1 | -1, bar: BarPrices): number {
  return sign === 1 ? bar.low : bar.high;
}

/** Where a trailing stop stands: `trail` behind the best price since it began to work. */
function trailingStopPrice(order: WorkingOrder, trail: Trail): number {
  const distance = trail.kind === "amount" ? trail.amount : trail.fraction * order.trailBest;
  return order.trailBest + order.sign * distance;
}

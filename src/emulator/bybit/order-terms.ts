import type { OrderTerms, Side } from "../../domain/order.ts";
import { failed, type BybitReply } from "./bybit-reply.ts";
import type { CreateBody } from "./order-body.ts";

/** What makes an order fill, in our words; or why there is no such order. `lastPrice` decides what a trigger waits for. */
export function termsOf(body: CreateBody, lastPrice: number): OrderTerms | BybitReply {
  const { orderType, price, triggerPrice, triggerDirection } = body;
  if (orderType === "Limit" && !(price! > 0)) return failed(10001, "params error: price is required");
  if (triggerPrice === undefined || triggerPrice === 0)
    return orderType === "Limit" ? { type: "limit", limitPrice: price! } : { type: "market" };
  const isRise =
    triggerDirection === undefined || triggerDirection === 0
      ? triggerPrice > lastPrice
      : triggerDirection === 1;
  if (isRise && triggerPrice <= lastPrice)
    return failed(110092, `expect Rising, but trigger_price[${triggerPrice}] <= current[${lastPrice}]`);
  if (!isRise && triggerPrice >= lastPrice)
    return failed(110093, `expect Falling, but trigger_price[${triggerPrice}] >= current[${lastPrice}]`);
  const side = body.side === "Buy" ? "buy" : "sell";
  return triggered(side, isRise, triggerPrice, orderType === "Limit" ? price : undefined);
}

/** An order that waits for a price to rise or fall to its trigger. */
export function triggered(
  side: Side,
  isRise: boolean,
  triggerPrice: number,
  limitPrice: number | undefined,
): OrderTerms {
  if ((side === "buy") === isRise)
    return limitPrice === undefined
      ? { type: "stop_market", stopPrice: triggerPrice }
      : { type: "stop_limit", stopPrice: triggerPrice, limitPrice };
  return limitPrice === undefined
    ? { type: "market_if_touched", triggerPrice }
    : { type: "limit_if_touched", triggerPrice, limitPrice };
}

/** Whether terms wait for the price to rise to their trigger. */
export function waitsForRise(side: Side, terms: OrderTerms): boolean {
  const isStop = terms.type === "stop_market" || terms.type === "stop_limit";
  return (side === "buy") === isStop;
}

import { assert } from "../../../base/assert.ts";
import type { OrderTerms, Side } from "../../../domain/order.ts";
import type { VenueOrderRequest } from "../../../ports/broker-connection.ts";
import { decimalText } from "../shared/decimal-text.ts";

/** Product groups in which orders are sent. */
export type BybitTraded = "spot" | "linear";
/** The body of a request: plain fields, numbers as decimal texts where the venue reads texts. */
export type BybitBody = Readonly<Record<string, string | number | boolean>>;

/** `POST /v5/order/create`. */
export function createBody(order: VenueOrderRequest, category: BybitTraded): BybitBody {
  const { terms, side } = order;
  return {
    category,
    symbol: order.symbol,
    side: side === "buy" ? "Buy" : "Sell",
    orderType: isMarket(terms) ? "Market" : "Limit",
    qty: decimalText(order.quantity),
    ...prices(terms),
    ...(isMarket(terms) ? {} : { timeInForce: timeInForce(order) }),
    orderLinkId: order.clientOrderId,
    ...(category === "spot" ? spotFields(terms) : linearFields(order)),
  };
}

/** `POST /v5/order/amend`: the whole of the order, its filled part included. */
export function amendBody(order: VenueOrderRequest, category: BybitTraded): BybitBody {
  return {
    category,
    symbol: order.symbol,
    orderLinkId: order.clientOrderId,
    qty: decimalText(order.quantity),
    ...prices(order.terms),
  };
}

function isMarket({ type }: OrderTerms): boolean {
  return type === "market" || type === "stop_market" || type === "market_if_touched";
}

function prices(terms: OrderTerms): BybitBody {
  const trigger = triggerOf(terms);
  return {
    ...("limitPrice" in terms ? { price: decimalText(terms.limitPrice) } : {}),
    ...(trigger === null ? {} : { triggerPrice: decimalText(trigger) }),
  };
}

function triggerOf(terms: OrderTerms): number | null {
  if ("stopPrice" in terms) return terms.stopPrice;
  return "triggerPrice" in terms ? terms.triggerPrice : null;
}

function timeInForce({ postOnly, timeInForce: time }: VenueOrderRequest): string {
  if (postOnly) return "PostOnly";
  assert(time === "gtc" || time === "ioc" || time === "fok", "other times in force are refused before");
  return { gtc: "GTC", ioc: "IOC", fok: "FOK" }[time];
}

/** The quantity of a market buy would be money without `marketUnit`. */
function spotFields(terms: OrderTerms): BybitBody {
  return {
    ...(isMarket(terms) ? { marketUnit: "baseCoin" } : {}),
    ...(triggerOf(terms) === null ? {} : { orderFilter: "StopOrder" }),
  };
}

/** One-way mode, and a trigger on the last price, which is the one that bars are made of. */
function linearFields({ terms, side, reduceOnly }: VenueOrderRequest): BybitBody {
  return {
    positionIdx: 0,
    reduceOnly,
    ...(triggerOf(terms) === null
      ? {}
      : { triggerDirection: triggerDirection(terms, side), triggerBy: "LastPrice" }),
  };
}

/** 1: the price has to rise to the trigger; 2: it has to fall. A stop follows the price, a touch waits for it. */
function triggerDirection(terms: OrderTerms, side: Side): 1 | 2 {
  const isStop = "stopPrice" in terms;
  return isStop === (side === "buy") ? 1 : 2;
}

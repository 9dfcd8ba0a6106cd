import type { OrderTerms } from "../../domain/order.ts";
import type { Listing } from "../exchange/exchange-types.ts";
import type { OrderBody } from "./order-body.ts";

/** Which rule of Alpaca's an order breaks; null when none. Sources: docs.alpaca.markets, orders at Alpaca. */
export function brokenRuleOf(body: OrderBody, listing: Listing): string | null {
  const { qty, notional, type, order_class, time_in_force } = body;
  if (qty === undefined && notional === undefined) return "qty or notional is required";
  if (qty !== undefined && notional !== undefined) return "only one of qty or notional is accepted";
  if (order_class === "mleg") return "multi-leg orders are for options, which are not traded here";
  if (time_in_force === "opg" || time_in_force === "cls")
    return `${time_in_force} orders are not served here: auctions are not on the tape`;
  return (
    pricesMissing(body) ??
    (listing.assetClass === "equity" ? equityRule(body) : cryptoRule(body)) ??
    classRule(body) ??
    (type === "market" || notional === undefined ? null : "notional orders are market orders")
  );
}

function pricesMissing(body: OrderBody): string | null {
  const { type, limit_price, stop_price, trail_price, trail_percent, order_class } = body;
  // The limit of an OCO is that of its target.
  const isLimit = (type === "limit" || type === "stop_limit") && order_class !== "oco";
  if (isLimit && limit_price === undefined) return `${type} orders require limit_price`;
  if ((type === "stop" || type === "stop_limit") && stop_price === undefined)
    return `${type} orders require stop_price`;
  const trails = [trail_price, trail_percent].filter((value) => value !== undefined).length;
  if (type === "trailing_stop" && trails !== 1)
    return "trailing_stop orders require one of trail_price, trail_percent";
  if (type === "market" && (limit_price !== undefined || stop_price !== undefined))
    return "market orders require no stop or limit price";
  return null;
}

function equityRule(body: OrderBody): string | null {
  const { qty, notional, time_in_force, type, extended_hours } = body;
  const isFraction = notional !== undefined || (qty !== undefined && !Number.isInteger(qty));
  if (isFraction && time_in_force !== "day") return "fractional orders must be DAY orders";
  if (isFraction && isGrouped(body)) return "fractional orders must be simple orders";
  if (extended_hours && (type !== "limit" || (time_in_force !== "day" && time_in_force !== "gtc")))
    return "extended hours order must be DAY or GTC limit orders";
  return null;
}

function cryptoRule(body: OrderBody): string | null {
  const { type, time_in_force } = body;
  if (time_in_force !== "gtc" && time_in_force !== "ioc") return "invalid crypto time_in_force";
  if (type !== "market" && type !== "limit" && type !== "stop_limit")
    return "invalid order type for crypto order";
  return isGrouped(body) ? "crypto orders not allowed for advanced order_class" : null;
}

/** Whether an order comes with others. */
export function isGrouped({ order_class }: OrderBody): boolean {
  return order_class === "bracket" || order_class === "oco" || order_class === "oto";
}

function classRule(body: OrderBody): string | null {
  const { order_class, take_profit, stop_loss, type, side, extended_hours, time_in_force } = body;
  const target = take_profit?.limit_price;
  const stop = stop_loss?.stop_price;
  if (!isGrouped(body))
    return target === undefined && stop === undefined
      ? null
      : "take_profit and stop_loss need an order_class";
  if (extended_hours) return "complex orders are not allowed in extended hours";
  if (time_in_force !== "day" && time_in_force !== "gtc") return "complex orders must be DAY or GTC orders";
  if (order_class === "oco" && type !== "limit") return "oco orders must be limit orders";
  if (order_class === "oto" && (target === undefined) === (stop === undefined))
    return "oto orders require one of take_profit.limit_price, stop_loss.stop_price";
  if (order_class !== "oto" && target === undefined)
    return `${order_class} orders require take_profit.limit_price`;
  if (order_class !== "oto" && stop === undefined)
    return `${order_class} orders require stop_loss.stop_price`;
  if (target === undefined || stop === undefined) return null;
  // The exits of a purchase are sales: the target is above the stop. The exits themselves of an OCO are turned around.
  const isLong = (side === "buy") === (order_class === "bracket");
  return (isLong ? target > stop : target < stop)
    ? null
    : "take_profit.limit_price must be on the other side of stop_loss.stop_price";
}

/** Regulation NMS rule 612: whole cents from a dollar up, hundredths of a cent below. */
export function subPenny(price: number): boolean {
  const places = price >= 1 ? 100 : 10_000;
  return Math.abs(price * places - Math.round(price * places)) > 1e-6;
}

/** All prices that an order names. */
export function pricesOf(body: OrderBody): readonly number[] {
  return [
    body.limit_price,
    body.stop_price,
    body.take_profit?.limit_price,
    body.stop_loss?.stop_price,
    body.stop_loss?.limit_price,
  ].filter((price) => price !== undefined);
}

/** What makes it fill, in our words. */
export function termsOf(body: OrderBody): OrderTerms {
  const { type, limit_price, stop_price, trail_price, trail_percent } = body;
  switch (type) {
    case "market":
      return { type: "market" };
    case "limit":
      return { type: "limit", limitPrice: limit_price! };
    case "stop":
      return { type: "stop_market", stopPrice: stop_price! };
    case "stop_limit":
      return { type: "stop_limit", stopPrice: stop_price!, limitPrice: limit_price! };
    case "trailing_stop":
      return {
        type: "trailing_stop_market",
        trail:
          trail_price === undefined
            ? { kind: "fraction", fraction: trail_percent! / 100 }
            : { kind: "amount", amount: trail_price },
      };
  }
}

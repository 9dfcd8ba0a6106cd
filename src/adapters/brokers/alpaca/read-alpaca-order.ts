import type { OrderStatus, OrderTerms, VenueCode } from "../../../domain/order.ts";
import type { VenueFill, VenueOrder } from "../../../ports/broker-connection.ts";
import { decimalText } from "../shared/decimal-text.ts";
import type { AlpacaFill, AlpacaOrder } from "./alpaca-trading-messages.ts";

/**
 * Source: docs.alpaca.markets, "Order lifecycle". A word that is not listed leaves the order as working, and so does
 * `done_for_day`, which goes on the next morning: nothing ends unasked.
 */
const statuses: Readonly<Record<string, OrderStatus>> = {
  partially_filled: "partially_filled",
  pending_cancel: "cancel_pending",
  pending_replace: "replace_pending",
  filled: "filled",
  canceled: "canceled",
  // It lives on under another id, by another hand: we change no orders here.
  replaced: "canceled",
  expired: "expired",
  rejected: "rejected",
};

/** An order in our words. One for a sum of money has no quantity: what has filled is what is known of it. */
export function readOrder(order: AlpacaOrder): VenueOrder {
  const filledQuantity = numberOf(order.filled_qty) ?? 0;
  const known = statuses[order.status] ?? "accepted";
  const status = known === "accepted" && filledQuantity > 0 ? "partially_filled" : known;
  const code = codeOf(order);
  const averagePrice = numberOf(order.filled_avg_price);
  return {
    clientOrderId: order.client_order_id === "" ? null : order.client_order_id,
    venueOrderId: order.id,
    symbol: withSlash(order.symbol, order.asset_class ?? ""),
    side: order.side,
    quantity: numberOf(order.qty) ?? filledQuantity,
    filledQuantity,
    ...(averagePrice === null ? {} : { averagePrice }),
    status,
    terms: termsOf(order),
    reduceOnly: false,
    code,
    reason: code === null ? "" : order.status,
    venueTimeMs: timeOf(order.updated_at ?? order.submitted_at ?? order.created_at),
  };
}

function codeOf({ status, time_in_force: time }: AlpacaOrder): VenueCode | null {
  const isAtOnce = time === "ioc" || time === "fok";
  if (status === "canceled") return isAtOnce ? "not_at_once" : "on_request";
  if (status === "expired")
    return isAtOnce ? "not_at_once" : time === "day" ? "session_ended" : "date_passed";
  if (status === "replaced") return "on_request";
  return status === "rejected" ? "other" : null;
}

function termsOf(order: AlpacaOrder): OrderTerms | null {
  const limitPrice = numberOf(order.limit_price) ?? Number.NaN;
  const stopPrice = numberOf(order.stop_price) ?? Number.NaN;
  switch (order.type ?? order.order_type) {
    case "market":
      return { type: "market" };
    case "limit":
      return { type: "limit", limitPrice };
    case "stop":
      return { type: "stop_market", stopPrice };
    case "stop_limit":
      return { type: "stop_limit", stopPrice, limitPrice };
    case "trailing_stop": {
      const amount = numberOf(order.trail_price);
      const percent = numberOf(order.trail_percent);
      if (amount !== null) return { type: "trailing_stop_market", trail: { kind: "amount", amount } };
      if (percent === null) return null;
      return { type: "trailing_stop_market", trail: { kind: "fraction", fraction: percent / 100 } };
    }
    default:
      return null;
  }
}

/**
 * The stream and the list of activities name the same execution by different ids. What both tell is the order and all
 * that it had filled by then, which no other execution of that order shares.
 */
export function fillIdOf(orderId: string, cumulativeQuantity: number): string {
  return `${orderId}:${decimalText(cumulativeQuantity)}`;
}

/** Shares are free of commission. The fee of a coin is booked later, and no word about it comes with the fill. */
export function feeUntold(symbol: string): Pick<VenueFill, "isFeeUntold"> {
  return symbol.includes("/") ? { isFeeUntold: true } : {};
}

/** An execution of the list in our words. */
export function readFill(fill: AlpacaFill, clientOrderId: string | null, receivedAtMs: number): VenueFill {
  return {
    fillId: fillIdOf(fill.order_id, fill.cum_qty),
    clientOrderId,
    venueOrderId: fill.order_id,
    symbol: fill.symbol,
    // A short sale is told as "sell_short".
    side: fill.side.startsWith("sell") ? "sell" : "buy",
    quantity: fill.qty,
    price: fill.price,
    fee: 0,
    feeCurrency: "USD",
    ...feeUntold(fill.symbol),
    liquidity: "taker",
    venueTimeMs: timeOf(fill.transaction_time),
    receivedAtMs,
  };
}

const quotes = ["USDT", "USDC", "USD", "BTC"];

/** Positions in crypto are written without the slash that orders have. */
export function withSlash(symbol: string, assetClass: string): string {
  if (assetClass !== "crypto" || symbol.includes("/")) return symbol;
  const quote = quotes.find((one) => symbol.endsWith(one) && symbol.length > one.length);
  return quote === undefined ? symbol : `${symbol.slice(0, -quote.length)}/${quote}`;
}

/** The number in a decimal text; null where there is none. */
export function numberOf(text: string | number | null | undefined): number | null {
  const value = text === null || text === undefined || text === "" ? Number.NaN : Number(text);
  return Number.isFinite(value) ? value : null;
}

/** UTC milliseconds of a time in RFC 3339, which may have nanoseconds; 0 where there is none. */
export function timeOf(text: string | null | undefined): number {
  const timeMs = Date.parse(text ?? "");
  return Number.isNaN(timeMs) ? 0 : timeMs;
}

import type { OrderTerms } from "../../../domain/order.ts";
import type { VenueOrderRequest } from "../../../ports/broker-connection.ts";
import { decimalText } from "../shared/decimal-text.ts";

/** `POST /v2/orders`: numbers as decimal texts. */
export function orderBody(order: VenueOrderRequest): Readonly<Record<string, string>> {
  return {
    client_order_id: order.clientOrderId,
    qty: decimalText(order.quantity),
    side: order.side,
    symbol: order.symbol,
    time_in_force: order.timeInForce,
    ...termFields(order.terms),
  };
}

function termFields(terms: OrderTerms): Readonly<Record<string, string>> {
  switch (terms.type) {
    case "limit":
      return { type: "limit", limit_price: decimalText(terms.limitPrice) };
    case "stop_market":
      return { type: "stop", stop_price: decimalText(terms.stopPrice) };
    case "stop_limit":
      return {
        type: "stop_limit",
        limit_price: decimalText(terms.limitPrice),
        stop_price: decimalText(terms.stopPrice),
      };
    case "trailing_stop_market":
      return terms.trail.kind === "amount"
        ? { type: "trailing_stop", trail_price: decimalText(terms.trail.amount) }
        : // 0.07 * 100 is 7.000000000000001.
          {
            type: "trailing_stop",
            trail_percent: decimalText(Number((terms.trail.fraction * 100).toPrecision(12))),
          };
    default:
      return { type: "market" };
  }
}

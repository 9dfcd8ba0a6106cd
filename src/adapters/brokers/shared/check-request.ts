import type { OrderTerms } from "../../../domain/order.ts";
import type { BrokerCapabilities, VenueOrderRequest } from "../../../ports/broker-connection.ts";
import { refusal } from "./order-caller.ts";

type Refusal = ReturnType<typeof refusal>;

/** Why an order cannot go to a venue at all, or null: what a venue does not take never leaves this machine. */
export function checkRequest(
  venue: string,
  capabilities: BrokerCapabilities,
  order: VenueOrderRequest,
): Refusal | null {
  const { clientOrderId: id, orderTypes, timesInForce } = capabilities;
  const { terms, timeInForce, quantity } = order;
  const refuse = (what: string): Refusal => refusal("other", `not sent: ${venue} ${what}`);
  if (order.clientOrderId.length > id.lengthMax || !id.pattern.test(order.clientOrderId))
    return refuse(
      `takes no order id "${order.clientOrderId.slice(0, 80)}": at most ${id.lengthMax} of ${id.pattern}`,
    );
  if (!(quantity > 0) || !numbersOf(terms).every((value) => Number.isFinite(value)))
    return refusal("bad_number", `not sent: quantity ${quantity}, terms ${JSON.stringify(terms)}`);
  if (!orderTypes.includes(terms.type)) return refuse(`takes no ${terms.type} orders`);
  if (!timesInForce.includes(timeInForce)) return refuse(`takes no orders ${timeInForce}`);
  if (order.postOnly && !capabilities.postOnly) return refuse("takes no post-only orders");
  if (order.reduceOnly && !capabilities.reduceOnly) return refuse("takes no reduce-only orders");
  return null;
}

function numbersOf(terms: OrderTerms): readonly number[] {
  switch (terms.type) {
    case "market":
      return [];
    case "limit":
      return [terms.limitPrice];
    case "stop_market":
      return [terms.stopPrice];
    case "stop_limit":
      return [terms.stopPrice, terms.limitPrice];
    case "trailing_stop_market":
      return [terms.trail.kind === "amount" ? terms.trail.amount : terms.trail.fraction];
    case "market_if_touched":
      return [terms.triggerPrice];
    case "limit_if_touched":
      return [terms.triggerPrice, terms.limitPrice];
  }
}

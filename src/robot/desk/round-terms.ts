import { roundToStep } from "../../base/numbers.ts";
import type { OrderTerms, Side } from "../../domain/order.ts";

/**
 * Terms on the venue's price steps: a limit never pays more or takes less than was asked, what triggers goes to the
 * nearest step. Steps of 0 leave prices alone.
 */
export function roundTerms(terms: OrderTerms, side: Side, tickSize: number): OrderTerms {
  if (!(tickSize > 0)) return terms;
  const limit = (price: number): number => {
    const nearest = roundToStep(price, tickSize);
    if (Math.abs(nearest - price) <= tickSize * 1e-6) return nearest;
    const isBetterAbove = side === "sell";
    if (nearest > price === isBetterAbove) return nearest;
    return roundToStep(nearest + (isBetterAbove ? tickSize : -tickSize), tickSize);
  };
  const near = (price: number): number => roundToStep(price, tickSize);
  switch (terms.type) {
    case "market":
    case "trailing_stop_market":
      return terms;
    case "limit":
      return { type: "limit", limitPrice: limit(terms.limitPrice) };
    case "stop_market":
      return { type: "stop_market", stopPrice: near(terms.stopPrice) };
    case "stop_limit":
      return { type: "stop_limit", stopPrice: near(terms.stopPrice), limitPrice: limit(terms.limitPrice) };
    case "market_if_touched":
      return { type: "market_if_touched", triggerPrice: near(terms.triggerPrice) };
    case "limit_if_touched":
      return {
        type: "limit_if_touched",
        triggerPrice: near(terms.triggerPrice),
        limitPrice: limit(terms.limitPrice),
      };
  }
}

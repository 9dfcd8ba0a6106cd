import { percentText, priceText } from "../../analysis/report/number-text.ts";
import type { EngineEvent } from "../../robot/engine/engine-messages.ts";

/** One line of what a session decided and what came of it, in words; what its numbers are says `decision-log/event-table.ts`. */
export function eventText({ kind, symbol = "", orderId, first, second, third, text }: EngineEvent): string {
  switch (kind) {
    case "signal":
      if (third === 0) return `${symbol} is not wanted any more: ${text}`;
      return `${symbol} is wanted at ${amount(third)} (${percentText(second)} of equity): ${text}`;
    case "order":
      return `order ${orderId}: ${side(first)} ${amount(first)} ${symbol}${Number.isNaN(second) ? "" : ` at ${priceText(second)}`}: ${text}`;
    case "fill":
      return `${first > 0 ? "bought" : "sold"} ${amount(first)} ${symbol} at ${priceText(second)} (${text})`;
    case "refused":
      return `not ordered: ${side(third)} ${amount(third)} ${symbol}: ${text}`;
    case "trimmed":
      return `made smaller: ${side(third)} ${amount(third)} ${symbol}: ${text}`;
    case "canceled":
    case "rejected":
    case "expired":
      return text === kind ? `order ${orderId} ${kind}` : `order ${orderId} ${kind}: ${text}`;
    default:
      return `${kind}: ${text}`;
  }
}

const side = (signed: number): string => (signed > 0 ? "buy" : "sell");
/** Ten digits say what a person can compare. */
const amount = (signed: number): string => String(Number(Math.abs(signed).toPrecision(10)));

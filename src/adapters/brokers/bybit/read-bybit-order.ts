import type { OrderStatus, OrderTerms, Side, VenueCode } from "../../../domain/order.ts";
import type { VenueFill, VenueOrder } from "../../../ports/broker-connection.ts";
import type { BybitCategory } from "../../sources/bybit/bybit-messages.ts";
import { amount, type BybitExecution, type BybitOrder } from "./bybit-trading-messages.ts";

/** Source: docs/v5/enum, orderStatus. A word that is not listed leaves the order as working: nothing ends unasked. */
const statuses: Readonly<Record<string, OrderStatus>> = {
  New: "accepted",
  Untriggered: "accepted",
  Triggered: "triggered",
  PartiallyFilled: "partially_filled",
  Filled: "filled",
  Cancelled: "canceled",
  PartiallyFilledCanceled: "canceled",
  Deactivated: "canceled",
  Rejected: "rejected",
};

/** Source: docs/v5/enum, rejectReason. */
const reasons: Readonly<Record<string, VenueCode>> = {
  EC_PostOnlyWillTakeLiquidity: "would_take",
  EC_NoImmediateQtyToFill: "not_at_once",
  EC_NoEnoughQtyToFill: "not_at_once",
  EC_PerCancelRequest: "on_request",
  EC_ReachMaxTradeNum: "rate_limited",
  EC_InvalidSymbolStatus: "halted",
  EC_BySelfMatch: "other",
};

/** Source: docs/v5/enum, cancelType. */
const cancels: Readonly<Record<string, VenueCode>> = {
  CancelByUser: "on_request",
  CancelByReduceOnly: "position_closed",
  CancelByTpSlTsClear: "position_closed",
  CancelAllByUser: "on_request",
  CancelByDelivery: "session_ended",
  CancelByNoEnoughImmediateQty: "not_at_once",
};

/** An order in our words. */
export function readOrder(order: BybitOrder, category: BybitCategory): VenueOrder {
  const status = statuses[order.orderStatus] ?? "accepted";
  const isOver = status === "filled" || status === "canceled" || status === "rejected";
  return {
    clientOrderId: order.orderLinkId === "" ? null : (order.orderLinkId ?? null),
    venueOrderId: order.orderId,
    symbol: order.symbol,
    side: sideOf(order.side),
    quantity: order.qty,
    filledQuantity: amount(order.cumExecQty),
    ...(amount(order.avgPrice) > 0 ? { averagePrice: amount(order.avgPrice) } : {}),
    status,
    terms: termsOf(order, category),
    reduceOnly: order.reduceOnly ?? false,
    code: isOver && status !== "filled" ? codeOf(order) : null,
    reason: isOver && status !== "filled" ? reasonOf(order) : "",
    venueTimeMs: amount(order.updatedTime),
  };
}

function codeOf({ rejectReason, cancelType, timeInForce }: BybitOrder): VenueCode {
  const known = reasons[rejectReason ?? ""] ?? cancels[cancelType ?? ""];
  return known ?? (timeInForce === "IOC" || timeInForce === "FOK" ? "not_at_once" : "other");
}

function reasonOf({ rejectReason, cancelType, orderStatus }: BybitOrder): string {
  const said = [rejectReason, cancelType].filter(
    (text) => text !== null && text !== undefined && !["", "EC_NoError", "UNKNOWN"].includes(text),
  );
  return [orderStatus, ...said].join(", ");
}

/**
 * What kind of order it is. Its trigger lies above (1) or below (2) the price: which of the two makes a stop of a buy is
 * the other way round for a sell. Spot does not tell the side, and there only stops are sent.
 */
function termsOf(order: BybitOrder, category: BybitCategory): OrderTerms | null {
  const trigger = amount(order.triggerPrice);
  const limitPrice = amount(order.price);
  const isMarket = order.orderType === "Market";
  if (!isMarket && order.orderType !== "Limit") return null;
  if (trigger === 0) return isMarket ? { type: "market" } : { type: "limit", limitPrice };
  if (order.stopOrderType === "TrailingStop") return null;
  if (isStop(order, category))
    return isMarket
      ? { type: "stop_market", stopPrice: trigger }
      : { type: "stop_limit", stopPrice: trigger, limitPrice };
  return isMarket
    ? { type: "market_if_touched", triggerPrice: trigger }
    : { type: "limit_if_touched", triggerPrice: trigger, limitPrice };
}

function isStop({ side, triggerDirection, stopOrderType }: BybitOrder, category: BybitCategory): boolean {
  if (triggerDirection === 1 || triggerDirection === 2) return (triggerDirection === 1) === (side === "Buy");
  return category === "spot" || stopOrderType === "StopLoss";
}

/** Executions that change what is held; funding is money only. */
const holding = new Set([
  "Trade",
  "AdlTrade",
  "BustTrade",
  "Delivery",
  "Settle",
  "BlockTrade",
  "MovePosition",
  "FutureSpread",
]);

/** An execution in our words; null for one that moves money only. */
export function readFill(
  execution: BybitExecution,
  category: BybitCategory,
  receivedAtMs: number,
): VenueFill | null {
  if (!holding.has(execution.execType)) return null;
  const link = execution.orderLinkId ?? "";
  return {
    fillId: execution.execId,
    clientOrderId: link === "" ? null : link,
    venueOrderId: execution.orderId,
    symbol: execution.symbol,
    side: sideOf(execution.side),
    quantity: execution.execQty,
    price: execution.execPrice,
    fee: amount(execution.execFee),
    feeCurrency: feeCurrencyOf(execution, category),
    liquidity: execution.isMaker === true ? "maker" : "taker",
    venueTimeMs: amount(execution.execTime),
    receivedAtMs,
  };
}

const quotes = /(USDT|USDC|USDE|EUR|BTC|ETH|DAI|BRZ)$/;

/** Futures are settled in what they are quoted in; on spot a fee is taken from what is received. */
function feeCurrencyOf({ feeCurrency, symbol, side }: BybitExecution, category: BybitCategory): string {
  if (feeCurrency !== null && feeCurrency !== undefined && feeCurrency !== "") return feeCurrency;
  if (symbol.endsWith("PERP")) return "USDC";
  const quote = quotes.exec(symbol)?.[1] ?? "USDT";
  return category === "spot" && side === "Buy" ? symbol.slice(0, -quote.length) : quote;
}

function sideOf(side: "Buy" | "Sell"): Side {
  return side === "Buy" ? "buy" : "sell";
}

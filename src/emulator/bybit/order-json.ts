import { isOver, type ExchangeFill, type ExchangeOrder } from "../exchange/exchange-types.ts";
import type { ExchangeAccount } from "../exchange/exchange-account.ts";
import { triggerOf } from "../exchange/mark-triggers.ts";
import { decimal } from "../wire/decimal.ts";
import { categoryOf, positionIdx, wireSymbol } from "./bybit-symbols.ts";
import { waitsForRise } from "./order-terms.ts";

/** Whether an order waits for its trigger. */
export function isUntriggered({ terms, status }: ExchangeOrder): boolean {
  const isConditional = terms.type !== "market" && terms.type !== "limit";
  return isConditional && (status === "accepted" || status === "submitted" || status === "replace_pending");
}

/** Whether an order is on any list: exits of an entry that has not filled are part of it, and no orders yet. */
export function isListed({ parentId, labels }: ExchangeOrder, account: ExchangeAccount): boolean {
  if (labels["createType"] === undefined || parentId === null) return true;
  return (account.orders.byId(parentId)?.filledQuantity ?? 0) > 0;
}

function orderStatus(order: ExchangeOrder): string {
  const isSpot = categoryOf(order.symbol) === "spot";
  switch (order.status) {
    case "filled":
      return "Filled";
    case "partially_filled":
      return "PartiallyFilled";
    case "rejected":
      return "Rejected";
    case "canceled":
    case "expired":
      if (isSpot && order.filledQuantity > 0) return "PartiallyFilledCanceled";
      return triggerOf(order.terms) !== null && order.filledQuantity === 0 ? "Deactivated" : "Cancelled";
    default:
      // A cancel that is not done yet has no state of its own here.
      if (order.filledQuantity > 0) return "PartiallyFilled";
      return isUntriggered(order) ? "Untriggered" : "New";
  }
}

function rejectReason({ status, code }: ExchangeOrder): string {
  if (code === "would_take") return "EC_PostOnlyWillTakeLiquidity";
  if (code === "not_at_once") return "EC_NoImmediateQtyToFill";
  if (code === "on_request") return "EC_PerCancelRequest";
  return status === "rejected" ? "EC_RiskCheckFailed" : "EC_NoError";
}

function cancelType({ status, code }: ExchangeOrder): string {
  if (status !== "canceled") return "UNKNOWN";
  if (code === "on_request") return "CancelByUser";
  return code === "nothing_to_reduce" || code === "position_closed" ? "CancelByReduceOnly" : "UNKNOWN";
}

/** An order as lists and streams tell of it. */
export function orderJson(order: ExchangeOrder): Record<string, unknown> {
  const { terms, labels, quantity, filledQuantity, filledValue, side } = order;
  const price = "limitPrice" in terms ? terms.limitPrice : 0;
  const trigger = triggerOf(terms);
  const leaves = isOver(order) ? 0 : Math.max(0, quantity - filledQuantity);
  return {
    category: categoryOf(order.symbol),
    orderId: order.venueOrderId,
    orderLinkId: order.clientOrderId ?? "",
    blockTradeId: "",
    symbol: wireSymbol(order.symbol),
    price: decimal(price),
    qty: decimal(quantity),
    side: side === "buy" ? "Buy" : "Sell",
    isLeverage: "",
    positionIdx: positionIdx(order.leg),
    orderStatus: orderStatus(order),
    createType:
      labels["createType"] ?? (labels["createdBy"] === "liquidation" ? "CreateByLiq" : "CreateByUser"),
    cancelType: cancelType(order),
    rejectReason: rejectReason(order),
    avgPrice: filledQuantity === 0 ? "" : decimal(filledValue / filledQuantity, 8),
    leavesQty: decimal(leaves),
    leavesValue: decimal(leaves * price, 8),
    cumExecQty: decimal(filledQuantity),
    cumExecValue: decimal(filledValue, 8),
    cumExecFee: decimal(order.feePaid, 8),
    cumFeeDetail: {},
    timeInForce: labels["timeInForce"] ?? "GTC",
    orderType: labels["orderType"] ?? (price === 0 ? "Market" : "Limit"),
    stopOrderType: labels["stopOrderType"] ?? "",
    orderIv: "",
    triggerPrice: trigger === null ? "" : decimal(trigger),
    takeProfit: labels["takeProfit"] ?? "",
    stopLoss: labels["stopLoss"] ?? "",
    tpslMode: labels["stopOrderType"]?.startsWith("Partial") === true ? "Partial" : "Full",
    tpTriggerBy: "",
    slTriggerBy: "",
    tpLimitPrice: "",
    slLimitPrice: "",
    triggerDirection: trigger === null ? 0 : waitsForRise(side, terms) ? 1 : 2,
    triggerBy: trigger === null ? "" : order.triggerBy === "mark" ? "MarkPrice" : "LastPrice",
    lastPriceOnCreated: "",
    reduceOnly: order.reduceOnly,
    closeOnTrigger: labels["closeOnTrigger"] === "true",
    placeType: "",
    smpType: "None",
    smpGroup: 0,
    smpOrderId: "",
    feeCurrency: "",
    createdTime: String(Math.round(order.createdMs)),
    updatedTime: String(Math.round(order.updatedMs)),
  };
}

/** An execution as lists and streams tell of it. */
export function executionJson(
  fill: ExchangeFill,
  order: ExchangeOrder,
  markPrice: number,
): Record<string, unknown> {
  const value = fill.price * fill.quantity;
  const before = fill.positionAfter - (fill.side === "buy" ? fill.quantity : -fill.quantity);
  const isReducing = before !== 0 && Math.sign(before) !== (fill.side === "buy" ? 1 : -1);
  const json = orderJson(order);
  return {
    category: json["category"],
    symbol: json["symbol"],
    orderId: fill.venueOrderId,
    orderLinkId: fill.clientOrderId ?? "",
    side: json["side"],
    orderPrice: json["price"],
    orderQty: json["qty"],
    leavesQty: json["leavesQty"],
    createType: json["createType"],
    orderType: json["orderType"],
    stopOrderType: (json["stopOrderType"] as string) || "UNKNOWN",
    execFee: decimal(fill.fee, 8),
    execId: fill.fillId,
    execPrice: decimal(fill.price),
    execQty: decimal(fill.quantity),
    execType: json["createType"] === "CreateByLiq" ? "BustTrade" : "Trade",
    execValue: decimal(value, 8),
    execTime: String(fill.timeMs),
    feeCurrency: fill.feeCurrency,
    isMaker: fill.liquidity === "maker",
    isLeverage: "0",
    feeRate: decimal(value === 0 ? 0 : fill.fee / value, 8),
    tradeIv: "",
    markIv: "",
    markPrice: decimal(markPrice),
    indexPrice: "",
    underlyingPrice: "",
    blockTradeId: "",
    closedSize: decimal(isReducing ? Math.min(fill.quantity, Math.abs(before)) : 0),
    seq: fill.sequence,
  };
}

import type { Exchange } from "../exchange/exchange.ts";
import type { ExchangeAccount } from "../exchange/exchange-account.ts";
import type { ExchangeOrder } from "../exchange/exchange-types.ts";
import { decimal } from "../wire/decimal.ts";
import { assetClass, assetId } from "./alpaca-assets.ts";

const types = {
  market: "market",
  limit: "limit",
  stop_market: "stop",
  stop_limit: "stop_limit",
  trailing_stop_market: "trailing_stop",
  // Alpaca has none of these two; nothing that comes over its face becomes one.
  market_if_touched: "market",
  limit_if_touched: "limit",
} as const;

/** The word for the state of an order. */
function alpacaStatus(order: ExchangeOrder, account: ExchangeAccount): string {
  if (order.replacedBy !== null) return "replaced";
  switch (order.status) {
    case "submitted":
    case "accepted":
    case "triggered":
      return isHeld(order, account) ? "held" : "new";
    case "cancel_pending":
      return "pending_cancel";
    case "replace_pending":
      return "pending_replace";
    default:
      return order.status;
  }
}

/** Whether an order waits for all of its parent. */
export function isHeld({ parentId }: ExchangeOrder, account: ExchangeAccount): boolean {
  return parentId !== null && account.orders.byId(parentId)?.status !== "filled";
}

/** An order as every endpoint and stream tells of it. */
export function orderJson(
  order: ExchangeOrder,
  account: ExchangeAccount,
  exchange: Exchange,
  isNested = false,
): Record<string, unknown> {
  const { terms, labels, status } = order;
  const listing = exchange.listing(order.symbol)!;
  const at = (isThere: boolean): string | null => (isThere ? isoTime(order.updatedMs) : null);
  const type = types[terms.type];
  return {
    id: order.venueOrderId,
    client_order_id: order.clientOrderId ?? order.venueOrderId,
    created_at: isoTime(order.createdMs),
    updated_at: isoTime(order.updatedMs),
    submitted_at: isoTime(order.createdMs),
    filled_at: at(status === "filled"),
    expired_at: at(status === "expired"),
    canceled_at: at(status === "canceled" && order.replacedBy === null),
    failed_at: at(status === "rejected"),
    replaced_at: at(order.replacedBy !== null),
    replaced_by: order.replacedBy,
    replaces: order.replaces,
    asset_id: assetId(order.symbol),
    symbol: order.symbol,
    asset_class: assetClass(listing),
    notional: labels["notional"] ?? null,
    qty: labels["notional"] === undefined ? decimal(order.quantity) : null,
    filled_qty: decimal(order.filledQuantity),
    filled_avg_price:
      order.filledQuantity === 0 ? null : decimal(order.filledValue / order.filledQuantity, 6),
    order_class: labels["orderClass"] ?? "",
    order_type: type,
    type,
    side: order.side,
    time_in_force: order.timeInForce,
    limit_price: "limitPrice" in terms ? decimal(terms.limitPrice) : null,
    stop_price: "stopPrice" in terms ? decimal(terms.stopPrice) : null,
    status: alpacaStatus(order, account),
    extended_hours: labels["extendedHours"] === "true",
    legs: isNested ? legsOf(order, account, exchange) : null,
    trail_percent:
      terms.type === "trailing_stop_market" && terms.trail.kind === "fraction"
        ? decimal(terms.trail.fraction * 100)
        : null,
    trail_price:
      terms.type === "trailing_stop_market" && terms.trail.kind === "amount"
        ? decimal(terms.trail.amount)
        : null,
    hwm: null,
    subtag: null,
    source: null,
    expires_at: null,
    position_intent: labels["positionIntent"] ?? `${order.side}_to_${order.reduceOnly ? "close" : "open"}`,
  };
}

/** The other orders of a bracket, below the one that stands for all. */
function legsOf(
  order: ExchangeOrder,
  account: ExchangeAccount,
  exchange: Exchange,
): readonly Record<string, unknown>[] | null {
  const legs = legIds(order).flatMap((id) => latest(id, account) ?? []);
  return legs.length === 0 ? null : legs.map((leg) => orderJson(leg, account, exchange));
}

/** The order of that id, or the one that has taken its place. */
function latest(venueOrderId: string, account: ExchangeAccount): ExchangeOrder | null {
  let order = account.orders.byId(venueOrderId);
  while (order?.replacedBy != null) order = account.orders.byId(order.replacedBy);
  return order;
}

/** Venue ids of the orders that hang on one. */
export function legIds({ labels }: ExchangeOrder): readonly string[] {
  return labels["legs"] === undefined ? [] : labels["legs"].split(" ");
}

/** RFC 3339 with microseconds, as Alpaca writes time. */
export function isoTime(timeMs: number): string {
  return new Date(timeMs).toISOString().replace("Z", "000Z");
}

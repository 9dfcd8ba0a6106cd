import { dayMs } from "../../base/time.ts";
import { isOver, type ExchangeOrder } from "../exchange/exchange-types.ts";
import type { AccountContext } from "./bybit-context.ts";
import { pageOf } from "./bybit-pages.ts";
import { badParameter, ok, type BybitReply } from "./bybit-reply.ts";
import { categoryOf, wireSymbol } from "./bybit-symbols.ts";
import { executionJson, orderJson } from "./order-json.ts";
import { findOrder, isAskedFor } from "./order-routes.ts";

/** `realtime` keeps so many orders that are over. */
const recentClosed = 500;
/** Without a range, lists go back a week. */
const windowMs = 7 * dayMs;

/** `/v5/order/realtime`: what works, and what has ended a short while ago when it is asked for by name. */
function realtime(context: AccountContext): BybitReply {
  const { query, account } = context;
  const problem = scopeProblem(query);
  if (problem !== null) return problem;
  const named = namedOrder(context);
  const chosen =
    named === undefined
      ? account.orders
          .open()
          .filter((order) => isAskedFor(context, order) && isSeen(context, order))
          .toReversed()
      : named.filter((order) => !isOver(order) || isRecent(context, order));
  return pageOf(chosen, query, { usual: 20, most: 50 }, orderJson);
}

function isRecent({ account }: AccountContext, { sequence }: ExchangeOrder): boolean {
  const closedSince = account.orders.history().slice(sequence).filter(isOver).length;
  return closedSince < recentClosed;
}

/** The order that a query names, if it is there to be seen; undefined when it names none. */
function namedOrder(context: AccountContext): readonly ExchangeOrder[] | undefined {
  const { query } = context;
  const [orderId, linkId] = [query.get("orderId"), query.get("orderLinkId")];
  if (!orderId && !linkId) return undefined;
  const order = findOrder(context, orderId, linkId);
  if (order === null || categoryOf(order.symbol) !== query.get("category") || !isSeen(context, order))
    return [];
  return [order];
}

function isSeen({ faults, nowMs }: AccountContext, order: ExchangeOrder): boolean {
  return faults.isVisible(order.venueOrderId, nowMs);
}

function scopeProblem(query: URLSearchParams): BybitReply | null {
  const category = query.get("category");
  if (category !== "linear" && category !== "spot") return badParameter("category");
  const isScoped = ["symbol", "baseCoin", "settleCoin", "orderId", "orderLinkId"].some((name) =>
    query.get(name),
  );
  return category === "spot" || isScoped ? null : badParameter("symbol, settleCoin or baseCoin is required");
}

/** `/v5/order/history`: what is over, newest first, as long as the venue keeps it. */
function history(context: AccountContext): BybitReply {
  const { query, account, exchange } = context;
  if (query.get("category") !== "linear" && query.get("category") !== "spot") return badParameter("category");
  const named = namedOrder(context);
  const [fromMs, toMs] = rangeOf(query, exchange.timeMs);
  const chosen = (named ?? account.orders.history().filter((order) => isAskedFor(context, order))).filter(
    (order) =>
      isOver(order) &&
      isKept(order, exchange.timeMs) &&
      (named !== undefined || (order.createdMs >= fromMs && order.createdMs <= toMs)) &&
      isSeen(context, order),
  );
  return pageOf(chosen.toReversed(), query, { usual: 20, most: 50 }, orderJson);
}

/** Orders that ended without a fill are kept for a day. */
function isKept({ filledQuantity, updatedMs }: ExchangeOrder, timeMs: number): boolean {
  return filledQuantity > 0 || updatedMs > timeMs - dayMs;
}

function rangeOf(query: URLSearchParams, timeMs: number): readonly [number, number] {
  const start = Number(query.get("startTime") || Number.NaN);
  const end = Number(query.get("endTime") || Number.NaN);
  if (Number.isNaN(start)) return Number.isNaN(end) ? [timeMs - windowMs, Infinity] : [end - windowMs, end];
  return [start, Number.isNaN(end) ? start + windowMs : Math.min(end, start + windowMs)];
}

/** `/v5/execution/list`: fills, newest first. */
function executions({ query, account, exchange }: AccountContext): BybitReply {
  const category = query.get("category");
  if (category !== "linear" && category !== "spot") return badParameter("category");
  const [fromMs, toMs] = rangeOf(query, exchange.timeMs);
  const [symbol, orderId, linkId, type] = ["symbol", "orderId", "orderLinkId", "execType"].map(
    (name) => query.get(name) || null,
  );
  const chosen = account.fills.filter(
    (fill) =>
      categoryOf(fill.symbol) === category &&
      (symbol === null || wireSymbol(fill.symbol) === symbol) &&
      (orderId === null || fill.venueOrderId === orderId) &&
      (linkId === null || fill.clientOrderId === linkId) &&
      (orderId !== null || linkId !== null || (fill.timeMs >= fromMs && fill.timeMs <= toMs)) &&
      (type === null || type === "Trade"),
  );
  return pageOf(chosen.toReversed(), query, { usual: 50, most: 100 }, (fill) =>
    executionJson(fill, account.orders.byId(fill.venueOrderId)!, exchange.markPrice(fill.symbol)),
  );
}

type Closed = {
  readonly sequence: number;
  readonly json: Record<string, unknown>;
};

/** `/v5/position/closed-pnl`: what each closing fill has made, by the average price of what it closed. */
function closedPnl({ query, account }: AccountContext): BybitReply {
  const symbol = query.get("symbol");
  const held = new Map<string, { quantity: number; average: number }>();
  const closed: Closed[] = [];
  for (const fill of account.fills) {
    const key = `${fill.symbol} ${fill.leg}`;
    const before = held.get(key) ?? { quantity: 0, average: 0 };
    const signed = fill.side === "buy" ? fill.quantity : -fill.quantity;
    const closing = before.quantity * signed < 0 ? Math.min(fill.quantity, Math.abs(before.quantity)) : 0;
    const after = before.quantity + signed;
    if (closing > 0) {
      const pnl = Math.sign(before.quantity) * closing * (fill.price - before.average);
      closed.push({ sequence: fill.sequence, json: closedJson(fill, closing, before.average, pnl) });
    }
    const isTurned = before.quantity * after <= 0;
    const added = fill.quantity - closing;
    const average = isTurned
      ? fill.price
      : added === 0
        ? before.average
        : (before.average * Math.abs(before.quantity) + fill.price * added) / Math.abs(after);
    held.set(key, { quantity: after, average });
  }
  const chosen = closed.filter(
    ({ json }) =>
      json["category"] === query.get("category") && (symbol === null || json["symbol"] === symbol),
  );
  return pageOf(chosen.toReversed(), query, { usual: 50, most: 100 }, ({ json }) => json);
}

function closedJson(
  fill: AccountContext["account"]["fills"][number],
  quantity: number,
  entry: number,
  pnl: number,
): Record<string, unknown> {
  return {
    category: categoryOf(fill.symbol),
    symbol: wireSymbol(fill.symbol),
    orderId: fill.venueOrderId,
    side: fill.side === "buy" ? "Buy" : "Sell",
    qty: String(quantity),
    closedSize: String(quantity),
    avgEntryPrice: String(entry),
    avgExitPrice: String(fill.price),
    closedPnl: String(pnl - fill.fee),
    execType: "Trade",
    createdTime: String(fill.timeMs),
    updatedTime: String(fill.timeMs),
  };
}

/** `/v5/account/transaction-log`: every fill as a change of the account. */
function transactionLog({ query, account }: AccountContext): BybitReply {
  return pageOf(account.fills.toReversed(), query, { usual: 20, most: 50 }, (fill) => ({
    id: fill.fillId,
    symbol: wireSymbol(fill.symbol),
    category: categoryOf(fill.symbol),
    side: fill.side === "buy" ? "Buy" : "Sell",
    transactionTime: String(fill.timeMs),
    type: "TRADE",
    qty: String(fill.quantity),
    size: String(fill.positionAfter),
    currency: fill.feeCurrency,
    tradePrice: String(fill.price),
    funding: "",
    fee: String(fill.fee),
    cashFlow: "0",
    change: String(-fill.fee),
    orderId: fill.venueOrderId,
    orderLinkId: fill.clientOrderId ?? "",
    tradeId: fill.fillId,
  }));
}

/** What tells of orders and fills, by path. */
export const queryRoutes: Readonly<Record<string, (context: AccountContext) => BybitReply>> = {
  "/v5/order/realtime": realtime,
  "/v5/order/history": history,
  "/v5/execution/list": executions,
  "/v5/position/closed-pnl": closedPnl,
  "/v5/account/transaction-log": transactionLog,
  "/v5/pre-upgrade/order/history": () => ok({ nextPageCursor: "", category: "", list: [] }),
};

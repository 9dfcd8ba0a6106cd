import { z } from "zod";
import type { OrderTerms } from "../../domain/order.ts";
import { isOver, type ExchangeOrder } from "../exchange/exchange-types.ts";
import type { AccountContext } from "./bybit-context.ts";
import { badParameter, ok, refused, type BybitReply } from "./bybit-reply.ts";
import { categoryOf, listingIn, wireSymbol } from "./bybit-symbols.ts";
import { createOrder } from "./create-order.ts";
import { amendBody, cancelAllBody, cancelBody, issueOf } from "./order-body.ts";
import { isListed, isUntriggered } from "./order-json.ts";

/** `/v5/order/amend`. */
function amendOrder(context: AccountContext): BybitReply {
  const { account, exchange } = context;
  const parsed = amendBody.safeParse(context.body);
  if (!parsed.success) return badParameter(issueOf(parsed.error));
  const { category, symbol, orderId, orderLinkId, qty, price, triggerPrice } = parsed.data;
  if (listingIn(exchange, category, symbol) === null) return refused(category, "unknown_symbol", "");
  const order = findOrder(context, orderId, orderLinkId);
  if (order === null || isOver(order)) return refused(category, "unknown_order", "");
  const answer = account.modify(order.venueOrderId, {
    terms: amendedTerms(order.terms, price, triggerPrice),
    ...(qty === undefined ? {} : { quantity: qty }),
  });
  if (answer.kind === "rejected") return refused(category, answer.code, answer.reason);
  return ok({ orderId: order.venueOrderId, orderLinkId: order.clientOrderId ?? "" });
}

function amendedTerms(terms: OrderTerms, price: number | undefined, trigger: number | undefined): OrderTerms {
  return {
    ...terms,
    ...(price !== undefined && "limitPrice" in terms ? { limitPrice: price } : {}),
    ...(trigger !== undefined && "stopPrice" in terms ? { stopPrice: trigger } : {}),
    ...(trigger !== undefined && "triggerPrice" in terms ? { triggerPrice: trigger } : {}),
  } as OrderTerms;
}

/** `/v5/order/cancel`. */
function cancelOrder(context: AccountContext): BybitReply {
  const { account, exchange, faults } = context;
  const parsed = cancelBody.safeParse(context.body);
  if (!parsed.success) return badParameter(issueOf(parsed.error));
  const { category, symbol, orderId, orderLinkId } = parsed.data;
  if (listingIn(exchange, category, symbol) === null) return refused(category, "unknown_symbol", "");
  if (orderId === undefined && orderLinkId === undefined)
    return badParameter("orderId or orderLinkId is required");
  const order = findOrder(context, orderId, orderLinkId);
  if (order === null) return refused(category, "unknown_order", "");
  if (isOver(order)) {
    // A cancel that lost the race against a fill: the fill is told a second time.
    if (order.status === "filled") context.retell(order);
    return refused(category, "already_over", "");
  }
  if (faults.isCancelStuck()) account.holdCancel(order.venueOrderId);
  else account.cancel(order.venueOrderId);
  return ok({ orderId: order.venueOrderId, orderLinkId: order.clientOrderId ?? "" });
}

/** `/v5/order/cancel-all`. */
function cancelAll(context: AccountContext): BybitReply {
  const { account, faults } = context;
  const parsed = cancelAllBody.safeParse(context.body);
  if (!parsed.success) return badParameter(issueOf(parsed.error));
  const { category, symbol, baseCoin, settleCoin, orderFilter } = parsed.data;
  if (category === "linear" && symbol === undefined && baseCoin === undefined && settleCoin === undefined)
    return badParameter("symbol, baseCoin or settleCoin is required");
  const query = new URLSearchParams({ category });
  for (const [name, value] of Object.entries({ symbol, baseCoin, settleCoin, orderFilter }))
    if (value !== undefined) query.set(name, value);
  const list = account.orders.open().filter((order) => isAskedFor({ ...context, query }, order));
  for (const order of list)
    if (faults.isCancelStuck()) account.holdCancel(order.venueOrderId);
    else account.cancel(order.venueOrderId);
  const told = list.map((order) => ({ orderId: order.venueOrderId, orderLinkId: order.clientOrderId ?? "" }));
  return ok({ list: told, success: "1" });
}

/** Whether an order has the category, symbol, coin and list that a query asks for. */
export function isAskedFor({ exchange, query, account }: AccountContext, order: ExchangeOrder): boolean {
  const listing = exchange.listing(order.symbol)!;
  const [symbol, base, settle, filter] = ["symbol", "baseCoin", "settleCoin", "orderFilter"].map(
    (name) => query.get(name) || null,
  );
  return (
    categoryOf(order.symbol) === query.get("category") &&
    isListed(order, account) &&
    (symbol === null || wireSymbol(order.symbol) === symbol) &&
    (base === null || listing.baseCurrency === base) &&
    (settle === null || listing.quoteCurrency === settle) &&
    isOnList(order, filter!)
  );
}

/** Contracts without a filter show all lists, coins only the plain one. */
function isOnList(order: ExchangeOrder, filter: string | null): boolean {
  if (filter === null && categoryOf(order.symbol) === "linear") return true;
  const isConditional = isUntriggered(order) || (isOver(order) && order.labels["stopOrderType"] !== "");
  if (filter === null || filter === "Order") return !isConditional;
  if (filter === "StopOrder") return isConditional && order.labels["stopOrderType"] !== "tpslOrder";
  return filter === "tpslOrder" && order.labels["stopOrderType"] === "tpslOrder";
}

/** The order of that id or link id; hidden while it is too new to be seen. */
export function findOrder(
  { account }: AccountContext,
  orderId: string | undefined | null,
  orderLinkId: string | undefined | null,
): ExchangeOrder | null {
  if (orderId) return account.orders.byId(orderId);
  return orderLinkId ? account.orders.byClientId(orderLinkId) : null;
}

const batchBody = z.object({
  category: z.string(),
  request: z.array(z.record(z.string(), z.unknown())).max(20),
});

/** Several orders in one request: each has its own answer. */
function inBatch(one: (context: AccountContext) => BybitReply): (context: AccountContext) => BybitReply {
  return (context) => {
    const parsed = batchBody.safeParse(context.body);
    if (!parsed.success) return badParameter(issueOf(parsed.error));
    const { category, request } = parsed.data;
    const replies = request.map((each) => one({ ...context, body: { category, ...each } }));
    return {
      ...ok({
        list: replies.map(({ result }, k) => ({
          category,
          symbol: request[k]!["symbol"],
          ...(result as object),
        })),
      }),
      retExtInfo: { list: replies.map(({ retCode, retMsg }) => ({ code: retCode, msg: retMsg })) },
    };
  };
}

/** What sends, changes and cancels orders, by path: over HTTP and over the socket alike. */
export const tradeRoutes: Readonly<Record<string, (context: AccountContext) => BybitReply>> = {
  "/v5/order/create": createOrder,
  "/v5/order/amend": amendOrder,
  "/v5/order/cancel": cancelOrder,
  "/v5/order/cancel-all": cancelAll,
  "/v5/order/create-batch": inBatch(createOrder),
  "/v5/order/amend-batch": inBatch(amendOrder),
  "/v5/order/cancel-batch": inBatch(cancelOrder),
};

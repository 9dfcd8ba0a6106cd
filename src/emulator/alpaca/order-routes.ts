import type { ExchangeOrder } from "../exchange/exchange-types.ts";
import { isOver } from "../exchange/exchange-types.ts";
import type { OrderTerms } from "../../domain/order.ts";
import type { WireReply, WireRequest } from "../wire/face.ts";
import type { Route } from "../wire/router.ts";
import { alpacaError, badRequest, brokenRule, orderNotFound, refusal } from "./alpaca-errors.ts";
import { assetClass, findListing } from "./alpaca-assets.ts";
import type { AlpacaContext } from "./alpaca-context.ts";
import { orderJson } from "./order-json.ts";
import { replaceBody, type ReplaceBody } from "./order-body.ts";
import { placeOrder, refusedReply } from "./place-order.ts";

/** Orders: `/v2/orders`. */
export const orderRoutes: readonly Route<AlpacaContext>[] = [
  ["POST /v2/orders", create],
  ["GET /v2/orders", list],
  ["DELETE /v2/orders", cancelAll],
  ["GET /v2/orders:by_client_order_id", byClientId],
  ["GET /v2/orders/*", (context, _request, id) => found(context, context.account.orders.byId(id))],
  ["PATCH /v2/orders/*", replace],
  ["DELETE /v2/orders/*", cancel],
];

function create(context: AlpacaContext, request: WireRequest): WireReply {
  const { account, exchange, faults } = context;
  const body = context.json(request);
  if (body === undefined) return badRequest("request body format is invalid");
  const placed = placeOrder(body, account, exchange);
  if (placed.kind !== "accepted") return refusedReply(placed);
  const { venueOrderId } = placed.order;
  faults.noteArrival(venueOrderId, context.wireMs);
  const json = orderJson(placed.order, account, exchange, true);
  if (faults.isRejectedLater()) account.rejectLater(venueOrderId, "rejected by the venue after it was taken");
  // The venue answers before it has looked; that it works is told by the stream and by asking.
  return {
    status: 200,
    body: { ...json, status: json["status"] === "new" ? "pending_new" : json["status"] },
  };
}

function byClientId(context: AlpacaContext, { query }: WireRequest): WireReply {
  const id = query.get("client_order_id");
  if (id === null || id === "") return badRequest("client_order_id is missing");
  return found(context, context.account.orders.byClientId(id));
}

function found(context: AlpacaContext, order: ExchangeOrder | null): WireReply {
  const { account, exchange, faults, wireMs } = context;
  if (order === null || !faults.isVisible(order.venueOrderId, wireMs)) return orderNotFound;
  return { status: 200, body: orderJson(order, account, exchange, true) };
}

const limitMax = 500;

function list(context: AlpacaContext, { query }: WireRequest): WireReply {
  const { account, exchange, faults, wireMs } = context;
  const status = query.get("status") ?? "open";
  const limit = Number(query.get("limit") ?? 50);
  if (!Number.isInteger(limit) || limit < 1 || limit > limitMax)
    return badRequest(`limit must be 1 to ${limitMax}`);
  const isNested = query.get("nested") === "true";
  const after = timeOf(query.get("after"), -Infinity);
  const until = timeOf(query.get("until"), Infinity);
  if (after === null || until === null) return badRequest("after and until are RFC 3339 times");
  const symbols = query.get("symbols")?.split(",");
  const side = query.get("side");
  const kind = query.get("asset_class");
  const fits = (order: ExchangeOrder): boolean =>
    (status === "all" || isOver(order) === (status === "closed")) &&
    order.createdMs > after &&
    order.createdMs < until &&
    (symbols === undefined || symbols.some((name) => findListing(exchange, name)?.symbol === order.symbol)) &&
    (side === null || order.side === side) &&
    (kind === null || assetClass(exchange.listing(order.symbol)!) === kind) &&
    (!isNested || !isLeg(order)) &&
    faults.isVisible(order.venueOrderId, wireMs);
  const all = status === "open" ? account.orders.open() : account.orders.history();
  const chosen = all.filter(fits);
  if (query.get("direction") !== "asc") chosen.reverse();
  const told = chosen
    .map((order) => orderJson(order, account, exchange, isNested))
    // Legs that sleep are not on the list of open orders.
    .filter((json) => status !== "open" || json["status"] !== "held");
  return { status: 200, body: told.slice(0, limit) };
}

function isLeg({ parentId, labels }: ExchangeOrder): boolean {
  return parentId !== null || (labels["orderClass"] === "oco" && labels["legs"] === undefined);
}

function timeOf(text: string | null, otherwise: number): number | null {
  if (text === null || text === "") return otherwise;
  const timeMs = Date.parse(text);
  return Number.isNaN(timeMs) ? null : timeMs;
}

function cancel({ account, faults }: AlpacaContext, _request: WireRequest, id: string): WireReply {
  const order = account.orders.byId(id);
  if (order === null) return orderNotFound;
  if (isOver(order)) return brokenRule(`order is already in "${order.status}" state`);
  if (!faults.isCancelStuck()) account.cancel(id);
  else account.holdCancel(id);
  return { status: 204 };
}

function cancelAll({ account, faults }: AlpacaContext): WireReply {
  const results = account.orders.open().map(({ venueOrderId: id }) => {
    if (faults.isCancelStuck()) {
      account.holdCancel(id);
      return { id, status: 500, body: { code: 50010000, message: "failed to cancel order" } };
    }
    // One of a bracket takes the others with it: they are done by the time they are asked for.
    account.cancel(id);
    return { id, status: 200, body: null };
  });
  return { status: 207, body: results };
}

function replace(context: AlpacaContext, request: WireRequest, id: string): WireReply {
  const { account, exchange } = context;
  const parsed = replaceBody.safeParse(context.json(request));
  if (!parsed.success) return badRequest(parsed.error.issues[0]?.message ?? "request body format is invalid");
  const order = account.orders.byId(id);
  if (order === null) return orderNotFound;
  if (isOver(order)) return brokenRule(`order is already in "${order.status}" state`);
  const terms = changedTerms(order.terms, parsed.data);
  if (terms === null) return brokenRule("the order has no such price");
  const quantity = parsed.data.qty ?? order.quantity;
  if (quantity <= order.filledQuantity)
    return alpacaError(422, 42210000, "qty must be more than what is filled");
  const answer = account.replace(id, { terms, quantity }, parsed.data.client_order_id ?? null);
  if (answer.kind === "rejected") return refusal(answer.code, answer.reason);
  return { status: 200, body: orderJson(answer.order, account, exchange, true) };
}

function changedTerms(terms: OrderTerms, { limit_price, stop_price, trail }: ReplaceBody): OrderTerms | null {
  if (limit_price !== undefined && !("limitPrice" in terms)) return null;
  if (stop_price !== undefined && !("stopPrice" in terms)) return null;
  if (trail !== undefined) {
    if (terms.type !== "trailing_stop_market") return null;
    return terms.trail.kind === "amount"
      ? { ...terms, trail: { kind: "amount", amount: trail } }
      : { ...terms, trail: { kind: "fraction", fraction: trail / 100 } };
  }
  const changed = { ...terms };
  if ("limitPrice" in changed && limit_price !== undefined)
    Object.assign(changed, { limitPrice: limit_price });
  if ("stopPrice" in changed && stop_price !== undefined) Object.assign(changed, { stopPrice: stop_price });
  return changed;
}

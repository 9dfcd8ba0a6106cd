import { floorToStep } from "../../base/numbers.ts";
import { orderTicket, type ExchangePosition } from "../exchange/exchange-types.ts";
import { decimal } from "../wire/decimal.ts";
import type { WireReply, WireRequest } from "../wire/face.ts";
import type { Route } from "../wire/router.ts";
import type { AlpacaContext } from "./alpaca-context.ts";
import { alpacaError, badRequest, refusal } from "./alpaca-errors.ts";
import { assetClass, assetId, exchangeName, findListing } from "./alpaca-assets.ts";
import { orderJson } from "./order-json.ts";

/** Positions: `/v2/positions`. */
export const positionRoutes: readonly Route<AlpacaContext>[] = [
  [
    "GET /v2/positions",
    (context) => ({
      status: 200,
      body: context.account.positions().map((position) => positionJson(position, context)),
    }),
  ],
  ["DELETE /v2/positions", closeAll],
  ["GET /v2/positions/*", one],
  ["DELETE /v2/positions/*", closeOne],
];

const notHeld = alpacaError(404, 40410000, "position does not exist");

function one(context: AlpacaContext, _request: WireRequest, name: string): WireReply {
  const position = held(context, name);
  return position === null ? notHeld : { status: 200, body: positionJson(position, context) };
}

function held({ account, exchange }: AlpacaContext, name: string): ExchangePosition | null {
  const listing = findListing(exchange, name);
  return account.positions().find(({ symbol }) => symbol === listing?.symbol) ?? null;
}

function closeOne(context: AlpacaContext, { query }: WireRequest, name: string): WireReply {
  const position = held(context, name);
  if (position === null) return notHeld;
  const qty = query.get("qty");
  const percentage = query.get("percentage");
  if (qty !== null && percentage !== null) return badRequest("only one of qty, percentage is accepted");
  const size = Math.abs(position.quantity);
  const { lotSize } = context.exchange.listing(position.symbol)!;
  const wanted =
    qty !== null
      ? Number(qty)
      : percentage === null
        ? size
        : floorToStep((size * Number(percentage)) / 100, Math.min(lotSize, 1e-9));
  if (!(wanted > 0) || wanted > size) return badRequest(`qty must be more than 0 and at most ${size}`);
  return close(context, position, wanted);
}

function closeAll(context: AlpacaContext, { query }: WireRequest): WireReply {
  const { account } = context;
  if (query.get("cancel_orders") === "true")
    for (const order of account.orders.open()) account.cancel(order.venueOrderId);
  const results = account.positions().map((position) => {
    const { status, body } = close(context, position, Math.abs(position.quantity));
    return { symbol: position.symbol.replace("/", ""), status, body };
  });
  return { status: 207, body: results };
}

function close(
  { account, exchange, faults, wireMs }: AlpacaContext,
  { symbol, quantity }: ExchangePosition,
  wanted: number,
): WireReply {
  const free = Math.abs(quantity) - heldForOrders(account.orders.open(), symbol);
  if (wanted > free + 1e-9)
    return alpacaError(
      403,
      40310000,
      `insufficient qty available for order (requested: ${decimal(wanted)}, available: ${decimal(Math.max(0, free))})`,
      { available: decimal(Math.max(0, free)), existing_qty: decimal(Math.abs(quantity)), symbol },
    );
  const isEquity = exchange.listing(symbol)?.assetClass === "equity";
  const answer = account.submit(
    orderTicket({
      symbol,
      side: quantity > 0 ? "sell" : "buy",
      quantity: wanted,
      timeInForce: isEquity ? "day" : "gtc",
      reduceOnly: true,
    }),
  );
  if (answer.kind === "rejected") return refusal(answer.code, answer.reason);
  faults.noteArrival(answer.order.venueOrderId, wireMs);
  return { status: 200, body: orderJson(answer.order, account, exchange) };
}

/** What orders that close something have set aside; of a group only the largest, since they share it. */
function heldForOrders(open: ReturnType<AlpacaContext["account"]["orders"]["open"]>, symbol: string): number {
  const groups = new Map<string, number>();
  for (const order of open) {
    if (order.symbol !== symbol || !order.reduceOnly) continue;
    const group = order.ocoGroup === 0 ? order.venueOrderId : String(order.ocoGroup);
    groups.set(group, Math.max(groups.get(group) ?? 0, order.quantity - order.filledQuantity));
  }
  return [...groups.values()].reduce((sum, quantity) => sum + quantity, 0);
}

function positionJson(position: ExchangePosition, { account, exchange, candles }: AlpacaContext): unknown {
  const { symbol, quantity, averagePrice, lastPrice } = position;
  const listing = exchange.listing(symbol)!;
  const size = Math.abs(quantity);
  const cost = quantity * averagePrice;
  const profit = quantity * (lastPrice - averagePrice);
  const before = candles.of(symbol, "1d")?.candles.at(-2)?.close ?? averagePrice;
  const today = quantity * (lastPrice - before);
  return {
    asset_id: assetId(symbol),
    symbol: symbol.replace("/", ""),
    exchange: exchangeName(listing),
    asset_class: assetClass(listing),
    asset_marginable: assetClass(listing) === "us_equity",
    qty: decimal(quantity),
    qty_available: decimal(
      Math.max(0, size - heldForOrders(account.orders.open(), symbol)) * Math.sign(quantity),
    ),
    avg_entry_price: decimal(averagePrice, 6),
    side: quantity > 0 ? "long" : "short",
    market_value: decimal(quantity * lastPrice, 6),
    cost_basis: decimal(cost, 6),
    unrealized_pl: decimal(profit, 6),
    unrealized_plpc: decimal(profit / Math.abs(cost), 12),
    unrealized_intraday_pl: decimal(today, 6),
    unrealized_intraday_plpc: decimal(today / Math.abs(quantity * before), 12),
    current_price: decimal(lastPrice),
    lastday_price: decimal(before),
    change_today: decimal(lastPrice / before - 1, 12),
  };
}

import { floorToStep } from "../../base/numbers.ts";
import type { OrderTerms, Side } from "../../domain/order.ts";
import type { ExchangeAccount } from "../exchange/exchange-account.ts";
import {
  orderTicket,
  type ExchangeOrder,
  type Leg,
  type Listing,
  type OrderTicket,
} from "../exchange/exchange-types.ts";
import type { AccountContext } from "./bybit-context.ts";
import { badParameter, ok, refused, type BybitReply } from "./bybit-reply.ts";
import { legOf, listingIn } from "./bybit-symbols.ts";
import { createBody, issueOf, type CreateBody } from "./order-body.ts";
import { termsOf, triggered } from "./order-terms.ts";

/** `/v5/order/create`: takes an order in, with the exits that hang on it. */
export function createOrder(context: AccountContext): BybitReply {
  const { account, exchange, faults, nowMs } = context;
  const parsed = createBody.safeParse(context.body);
  if (!parsed.success) return badParameter(issueOf(parsed.error));
  const body = parsed.data;
  const listing = listingIn(exchange, body.category, body.symbol);
  if (listing === null) return refused(body.category, "unknown_symbol", "");
  const lastPrice = exchange.lastPrice(listing.symbol);
  const terms = termsOf(body, lastPrice);
  if ("retCode" in terms) return terms;
  const leg = body.category === "spot" ? "net" : legOf(body.positionIdx ?? 0, account);
  if (leg === null) return badParameter("position idx not match position mode");
  const quantity = quantityOf(body, listing, lastPrice);
  if (quantity === 0 && !(body.reduceOnly === true && body.closeOnTrigger === true))
    return badParameter("Qty invalid");
  if (body.reduceOnly === true && (body.takeProfit! > 0 || body.stopLoss! > 0))
    return badParameter("reduce-only orders have no TP/SL");
  const exits = exitsOf(body, terms, lastPrice);
  if ("retCode" in exits) return exits;
  const ticket = ticketOf(body, listing, leg, quantity, terms);
  const answer = account.submit(ticket);
  if (answer.kind === "rejected") return refused(body.category, answer.code, answer.reason);
  const { order } = answer;
  hangExits(account, order, exits);
  faults.noteArrival(order.venueOrderId, nowMs);
  if (faults.isRejectedLater()) account.rejectLater(order.venueOrderId, "EC_RiskCheckFailed");
  return ok({ orderId: order.venueOrderId, orderLinkId: body.orderLinkId ?? "" });
}

function quantityOf(body: CreateBody, listing: Listing, lastPrice: number): number {
  const quantity = body.qty ?? 0;
  const isQuote = body.category === "spot" && body.orderType === "Market" && body.side === "Buy";
  if (!isQuote || body.marketUnit === "baseCoin") return quantity;
  // A market purchase of coins says what it may cost.
  return floorToStep(quantity / lastPrice, listing.lotSize);
}

function ticketOf(
  body: CreateBody,
  listing: Listing,
  leg: Leg,
  quantity: number,
  terms: OrderTerms,
): OrderTicket {
  const isConditional = terms.type !== "market" && terms.type !== "limit";
  const isImmediate = body.orderType === "Market" && !isConditional;
  return orderTicket({
    symbol: listing.symbol,
    side: body.side === "Buy" ? "buy" : "sell",
    quantity: quantity === 0 ? listing.lotSize : quantity,
    leg,
    terms,
    clientOrderId: body.orderLinkId ?? null,
    timeInForce: isImmediate ? "ioc" : timeInForceOf(body),
    postOnly: body.timeInForce === "PostOnly",
    reduceOnly: body.reduceOnly === true || body.closeOnTrigger === true,
    closePosition: quantity === 0,
    triggerBy: body.triggerBy === "MarkPrice" || body.triggerBy === "IndexPrice" ? "mark" : "last",
    labels: {
      orderType: body.orderType,
      timeInForce: body.orderType === "Market" ? "IOC" : (body.timeInForce ?? "") || "GTC",
      stopOrderType: isConditional ? (body.orderFilter === "tpslOrder" ? "tpslOrder" : "Stop") : "",
      closeOnTrigger: String(body.closeOnTrigger ?? false),
      triggerBy: body.triggerBy ?? "",
      takeProfit: String(body.takeProfit ?? ""),
      stopLoss: String(body.stopLoss ?? ""),
    },
  });
}

function timeInForceOf({ timeInForce, orderType }: CreateBody): OrderTicket["timeInForce"] {
  if (orderType === "Market") return "gtc";
  return timeInForce === "IOC" ? "ioc" : timeInForce === "FOK" ? "fok" : "gtc";
}

/** An exit that hangs on an entry, or on a position. */
export type Exit = {
  readonly kind: "TakeProfit" | "StopLoss";
  readonly triggerPrice: number;
  readonly limitPrice: number | undefined;
  readonly triggerBy: "last" | "mark";
  readonly isPartial: boolean;
};

function exitsOf(body: CreateBody, terms: OrderTerms, lastPrice: number): readonly Exit[] | BybitReply {
  const entry = "limitPrice" in terms ? terms.limitPrice : lastPrice;
  const sign = body.side === "Buy" ? 1 : -1;
  const isPartial = body.tpslMode === "Partial" || body.category === "spot";
  const exits: Exit[] = [];
  const wanted = [
    ["TakeProfit", body.takeProfit, body.tpOrderType, body.tpLimitPrice, body.tpTriggerBy],
    ["StopLoss", body.stopLoss, body.slOrderType, body.slLimitPrice, body.slTriggerBy],
  ] as const;
  for (const [kind, triggerPrice, orderType, limitPrice, triggerBy] of wanted) {
    if (triggerPrice === undefined || triggerPrice === 0) continue;
    const isBeyond = sign * (triggerPrice - entry) > 0;
    if (isBeyond !== (kind === "TakeProfit") && triggerPrice !== entry)
      return badParameter(`${kind}:${triggerPrice} is on the wrong side of base_price:${entry}`);
    if (orderType === "Limit" && !isPartial) return badParameter("limit TP/SL needs tpslMode Partial");
    exits.push({
      kind,
      triggerPrice,
      limitPrice: orderType === "Limit" ? limitPrice : undefined,
      triggerBy: triggerBy === "MarkPrice" || triggerBy === "IndexPrice" ? "mark" : "last",
      isPartial,
    });
  }
  return exits;
}

function hangExits(account: ExchangeAccount, entry: ExchangeOrder, exits: readonly Exit[]): void {
  for (const exit of exits)
    account.submit({
      ...exitTicket(exit, entry, entry.side === "buy" ? "sell" : "buy", entry.quantity),
      parentId: entry.venueOrderId,
    });
}

/** An exit as an order: as large as the position, or in part as large as was asked for. */
export function exitTicket(
  { kind, triggerPrice, limitPrice, triggerBy, isPartial }: Exit,
  { symbol, leg, sequence }: Pick<ExchangeOrder, "symbol" | "leg" | "sequence">,
  side: Side,
  quantity: number,
): OrderTicket {
  const isRise = (side === "sell") === (kind === "TakeProfit");
  return orderTicket({
    symbol,
    leg,
    side,
    quantity,
    terms: triggered(side, isRise, triggerPrice, limitPrice),
    reduceOnly: true,
    closePosition: !isPartial,
    ocoGroup: isPartial ? sequence : 0,
    triggerBy,
    labels: {
      orderType: limitPrice === undefined ? "Market" : "Limit",
      timeInForce: limitPrice === undefined ? "IOC" : "GTC",
      stopOrderType: isPartial ? `Partial${kind}` : kind,
      createType: `CreateBy${isPartial ? "Partial" : ""}${kind}`,
      closeOnTrigger: "true",
    },
  });
}

import { floorToStep } from "../../base/numbers.ts";
import type { Side } from "../../domain/order.ts";
import type { Exchange } from "../exchange/exchange.ts";
import type { ExchangeAccount } from "../exchange/exchange-account.ts";
import {
  orderTicket,
  type ExchangeAnswer,
  type Listing,
  type OrderTicket,
} from "../exchange/exchange-types.ts";
import { decimal } from "../wire/decimal.ts";
import type { WireReply } from "../wire/face.ts";
import { badRequest, brokenRule, refusal } from "./alpaca-errors.ts";
import { findListing } from "./alpaca-assets.ts";
import { orderBody, type OrderBody } from "./order-body.ts";
import { brokenRuleOf, isGrouped, pricesOf, subPenny, termsOf } from "./order-rules.ts";

/** What became of an order: it stands, with all that hangs on it, or nothing stands. */
export type Placed = ExchangeAnswer | { readonly kind: "invalid"; readonly reply: WireReply };

/** Takes in the body of an order, and the orders that hang on it. */
export function placeOrder(body: unknown, account: ExchangeAccount, exchange: Exchange): Placed {
  const parsed = orderBody.safeParse(body);
  if (!parsed.success) {
    const issue = parsed.error.issues[0]!;
    return invalid(badRequest(`${issue.path.join(".")}: ${issue.message}`));
  }
  const asked = parsed.data;
  const listing = findListing(exchange, asked.symbol);
  if (listing === null) return invalid(brokenRule(`asset "${asked.symbol}" not found`));
  const rule = brokenRuleOf(asked, listing);
  if (rule !== null) return invalid(brokenRule(rule));
  const wrong = listing.assetClass === "equity" ? pricesOf(asked).find(subPenny) : undefined;
  if (wrong !== undefined)
    return invalid(
      brokenRule(
        `invalid limit_price ${wrong}. sub-penny increment does not fulfill minimum pricing criteria`,
      ),
    );
  const quantity =
    asked.qty ?? floorToStep(asked.notional! / exchange.lastPrice(listing.symbol), listing.lotSize);
  if (!(quantity > 0)) return invalid(brokenRule("notional is less than the smallest quantity"));
  return asked.order_class === "oco"
    ? placeOco(asked, listing, quantity, account)
    : placeEntry(asked, listing, quantity, account);
}

function placeEntry(
  asked: OrderBody,
  listing: Listing,
  quantity: number,
  account: ExchangeAccount,
): ExchangeAnswer | Placed {
  const held = account.heldOf(listing.symbol, "net");
  const isExit = asked.side === "buy" ? held < 0 : held > 0;
  if (isGrouped(asked) && isExit)
    return invalid(brokenRule(`${asked.order_class} orders must be entry orders`));
  const entry = account.submit({ ...ticketOf(asked, listing, quantity), terms: termsOf(asked) });
  if (entry.kind === "rejected" || !isGrouped(asked)) return entry;
  const parentId = entry.order.venueOrderId;
  return hang(asked, listing, quantity, account, entry, other(asked.side), {
    parentId,
    reduceOnly: true,
    // A number that no other group of the account has.
    ocoGroup: entry.order.sequence,
  });
}

/** Two exits for what is held: the target stands for both, the stop hangs below it. */
function placeOco(asked: OrderBody, listing: Listing, quantity: number, account: ExchangeAccount): Placed {
  const ocoGroup = account.orders.count + 1;
  const target = account.submit({
    ...ticketOf(asked, listing, quantity),
    terms: { type: "limit", limitPrice: asked.take_profit!.limit_price! },
    reduceOnly: true,
    ocoGroup,
  });
  if (target.kind === "rejected") return target;
  return hang({ ...asked, take_profit: null }, listing, quantity, account, target, asked.side, {
    reduceOnly: true,
    ocoGroup,
  });
}

/** Hangs target and stop on an order; where one cannot be, the order goes again. */
function hang(
  asked: OrderBody,
  listing: Listing,
  quantity: number,
  account: ExchangeAccount,
  first: Extract<ExchangeAnswer, { kind: "accepted" }>,
  side: Side,
  links: Partial<OrderTicket>,
): Placed {
  const { take_profit, stop_loss } = asked;
  const legs: string[] = [];
  const terms: OrderTicket["terms"][] = [];
  if (take_profit?.limit_price !== undefined)
    terms.push({ type: "limit", limitPrice: take_profit.limit_price });
  if (stop_loss?.stop_price !== undefined) terms.push(stopTerms(stop_loss.stop_price, stop_loss.limit_price));
  for (const each of terms) {
    const base = { ...ticketOf(asked, listing, quantity), clientOrderId: null, side, terms: each };
    const leg = account.submit({ ...base, ...links });
    if (leg.kind === "rejected") {
      account.cancel(first.order.venueOrderId);
      for (const id of legs) account.cancel(id);
      return leg;
    }
    legs.push(leg.order.venueOrderId);
  }
  account.label(first.order.venueOrderId, { legs: legs.join(" ") });
  return { kind: "accepted", order: account.orders.byId(first.order.venueOrderId)! };
}

function stopTerms(stopPrice: number, limitPrice: number | undefined): OrderTicket["terms"] {
  return limitPrice === undefined
    ? { type: "stop_market", stopPrice }
    : { type: "stop_limit", stopPrice, limitPrice };
}

function ticketOf(asked: OrderBody, listing: Listing, quantity: number): OrderTicket {
  const { side, time_in_force, client_order_id, order_class, extended_hours, position_intent, notional } =
    asked;
  return orderTicket({
    symbol: listing.symbol,
    side,
    quantity,
    clientOrderId: client_order_id ?? null,
    timeInForce: time_in_force === "opg" || time_in_force === "cls" ? "day" : time_in_force,
    labels: {
      orderClass: order_class === "simple" || order_class == null ? "" : order_class,
      extendedHours: String(extended_hours),
      ...(position_intent == null ? {} : { positionIntent: position_intent }),
      ...(notional === undefined ? {} : { notional: decimal(notional, 2) }),
    },
  });
}

function other(side: Side): Side {
  return side === "buy" ? "sell" : "buy";
}

function invalid(reply: WireReply): Placed {
  return { kind: "invalid", reply };
}

/** The reply to an order that was refused. */
export function refusedReply(placed: Exclude<Placed, { kind: "accepted" }>): WireReply {
  return placed.kind === "invalid" ? placed.reply : refusal(placed.code, placed.reason);
}

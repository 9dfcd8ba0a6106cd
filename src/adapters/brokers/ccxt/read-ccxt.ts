import type { OrderStatus, OrderTerms, VenueCode } from "../../../domain/order.ts";
import type { VenueFill, VenueInstrument, VenueOrder } from "../../../ports/broker-connection.ts";
import { positiveOrNull } from "../../shared/numeric.ts";
import { toSymbols } from "../../sources/ccxt/ccxt-messages.ts";
import type { CcxtMarket } from "../../sources/ccxt/load-ccxt.ts";
import type { CcxtOrder, CcxtTrade } from "./ccxt-trader.ts";

/** An order of ccxt. A status that ccxt has no word for counts as working, so that nobody takes it for gone. */
export function readCcxtOrder(
  order: CcxtOrder,
  nameOf: (venueOrderId: string) => string | undefined,
): VenueOrder {
  const quantity = order.amount ?? 0;
  const filledQuantity = order.filled ?? 0;
  const status = statusOf(order, quantity, filledQuantity);
  return {
    clientOrderId: order.clientOrderId ?? nameOf(order.id ?? "") ?? null,
    venueOrderId: order.id ?? "",
    symbol: order.symbol,
    side: order.side === "buy" ? "buy" : "sell",
    quantity,
    filledQuantity,
    ...(order.average == null ? {} : { averagePrice: order.average }),
    status,
    terms: termsOf(order),
    reduceOnly: order.reduceOnly === true,
    code: codes[status] ?? null,
    reason: status in codes ? (order.status ?? "") : "",
    venueTimeMs: order.lastTradeTimestamp ?? order.timestamp ?? 0,
  };
}

const codes: Partial<Record<OrderStatus, VenueCode>> = {
  canceled: "on_request",
  rejected: "other",
  expired: "date_passed",
};

function statusOf({ status }: CcxtOrder, quantity: number, filled: number): OrderStatus {
  switch (status) {
    case "closed":
      // Some say "closed" of what was canceled half way.
      return filled >= quantity * (1 - 1e-9) ? "filled" : "canceled";
    case "canceled":
    case "rejected":
    case "expired":
      return status;
    case "canceling":
      return "cancel_pending";
    default:
      return filled > 0 ? "partially_filled" : "accepted";
  }
}

function termsOf({ type, price, triggerPrice }: CcxtOrder): OrderTerms | null {
  if (positiveOrNull(triggerPrice) !== null) return null;
  if (type === "market") return { type: "market" };
  return type === "limit" && typeof price === "number" ? { type: "limit", limitPrice: price } : null;
}

/** An execution of ccxt. */
export function readCcxtTrade(
  trade: CcxtTrade,
  clientOrderId: string | null,
  quoteCurrency: string,
  receivedAtMs: number,
): VenueFill {
  return {
    fillId: trade.id,
    clientOrderId,
    venueOrderId: trade.order ?? "",
    symbol: trade.symbol,
    side: trade.side,
    quantity: trade.amount,
    price: trade.price,
    fee: trade.fee?.cost ?? 0,
    feeCurrency: trade.fee?.currency ?? quoteCurrency,
    liquidity: trade.takerOrMaker === "maker" ? "maker" : "taker",
    venueTimeMs: trade.timestamp,
    receivedAtMs,
  };
}

/** The rules of a market. */
export function readCcxtMarket(market: CcxtMarket, precisionMode: number, margin: boolean): VenueInstrument {
  const [info] = toSymbols({ [market.symbol]: market }, precisionMode);
  const lotSize = info!.lotSize ?? 0;
  return {
    symbol: market.symbol,
    tickSize: info!.tickSize ?? 0,
    lotSize,
    quantityMin: positiveOrNull(market.limits?.amount?.min) ?? lotSize,
    quantityMax: positiveOrNull(market.limits?.amount?.max) ?? undefined,
    notionalMin: info!.notionalMin ?? 0,
    contractMultiplier: positiveOrNull(market.contractSize) ?? 1,
    baseCurrency: info!.baseCurrency ?? market.symbol,
    quoteCurrency: info!.quoteCurrency,
    isTradable: info!.isTrading,
    canShort: market.contract === true || margin,
  };
}

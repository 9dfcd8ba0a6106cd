import type { OrderStatus, OrderTerms, Side, VenueCode } from "../../../domain/order.ts";
import type { VenueFill, VenueInstrument, VenueOrder } from "../../../ports/broker-connection.ts";
import type { ServerTime } from "../../sources/metatrader/server-time.ts";
import { readWallTime } from "../../sources/metatrader/terminal-messages.ts";
import type { BridgeDeal, BridgeOrder, BridgeSymbol } from "./bridge-messages.ts";

/** What is needed to read the words of a bridge: lots become units of what is traded, wall times become UTC. */
export type BridgeReading = {
  readonly magic: string;
  readonly server: ServerTime;
  readonly contractSizeOf: (symbol: string) => number;
};

/** Where an order stands, by the bridge's word for it. */
export const orderStates: Readonly<Record<string, OrderStatus>> = {
  started: "submitted",
  placed: "accepted",
  partial: "partially_filled",
  request_add: "submitted",
  request_modify: "replace_pending",
  request_cancel: "cancel_pending",
  canceled: "canceled",
  filled: "filled",
  rejected: "rejected",
  expired: "expired",
};

const codeOf: Partial<Record<OrderStatus, VenueCode>> = {
  canceled: "on_request",
  rejected: "other",
  expired: "date_passed",
};

/** An order; of a state that has no word here it is still open, so that nobody takes it for gone. */
export function readBridgeOrder(order: BridgeOrder, reading: BridgeReading): VenueOrder {
  const { magic, server, contractSizeOf } = reading;
  const size = contractSizeOf(order.symbol);
  const status = orderStates[order.state] ?? "accepted";
  return {
    clientOrderId: order.magic === magic && order.name !== "" ? order.name : null,
    venueOrderId: order.ticket,
    symbol: order.symbol,
    side: order.type.startsWith("buy") ? "buy" : "sell",
    quantity: unitsOf(order.lots, size),
    filledQuantity: unitsOf(order.lots - order.lots_left, size),
    status,
    terms: termsOf(order),
    reduceOnly: false,
    code: codeOf[status] ?? null,
    reason: status in codeOf ? order.comment : "",
    venueTimeMs: server.toUtc(readWallTime(order.time)),
  };
}

/** An execution. What closes positions by each other is none: nothing was traded. */
export function readBridgeDeal(
  deal: BridgeDeal,
  reading: BridgeReading,
  currency: string,
  receivedAtMs: number,
): VenueFill {
  return {
    fillId: deal.ticket,
    clientOrderId: deal.magic === reading.magic && deal.name !== "" ? deal.name : null,
    venueOrderId: deal.order,
    symbol: deal.symbol,
    side: deal.side,
    quantity: unitsOf(deal.lots, reading.contractSizeOf(deal.symbol)),
    price: deal.price,
    // MetaTrader writes what was paid as a negative number; 0 has no sign.
    fee: 0 - (deal.commission + deal.fee),
    feeCurrency: currency,
    liquidity: "taker",
    venueTimeMs: reading.server.toUtc(deal.time_ms),
    receivedAtMs,
  };
}

/** The rules of a symbol, in units. */
export function readBridgeSymbol(symbol: BridgeSymbol): VenueInstrument {
  const { contract_size: size, trade_mode: mode } = symbol;
  return {
    symbol: symbol.name,
    tickSize: symbol.tick_size,
    lotSize: unitsOf(symbol.volume_step, size),
    quantityMin: unitsOf(symbol.volume_min, size),
    notionalMin: 0,
    contractMultiplier: 1,
    baseCurrency: symbol.base,
    quoteCurrency: symbol.quote,
    isTradable: mode !== "disabled" && mode !== "close_only",
    canShort: mode === "full" || mode === "short_only",
  };
}

/** Lots as units, without the digits that multiplying leaves behind. */
export function unitsOf(lots: number, contractSize: number): number {
  return Number((lots * contractSize).toFixed(8));
}

/** MetaTrader's word for an order of ours. */
export function typeWord(side: Side, terms: OrderTerms): string {
  if (terms.type === "limit") return `${side}limit`;
  return terms.type === "stop_market" ? `${side}stop` : side;
}

function termsOf({ type, price }: BridgeOrder): OrderTerms | null {
  switch (type) {
    case "buy":
    case "sell":
      return { type: "market" };
    case "buylimit":
    case "selllimit":
      return { type: "limit", limitPrice: price };
    case "buystop":
    case "sellstop":
      return { type: "stop_market", stopPrice: price };
    default:
      return null;
  }
}

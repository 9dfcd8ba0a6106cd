import { isMultiple } from "../../base/numbers.ts";
import type { InstrumentIndex } from "../../domain/instrument.ts";
import { priceDistance, signOf, type VenueCode } from "../../domain/order.ts";
import type { VenueInstrument, VenueOrderRequest } from "../../ports/broker-connection.ts";
import type { DeskState, Ticket } from "../desk/desk-state.ts";
import type { TradingState } from "../robot-types.ts";

/** Why an order is not sent. */
export type Denial = { readonly code: VenueCode; readonly reason: string };

/** Whether what goes by a ticket makes a position smaller and nothing else. */
export function isReducing(
  state: DeskState,
  { orderId, instrument }: Ticket,
  request: VenueOrderRequest,
): boolean {
  const { order } = state.works.get(orderId)!;
  if (!order.reduceOnly && !order.closePosition) return false;
  const held = state.position[instrument]!;
  return (
    request.reduceOnly || (signOf(request.side) * held < 0 && request.quantity <= Math.abs(held) * (1 + 1e-9))
  );
}

/**
 * Everything that a venue would refuse an order for, and everything that is against sending it now; null where nothing
 * is. An order that reduces passes where one that opens does not.
 */
export function denialOf(
  state: DeskState,
  ticket: Ticket,
  request: VenueOrderRequest,
  trading: TradingState,
  priceCollar: number,
): Denial | null {
  const { instrument } = ticket;
  const reduces = isReducing(state, ticket, request);
  if (trading.state === "halted") return denied("halted", `trading is halted: ${trading.reason}`);
  if (trading.state === "reducing" && !reduces)
    return denied("halted", `only positions are reduced: ${trading.reason}`);
  const blocked = state.blocked[instrument]!;
  if (blocked !== null && !reduces) return denied("halted", `${request.symbol} is not traded: ${blocked}`);
  const rule = state.rules.get(request.symbol);
  if (rule === undefined)
    return denied("unknown_symbol", `the venue has not told its rules for ${request.symbol}`);
  return (
    unsupported(state, request) ??
    reachedStop(state, instrument, request) ??
    tooFar(state, ticket, request, priceCollar) ??
    numbersOf(state, instrument, request, rule, reduces)
  );
}

function unsupported(
  { capabilities }: DeskState,
  { terms, timeInForce, postOnly }: VenueOrderRequest,
): Denial | null {
  const { orderTypes, timesInForce } = capabilities;
  if (!orderTypes.includes(terms.type))
    return denied("unsupported", `the venue takes no ${terms.type} orders`);
  if (!timesInForce.includes(timeInForce))
    return denied("unsupported", `the venue takes no ${timeInForce} orders`);
  return postOnly && !capabilities.postOnly
    ? denied("unsupported", "the venue takes no post-only orders")
    : null;
}

/** A stop that the venue would take for an order at a better price. */
function reachedStop(
  { capabilities, market }: DeskState,
  instrument: InstrumentIndex,
  { terms, side }: VenueOrderRequest,
): Denial | null {
  const { close, length } = market.bars[instrument]!;
  if (capabilities.turnsReachedStops !== true || length === 0 || !("stopPrice" in terms)) return null;
  const last = close[length - 1]!;
  if (signOf(side) * (last - terms.stopPrice) < 0) return null;
  return denied("would_trigger", `the price of the stop, ${terms.stopPrice}, has been reached: ${last}`);
}

/** A price that was near the market when it was decided on, and is not any more: an order may have waited for another. */
function tooFar(
  { market, works }: DeskState,
  ticket: Ticket,
  { terms }: VenueOrderRequest,
  priceCollar: number,
): Denial | null {
  const { close, length } = market.bars[ticket.instrument]!;
  const { reduceOnly, closePosition } = works.get(ticket.orderId)!.order;
  if (length === 0 || reduceOnly || closePosition || ticket.asked !== null) return null;
  const last = close[length - 1]!;
  if (priceDistance(terms, last) <= priceCollar * (1 + 1e-9)) return null;
  return denied("price_band", `its price is too far from the market by now: the last one is ${last}`);
}

function numbersOf(
  state: DeskState,
  instrument: InstrumentIndex,
  { symbol, side, quantity, terms, reduceOnly }: VenueOrderRequest,
  rule: VenueInstrument,
  reduces: boolean,
): Denial | null {
  const { lotSize, quantityMin, notionalMin, contractMultiplier, isTradable, canShort } = rule;
  if (!(quantity > 0) || !Number.isFinite(quantity)) return denied("bad_number", `a quantity of ${quantity}`);
  if (!isTradable && !reduces) return denied("halted", `the venue does not open ${symbol} now`);
  if (lotSize > 0 && !isMultiple(quantity, lotSize))
    return denied("lot_size", `${quantity} is no multiple of the lot of ${lotSize}`);
  if (quantity < quantityMin * (1 - 1e-9))
    return denied("lot_size", `${quantity} is below the venue's smallest order of ${quantityMin}`);
  const held = state.position[instrument]!;
  if (!canShort && side === "sell" && quantity > Math.max(0, held) * (1 + 1e-9))
    return denied("long_only", `${quantity} to sell, ${held} held, and ${symbol} cannot be sold short`);
  const price = priceOf(state, instrument, terms);
  if (!(price > 0)) return denied("bad_number", `a price of ${price}`);
  const notional = quantity * price * contractMultiplier;
  // Where the venue knows reduce-only it lets any rest of a position go.
  if (!reduceOnly && notional < notionalMin * (1 - 1e-9))
    return denied("notional_min", `worth ${notional}, below the venue's smallest order of ${notionalMin}`);
  return null;
}

function priceOf(state: DeskState, instrument: InstrumentIndex, terms: VenueOrderRequest["terms"]): number {
  if ("limitPrice" in terms) return terms.limitPrice;
  if ("stopPrice" in terms) return terms.stopPrice;
  if ("triggerPrice" in terms) return terms.triggerPrice;
  const { close, length } = state.market.bars[instrument]!;
  return length === 0 ? Number.NaN : close[length - 1]!;
}

function denied(code: VenueCode, reason: string): Denial {
  return { code, reason };
}

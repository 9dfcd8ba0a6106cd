import type { InstrumentIndex } from "../../domain/instrument.ts";
import { signOf, type Fill, type OrderId } from "../../domain/order.ts";
import type { VenueFill } from "../../ports/broker-connection.ts";
import type { DeskEvent } from "../../ports/journal-store.ts";
import { isClosingOrderId } from "../kill/closing-order-id.ts";
import { isKnownFill, knowFill } from "./forget-orders.ts";
import { hearStrangersFill, isOfEarlierSession, whose } from "./strangers.ts";
import { block, type DeskState, type Ticket, type Work } from "./desk-state.ts";
import { confirmChange, endIfAllIsKnown, endTicket, isDone, tendInstrument } from "./tend-orders.ts";

/** Orders of others: the tracker knows no such number, and books what they fill. */
const nobodys = 0 as OrderId;
const tolerance = 1e-9;

/** Takes in an execution, once: whoever it belongs to, the holding follows it. */
export function hearFill(state: DeskState, fill: VenueFill, isInferred: boolean): void {
  const instrument = state.indexOf.get(fill.symbol);
  if (instrument === undefined || isKnownFill(state, fill)) return;
  const ticket = fill.takesBack === undefined ? ticketOf(state, fill) : null;
  const { fillId, venueTimeMs } = fill;
  knowFill(state, fillId, venueTimeMs);
  if (ticket !== null && isSameUnderAnotherName(ticket, fill)) return;
  const isLeft = isOfEarlierSession(state, fill);
  if (ticket === null && fill.takesBack === undefined) hearStrangersFill(state, fill);
  if (isAdopted(state, instrument, ticket, fill)) return;
  const number = (state.lastFillNumber += 1);
  if (!(state.lastFillMs >= fill.venueTimeMs)) state.lastFillMs = fill.venueTimeMs;
  if (fill.takesBack !== undefined) takeBack(state, instrument, fill, number);
  else if (ticket === null) hearForeign(state, instrument, fill, number, isLeft);
  else hearOwn(state, ticket, fill, number, isInferred);
  tendInstrument(state, instrument);
}

function ticketOf(state: DeskState, { clientOrderId, venueOrderId }: VenueFill): Ticket | null {
  const byName = clientOrderId === null ? undefined : state.tickets.get(clientOrderId);
  return byName ?? state.ticketByVenueId.get(venueOrderId) ?? null;
}

/** A fill told over two roads with two ids: the same in everything, and one more than the order has room for. */
function isSameUnderAnotherName(ticket: Ticket, fill: VenueFill): boolean {
  const most = Math.max(ticket.request.quantity, ticket.asked?.quantity ?? 0);
  if (ticket.filled + fill.quantity <= most * (1 + tolerance)) return false;
  return ticket.fills.some(
    ({ quantity, price, venueTimeMs, side }) =>
      quantity === fill.quantity &&
      price === fill.price &&
      venueTimeMs === fill.venueTimeMs &&
      side === fill.side,
  );
}

/**
 * Something that nobody waited for, of a time before a holding was adopted: it is in that holding, and would be booked
 * twice. A fill of an order that lives is booked in any case.
 */
function isAdopted(
  state: DeskState,
  instrument: InstrumentIndex,
  ticket: Ticket | null,
  { venueTimeMs, takesBack, side, quantity, symbol, price }: VenueFill,
): boolean {
  if (takesBack !== undefined || (ticket !== null && ticket.phase !== "over")) return false;
  if (!(venueTimeMs <= state.adoptedMs[instrument]!)) return false;
  const message = `${side} ${quantity} ${symbol} at ${price} is told late: the holding that was adopted has it already`;
  state.say({ kind: "external fill", gravity: "notice", symbol, message });
  return true;
}

function hearOwn(
  state: DeskState,
  ticket: Ticket,
  fill: VenueFill,
  number: number,
  isInferred: boolean,
): void {
  const work = state.works.get(ticket.orderId)!;
  const quantity = isInferred ? fill.quantity : withoutInferred(state, ticket, fill);
  ticket.touchedMs = state.heardMs;
  if (!isInferred) ticket.fills.push(fill);
  else ticket.inferred += fill.quantity;
  if (quantity <= 0) return;
  if (ticket.phase !== "over") ticket.phase = "working";
  ticket.filled += quantity;
  work.filled += quantity;
  state.position[ticket.instrument]! += signOf(fill.side) * quantity;
  const inBase = feeInBase(state, ticket.instrument, fill);
  state.position[ticket.instrument]! -= inBase;
  takeChange(state, work, ticket);
  sayOverfill(state, work, ticket);
  const isTicketWhole = ticket.phase !== "over" && isWhole(ticket);
  // The ticket must not count as living while its order is looked at.
  if (isTicketWhole) ticket.phase = "over";
  const isComplete = isTicketWhole && !work.isOver && isDone(state, work);
  work.isToldWhole ||= isComplete;
  const fee = inBase === 0 ? feeFor(state, ticket.instrument, fill, quantity) : 0;
  state.inbox.push({
    kind: "filled",
    isComplete,
    fill: {
      ...booked(state, ticket.instrument, fill, number, quantity, work.order.id, fee),
      cumulativeQuantity: work.filled,
    },
  });
  if (inBase !== 0) bookFeeInBase(state, ticket.instrument, fill, inBase);
  if (isTicketWhole) endTicket(state, ticket, { kind: "filled", code: "other", reason: "filled" });
  else endIfAllIsKnown(state, ticket);
}

/** Filled with more than it had: the change that was asked for has been made, and nobody has said so yet. */
function takeChange(state: DeskState, work: Work, ticket: Ticket): void {
  const { asked, request, filled } = ticket;
  if (asked === null || filled <= request.quantity * (1 + tolerance)) return;
  ticket.request = asked;
  ticket.asked = null;
  if (work.change !== null) confirmChange(state, work);
}

/** All of it is filled, and no second order of the venue goes by its name. */
function isWhole({ request, asked, filled, sides }: Ticket): boolean {
  if (filled < Math.max(request.quantity, asked?.quantity ?? 0) * (1 - tolerance)) return false;
  let living = 0;
  for (const { end } of sides.values()) if (end === null) living += 1;
  return living <= 1;
}

/** The real execution of what was inferred before is no new quantity. */
function withoutInferred(state: DeskState, ticket: Ticket, { quantity, price, symbol }: VenueFill): number {
  const known = Math.min(ticket.inferred, quantity);
  if (known === 0) return quantity;
  ticket.inferred -= known;
  state.say({
    kind: "fill inferred",
    gravity: "notice",
    symbol,
    message: `the fill of ${known} ${symbol} that was inferred has been seen: at ${price}`,
  });
  return quantity - known;
}

function sayOverfill(
  state: DeskState,
  { order, change, filled }: Work,
  { clientOrderId, request }: Ticket,
): void {
  if (order.reduceOnly || order.closePosition) return;
  const most = Math.max(order.quantity, change?.quantity ?? 0);
  if (filled <= most * (1 + tolerance)) return;
  block(state, order.instrument, `more of ${clientOrderId} was filled than ordered`);
  state.say({
    kind: "overfill",
    gravity: "alarm",
    symbol: request.symbol,
    message: `${filled} ${request.symbol} of ${clientOrderId} filled, ${most} ordered; the books follow the venue`,
  });
}

/** An order that we did not send: a person, another program, a liquidation; what an earlier session has left is explained. */
function hearForeign(
  state: DeskState,
  instrument: InstrumentIndex,
  fill: VenueFill,
  number: number,
  isLeft: boolean,
): void {
  const { symbol, side, quantity, price, venueOrderId, clientOrderId } = fill;
  bookForeign(state, instrument, fill, number, feeFor(state, instrument, fill));
  if (isClosingOrderId(clientOrderId)) {
    const message = `the kill switch closed: ${side} ${quantity} ${symbol} at ${price}`;
    return state.say({ kind: "external fill", gravity: "notice", symbol, message });
  }
  if (!isLeft) block(state, instrument, "somebody else trades it on this account");
  state.say({
    kind: "external fill",
    gravity: isLeft ? "notice" : "alarm",
    symbol,
    message: `the venue's order ${venueOrderId}, which ${whose(state, clientOrderId)}, filled: ${side} ${quantity} ${symbol} at ${price}`,
  });
}

/** What the venue takes back is booked the other way round; the first booking stays as it is. */
function takeBack(state: DeskState, instrument: InstrumentIndex, fill: VenueFill, number: number): void {
  const { symbol, side, quantity, price, takesBack = "" } = fill;
  // What was never booked has not to be taken back; should it come yet, it is known.
  if (knowFill(state, takesBack, fill.venueTimeMs)) return sayForgottenBust(state, instrument, fill);
  const opposite = { ...fill, side: side === "buy" ? "sell" : "buy" } as const;
  bookForeign(state, instrument, opposite, number, -feeFor(state, instrument, fill));
  block(state, instrument, `the venue has taken back the fill ${takesBack}`);
  state.say({
    kind: "bust",
    gravity: "alarm",
    symbol,
    message: `the venue has taken back the fill ${takesBack}: ${side} ${quantity} ${symbol} at ${price}`,
  });
}

/** It was booked so long ago that nobody here knows it, or never: only the venue's holdings can say which. */
function sayForgottenBust(state: DeskState, instrument: InstrumentIndex, fill: VenueFill): void {
  const { symbol, side, quantity, price, takesBack } = fill;
  if (state.fillsForgottenMs === -Infinity) return;
  block(
    state,
    instrument,
    `the venue has taken back the fill ${takesBack}, which is not known here any more`,
  );
  state.say({
    kind: "bust",
    gravity: "alarm",
    symbol,
    message:
      `the venue has taken back the fill ${takesBack} (${side} ${quantity} ${symbol} at ${price}), which is older than what this ` +
      "session remembers: it is not booked, and nothing is opened until the holdings were compared. kiwi status shows what is held " +
      "here; where the venue holds something else, it is taken over, or close the difference there",
  });
}

/** The venue holds something else than it told of: the difference is a fill of nobody. */
export function hearHolding(state: DeskState, held: Extract<DeskEvent, { kind: "holding" }>): void {
  const { symbol, quantity, averagePrice, venueTimeMs = -Infinity } = held;
  const instrument = state.indexOf.get(symbol);
  if (instrument === undefined) return;
  state.adoptedMs[instrument] = venueTimeMs;
  const difference = quantity - state.position[instrument]!;
  if (Math.abs(difference) <= Math.abs(quantity) * 1e-12) return;
  const fillId = `holding:${symbol}:${state.timeMs}`;
  const number = (state.lastFillNumber += 1);
  const table = state.market.bars[instrument]!;
  const lastPrice = table.length === 0 ? averagePrice : table.close[table.length - 1]!;
  bookForeign(
    state,
    instrument,
    {
      fillId,
      clientOrderId: null,
      venueOrderId: "",
      symbol,
      side: difference > 0 ? "buy" : "sell",
      quantity: Math.abs(difference),
      price: averagePrice > 0 ? averagePrice : lastPrice,
      fee: 0,
      feeCurrency: quoteOf(state, instrument),
      liquidity: "taker",
      venueTimeMs: state.timeMs,
      receivedAtMs: state.timeMs,
    },
    number,
    0,
  );
  tendInstrument(state, instrument);
}

function bookForeign(
  state: DeskState,
  instrument: InstrumentIndex,
  fill: VenueFill,
  number: number,
  fee: number,
): void {
  const { quantity } = fill;
  state.position[instrument]! += signOf(fill.side) * quantity;
  state.inbox.push({
    kind: "filled",
    isComplete: false,
    fill: {
      ...booked(state, instrument, fill, number, quantity, nobodys, fee),
      cumulativeQuantity: quantity,
    },
  });
}

/** What a fill has cost, as it was told; else what the session's own costs expect: books without it would show money that is gone. */
function feeFor(
  { market, expectedFee }: DeskState,
  instrument: InstrumentIndex,
  { isFeeUntold, fee, price, liquidity, ...fill }: VenueFill,
  quantity = fill.quantity,
): number {
  if (isFeeUntold !== true) return fee;
  const { contractMultiplier } = market.instruments[instrument]!;
  return expectedFee(quantity, quantity * price * contractMultiplier, liquidity);
}

/** How much of what was bought the venue kept as its fee; 0 where it took money. */
function feeInBase(
  state: DeskState,
  instrument: InstrumentIndex,
  { symbol, feeCurrency, fee }: VenueFill,
): number {
  const baseCurrency = state.rules.get(symbol)?.baseCurrency;
  const isBase = feeCurrency === baseCurrency && feeCurrency !== quoteOf(state, instrument);
  return isBase && fee > 0 ? fee : 0;
}

/** What the venue kept is gone from the holding: sold for nothing but the fee it pays. */
function bookFeeInBase(state: DeskState, instrument: InstrumentIndex, fill: VenueFill, inBase: number): void {
  const fillId = `${fill.fillId}:fee`;
  const number = (state.lastFillNumber += 1);
  const feeCurrency = quoteOf(state, instrument);
  const kept = { ...fill, fillId, side: "sell", quantity: inBase, feeCurrency } as const;
  state.inbox.push({
    kind: "filled",
    isComplete: false,
    fill: {
      ...booked(state, instrument, kept, number, inBase, nobodys, inBase * fill.price),
      cumulativeQuantity: inBase,
      isKeptFee: true,
    },
  });
}

function quoteOf(state: DeskState, instrument: InstrumentIndex): string {
  return state.market.instruments[instrument]!.quoteCurrency;
}

function booked(
  state: DeskState,
  instrument: InstrumentIndex,
  fill: VenueFill,
  fillId: number,
  quantity: number,
  orderId: OrderId,
  fee: number,
): Omit<Fill, "cumulativeQuantity"> {
  const { side, price, liquidity, venueTimeMs } = fill;
  return {
    fillId,
    orderId,
    instrument,
    side,
    quantity,
    price,
    ...feeOf(state, instrument, fill, fee),
    // What a price would have been without us nobody knows at a real venue.
    slippageCost: 0,
    liquidity,
    timeMs: venueTimeMs,
  };
}

/** A fee with its currency. Venues take fees in coins of their own: one that nothing turns into money is not counted, and said. */
function feeOf(
  state: DeskState,
  instrument: InstrumentIndex,
  { symbol, feeCurrency, fillId, price }: VenueFill,
  fee: number,
): Pick<Fill, "fee" | "feeCurrency"> {
  const isMoney =
    feeCurrency === quoteOf(state, instrument) || feeCurrency === state.rules.get(symbol)?.quoteCurrency;
  if (fee === 0 || isMoney) return { fee };
  if (state.rateOfMoney(feeCurrency, instrument, price)! > 0) return { fee, feeCurrency };
  state.say({
    kind: "fee unknown",
    gravity: "alarm",
    symbol,
    message: `the venue took ${fee} ${feeCurrency} for the fill ${fillId}, and nothing says what that is worth: it is not counted. Set account.fixedRates.${feeCurrency}`,
  });
  return { fee: 0 };
}

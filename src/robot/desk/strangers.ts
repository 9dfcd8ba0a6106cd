import { isStop, signOf, type OrderTerms } from "../../domain/order.ts";
import type { VenueFill, VenueOrder } from "../../ports/broker-connection.ts";
import { sessionOf } from "../client-order-id.ts";
import { isClosingOrderId } from "../kill/closing-order-id.ts";
import { block, type DeskState, type Stranger } from "./desk-state.ts";

const tolerance = 1e-9;

/** Takes in an order that this session has not sent: a person's, another program's, one of a session before this one. */
export function hearStranger(state: DeskState, order: VenueOrder, isOver: boolean): void {
  const { clientOrderId, venueOrderId, symbol, side, quantity } = order;
  const instrument = state.indexOf.get(symbol);
  const known = state.strangers.get(venueOrderId);
  if (known !== undefined && isOver) {
    const filledQuantity = Math.max(known.ended?.filledQuantity ?? 0, order.filledQuantity);
    known.ended = { filledQuantity, heardMs: known.ended?.heardMs ?? state.heardMs };
    forgetIfOver(state, known);
  }
  if (instrument === undefined || isOver || known !== undefined) return;
  const earlierSession = earlierSessionOf(state, clientOrderId);
  const about = { order, instrument, earlierSession, sinceMs: state.heardMs };
  state.strangers.set(venueOrderId, { ...about, filled: filledSince(state, order), ended: null });
  const say = (gravity: "notice" | "alarm", message: string): void =>
    state.say({ kind: "external order", gravity, symbol, message });
  if (isClosingOrderId(clientOrderId))
    return say("notice", `the kill switch closes: ${side} ${quantity} ${symbol} (${clientOrderId})`);
  if (earlierSession !== null)
    return say(
      "notice",
      `${orderText(order)} is of the session ${earlierSession}, which is over: it works until this session sends ` +
        `an order in ${symbol}, and is withdrawn before that goes`,
    );
  const what = `the venue's order ${venueOrderId} (${side} ${quantity} ${symbol}) ${whose(state, clientOrderId)}`;
  block(state, instrument, what);
  say("alarm", `${what}: nothing is opened in ${symbol} while it works. ${howToCancel(clientOrderId)}`);
}

/** Counts what an order of others has filled since it was heard of, whether that is booked or was in a holding already. */
export function hearStrangersFill(
  state: DeskState,
  { venueOrderId, quantity, venueTimeMs }: VenueFill,
): void {
  const { strangers, strangersFills, strangersOver } = state;
  if (strangersOver.has(venueOrderId)) return;
  const fills = strangersFills.get(venueOrderId) ?? [];
  fills.push({ quantity, venueTimeMs });
  strangersFills.set(venueOrderId, fills);
  const known = strangers.get(venueOrderId);
  if (known === undefined || venueTimeMs <= known.order.venueTimeMs) return;
  known.filled += quantity;
  forgetIfOver(state, known);
}

/** What has filled of an order since it was as it is told. */
function filledSince({ strangersFills }: DeskState, { venueOrderId, venueTimeMs }: VenueOrder): number {
  const fills = strangersFills.get(venueOrderId) ?? [];
  return fills.reduce((sum, fill) => (fill.venueTimeMs > venueTimeMs ? sum + fill.quantity : sum), 0);
}

/** Whether one has ended with more than the holding has of it. */
export function isFillOwed({ order, filled, ended }: Stranger): boolean {
  return ended !== null && filled < (ended.filledQuantity - order.filledQuantity) * (1 - tolerance);
}

/** One that has ended is of no account any more when the holding has all that it filled. */
function forgetIfOver(state: DeskState, stranger: Stranger): void {
  if (stranger.ended !== null && !isFillOwed(stranger)) forgetStranger(state, stranger.order.venueOrderId);
}

/** One that is over for certain: older news of it, told yet, say nothing. */
export function forgetStranger(state: DeskState, venueOrderId: string): void {
  state.strangers.delete(venueOrderId);
  state.strangersFills.delete(venueOrderId);
  state.strangersOver.add(venueOrderId);
}

/**
 * Whether all that an order of an earlier session can do is to make what is held smaller. Where the venue knows reduce-only its exits
 * say so, and what does not is the opening half of a reversal at most. Elsewhere all of a side must fit into the holding together,
 * stops first: of what does not fit it is the protection that stays.
 */
export function canOnlyReduce(state: DeskState, stranger: Stranger): boolean {
  const { order, instrument } = stranger;
  if (state.capabilities.reduceOnly) return order.reduceOnly;
  const held = state.position[instrument]!;
  if (signOf(order.side) * held >= 0) return false;
  const beside = [...state.strangers.values()].filter(
    (other) =>
      other.instrument === instrument && other.earlierSession !== null && other.order.side === order.side,
  );
  const stopsFirst = [...beside.filter(isStopping), ...beside.filter((other) => !isStopping(other))];
  const ahead = stopsFirst.slice(0, stopsFirst.indexOf(stranger) + 1);
  const left = ahead.reduce(
    (sum, other) => sum + other.order.quantity - other.order.filledQuantity - other.filled,
    0,
  );
  return left <= Math.abs(held) * (1 + tolerance);
}

function isStopping({ order }: Stranger): boolean {
  return order.terms !== null && isStop(order.terms);
}

/** Whether an order of a session that is over has filled. */
export function isOfEarlierSession(state: DeskState, { venueOrderId, clientOrderId }: VenueFill): boolean {
  const { earlierSession } = state.strangers.get(venueOrderId) ?? {};
  return (earlierSession ?? earlierSessionOf(state, clientOrderId)) !== null;
}

/** The session of this account that sent an order and is over; null where that is not known. */
function earlierSessionOf(state: DeskState, clientOrderId: string | null): string | null {
  if (clientOrderId === null || isClosingOrderId(clientOrderId)) return null;
  const tag = sessionOf(clientOrderId);
  return tag !== null && tag !== state.sessionTag && state.isEarlierSession(tag) ? tag : null;
}

/** Whose an order is that is in no journal of this session, by its name. */
export function whose({ sessionTag }: DeskState, clientOrderId: string | null): string {
  const tag = clientOrderId === null ? null : sessionOf(clientOrderId);
  if (tag === null) return "is not ours";
  return tag === sessionTag ? "has a name of ours and is in no journal" : `is of the session ${tag}`;
}

/** An order in the words of a person: `sell 10 BTC/USD stop market 90 (m5k2o7)`. */
export function orderText({
  side,
  quantity,
  symbol,
  terms,
  clientOrderId,
  venueOrderId,
}: VenueOrder): string {
  const price = terms === null || terms.type === "market" ? "" : ` ${termsText(terms)}`;
  return `${side} ${quantity} ${symbol}${price} (${clientOrderId ?? venueOrderId})`;
}

function termsText(terms: OrderTerms): string {
  const prices = Object.values(terms).filter((price) => typeof price === "number");
  return [terms.type.replaceAll("_", " "), ...prices].join(" ");
}

/** What a person does about an order that is in the way. */
export function howToCancel(clientOrderId: string | null): string {
  return clientOrderId === null
    ? "Cancel it at the venue; kiwi paper orders (kiwi live orders) lists what works there"
    : `kiwi paper orders --cancel ${clientOrderId} (kiwi live orders ...) takes it off`;
}

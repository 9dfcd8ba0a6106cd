import { floorToStep } from "../base/numbers.ts";
import { isStop, type Fill } from "../domain/order.ts";
import type { Moment } from "../ports/costs.ts";
import { affordable, shortfallCode, shortfallReason } from "./affordable.ts";
import { finish, type AccountState } from "./account-state.ts";
import { chargeInstrument } from "./financing.ts";
import type { Match } from "./match.ts";
import { followFill, waitsForMore } from "./order-links.ts";
import { slippedPrice } from "./slipped-price.ts";
import type { VenueBar } from "./venue-bar.ts";
import type { Birth, WorkingOrder } from "./working-order.ts";

/** Why an order ends of which all is filled that the account carries, and less than a thousandth is missing. */
export const lastCrumbs = "the last crumbs did not fit the account";

/** Fills what price, volume and account allow of an order, and ends it where its terms say so. */
export function tryFill(
  state: AccountState,
  order: WorkingOrder,
  match: Match,
  bar: VenueBar,
  moment: Moment,
): void {
  if (order.state !== "working") return;
  const { ledger, options } = state;
  const { request, sign } = order;
  if (request.postOnly && match.liquidity === "taker")
    return finish(state, order, "canceled", "would_take", "post-only: would take liquidity");
  const instrument = state.market.instruments[request.instrument]!;
  if (Number.isNaN(ledger.conversionRate(instrument.index)) && ledger.quantity[instrument.index] === 0)
    return finish(state, order, "rejected", "unavailable", `no rate for ${instrument.quoteCurrency} yet`);
  const price = priceOf(state, order, match, bar, moment);
  options.commission.at?.(bar.closeTimeMs);
  // The account is judged at the price of the moment, not at the last close.
  ledger.lastPrice[instrument.index] = match.price;
  if (request.weightAtFill !== null) order.remaining = quantityAtFill(state, order, price, bar);
  if (order.remaining <= 0)
    return finish(state, order, "canceled", "at_target", "already at the wanted weight");
  const onOffer =
    bar.volumeLeft === Infinity
      ? order.remaining
      : Math.min(order.remaining, floorToStep(bar.volumeLeft, instrument.lotSize));
  if (request.timeInForce === "fok" && onOffer < order.remaining)
    return finish(state, order, "canceled", "not_at_once", "fok: not enough volume");
  const late = moment === "inside" ? state.late - state.lateBy[instrument.index]! : 0;
  const quantity = affordable(instrument, sign, onOffer, price, request.reduceOnly, ledger, options, late);
  if (quantity > 0) fill(state, order, quantity, price, match, bar, moment);
  if (quantity < onOffer && order.remaining > 0) endShort(state, order, quantity, onOffer);
}

/** Ends an order of which the account could not carry everything. */
function endShort(state: AccountState, order: WorkingOrder, quantity: number, onOffer: number): void {
  const { sign, request } = order;
  const isCrumb = quantity > onOffer * 0.999;
  const reason = isCrumb ? lastCrumbs : shortfallReason(sign, request.reduceOnly, state.options);
  const code = shortfallCode(sign, request.reduceOnly, state.options);
  // An order that only reduces and finds nothing left has done its part: nobody refused it.
  finish(state, order, order.filled > 0 || request.reduceOnly ? "canceled" : "rejected", code, reason);
}

/** The match price made worse by slippage for takers, then rounded to the tick against us. */
export function priceOf(
  state: AccountState,
  order: WorkingOrder,
  match: Match,
  bar: VenueBar,
  moment: Moment,
): number {
  if (match.liquidity === "maker") return match.price;
  const { tickSize } = state.market.instruments[order.request.instrument]!;
  const fraction = state.options.slippage.fraction(bar.bars!, bar.row, order.remaining, moment);
  const slipped = slippedPrice(match.price, order.sign, fraction, tickSize);
  // A limit is a promise: what slippage would take beyond it is not paid.
  if (order.terms.type !== "limit") return slipped;
  return order.sign === 1
    ? Math.min(slipped, order.terms.limitPrice)
    : Math.max(slipped, order.terms.limitPrice);
}

/** For orders that state a weight: what is missing to it at the fill price. Never more than the sign allows. */
function quantityAtFill(state: AccountState, order: WorkingOrder, price: number, bar: VenueBar): number {
  const { ledger, options } = state;
  const instrument = state.market.instruments[order.request.instrument]!;
  const weight = order.request.weightAtFill!;
  const rate =
    options.commission.rate(order.remaining, price * instrument.contractMultiplier) +
    options.slippage.rate(bar.bars!, bar.row - 1, order.remaining);
  const unit = ledger.unitValue(instrument.index, price) * (1 + rate);
  const target =
    Math.sign(weight) * floorToStep((Math.abs(weight) * ledger.equity()) / unit, instrument.lotSize);
  return Math.max(0, order.sign * (target - ledger.quantity[instrument.index]!));
}

/** Books a fill, tells of it, and lets everything follow that hangs on it. */
export function fill(
  state: AccountState,
  order: WorkingOrder,
  quantity: number,
  price: number,
  match: Match,
  bar: VenueBar,
  moment: Moment,
): void {
  const { request, sign } = order;
  const { ledger, options } = state;
  const index = request.instrument;
  const { contractMultiplier } = state.market.instruments[index]!;
  const before = ledger.quantity[index]!;
  const isReducing = sign * before < 0;
  if (before !== 0 && state.hasFinancing) {
    const isLate = moment === "inside" && isReducing;
    chargeInstrument(state, index, isLate ? bar.closeTimeMs : bar.openTimeMs, isLate);
  }
  const fill: Fill = {
    fillId: ++state.lastFillId,
    orderId: request.id,
    instrument: index,
    side: request.side,
    quantity,
    cumulativeQuantity: (order.filled += quantity),
    price,
    fee: options.commission.fee(quantity, quantity * price * contractMultiplier, match.liquidity),
    slippageCost: sign * (price - match.price) * quantity * contractMultiplier,
    liquidity: match.liquidity,
    isAssumed: order.isAssumed,
    timeMs: bar.closeTimeMs,
  };
  ledger.book(fill);
  options.commission.traded?.(quantity * ledger.unitValue(index, price));
  if (before === 0) state.chargedToMs[index] = Math.max(bar.openTimeMs, state.chargedToMs[index]!);
  if (moment === "inside") noteInside(state, index, quantity, before, isReducing, price);
  bar.volumeLeft -= quantity;
  order.remaining = order.remaining - quantity <= order.remaining * 1e-12 ? 0 : order.remaining - quantity;
  if (order.remaining === 0) order.state = waitsForMore(state, order) ? "sleeping" : "done";
  state.out.push({ kind: "filled", fill, isComplete: order.state === "done" });
  if (order.state === "done") answerTooLate(state, order);
  followFill(state, order, quantity, price, birthOf(order, moment));
}

/** What comes free inside a bar is remembered: nobody else may use it before the next open. */
function noteInside(
  state: AccountState,
  index: number,
  quantity: number,
  before: number,
  isReducing: boolean,
  price: number,
): void {
  state.hasFilledInside = true;
  const reduced = isReducing ? Math.min(quantity, Math.abs(before)) : 0;
  const value = reduced * state.ledger.unitValue(index, price);
  state.late += value;
  state.lateBy[index]! += value;
}

/** What has not reached the venue in time is refused: the order has filled before. */
function answerTooLate(state: AccountState, order: WorkingOrder): void {
  if (order.cancelAtMs < Infinity) refuse(state, "cancel_rejected", order);
  if (order.change !== null) refuse(state, "modify_rejected", order);
}

function refuse(state: AccountState, kind: "cancel_rejected" | "modify_rejected", order: WorkingOrder): void {
  state.out.push({
    kind,
    orderId: order.request.id,
    timeMs: state.timeMs,
    code: "already_over",
    reason: "the order has filled before",
  });
}

/** What the children of an order may take to have happened after its fill. */
function birthOf({ request }: WorkingOrder, moment: Moment): Birth {
  if (moment === "open") return "before";
  return isStop(request.terms) || request.terms.type === "market" ? "unproven" : "proven";
}

/** Says that an order was triggered, unless it fills whole at that very moment and says more by that. */
export function tellTriggered(state: AccountState, order: WorkingOrder, bar: VenueBar): void {
  if (order.terms.type === "market" && bar.volumeLeft >= order.remaining) return;
  state.out.push({ kind: "triggered", orderId: order.request.id, timeMs: state.timeMs });
}

/** Immediate orders take what they get at once. */
export function endImmediate(state: AccountState, order: WorkingOrder): void {
  const { timeInForce } = order.request;
  if (timeInForce === "ioc" || timeInForce === "fok")
    finish(state, order, "canceled", "not_at_once", `${timeInForce}: not filled at once`);
}

import { isStop } from "../domain/order.ts";
import type { MarketSlice } from "../domain/slice.ts";
import type { Moment } from "../ports/costs.ts";
import { finish, type AccountState } from "./account-state.ts";
import { disturb, noteCalmRange } from "./calm-range.ts";
import { fill, priceOf } from "./fill-order.ts";
import { liquidation } from "./liquidation.ts";
import { isReachedInside, triggerPrice } from "./match.ts";
import type { VenueBar } from "./venue-bar.ts";
import { canMatch, workingOrder, type WorkingOrder } from "./working-order.ts";

/**
 * Whether the account lives through the worst prices of the present bars, all of them at once. Where it does not, every
 * position is closed at the price at which equity falls below the maintenance margin: on the straight way from the
 * prices of the moment to the worst ones, so that positions of several instruments end at one moment. Once something
 * has filled inside the bars, the moment is that fill and no longer the open.
 */
export function callMarginInside(state: AccountState, moment: Moment): void {
  const { ledger, active, bars } = state;
  if (ledger.held.length === 0) return;
  const { lastPrice } = ledger;
  const filledAt = moment === "open" ? null : active.map((index) => lastPrice[index]!);
  for (let k = 0; k < active.length; k++) lastPrice[active[k]!] = worstPrice(state, active[k]!);
  const after = surplus(state);
  for (let k = 0; k < active.length; k++)
    lastPrice[active[k]!] = filledAt === null ? bars[active[k]!]!.open : filledAt[k]!;
  if (after >= 0) return;
  goToCall(state, after);
  for (const index of ledger.held.slice()) {
    withdrawEntries(state, index);
    if (active.includes(index)) liquidateNow(state, index, bars[index]!);
    else liquidateLater(state, index);
  }
}

/** Moves the prices from those of the moment towards the worst ones, until the margin is used up. `after` is the surplus at the end. */
function goToCall(state: AccountState, after: number): void {
  const { ledger, active } = state;
  const start = active.map((index) => ledger.lastPrice[index]!);
  const worst = active.map((index) => worstPrice(state, index));
  const surplusAt = (way: number): number => {
    active.forEach((index, k) => (ledger.lastPrice[index] = start[k]! + way * (worst[k]! - start[k]!)));
    return surplus(state);
  };
  const before = surplusAt(0);
  if (before <= 0) return;
  let way = before / (before - after);
  // Of a pair that is its own rate the loss grows faster than the price falls: the moment is halved down to.
  if (!ledger.isPlain) {
    let [alive, called] = [0, 1];
    for (let k = 0; k < 60; k++) {
      way = (alive + called) / 2;
      if (surplusAt(way) >= 0) alive = way;
      else called = way;
    }
  }
  surplusAt(way);
}

/**
 * Whether an account without orders is so far from a margin call that its bars need not be gone through. All that is
 * held must have a bar in the slice.
 */
export function isFarFromCall(state: AccountState, { count, instruments, rows }: MarketSlice): boolean {
  const { ledger, market } = state;
  let seen = 0;
  for (let k = 0; k < count; k++) {
    const index = instruments[k]!;
    const held = ledger.quantity[index]!;
    if (held === 0) continue;
    const { low, high } = market.bars[index]!;
    ledger.lastPrice[index] = held > 0 ? low[rows[k]!]! : high[rows[k]!]!;
    seen += 1;
  }
  return seen === ledger.held.length && surplus(state) >= 0;
}

/**
 * Of the rows `from` to `to - 1` of the only instrument, the first whose worst price may bring a margin call, or `to`.
 * The books are left at the close before `from`.
 */
export function uncalledUntil(state: AccountState, from: number, to: number): number {
  if (from === to) return to;
  const { ledger, market } = state;
  const { low, high, close } = market.bars[0]!;
  const isLong = ledger.quantity[0]! > 0;
  const worst = isLong ? low : high;
  let row = from;
  if (ledger.isPlain) {
    // Where no rate moves, whoever lives through the worst of the prices lives through all.
    let price = worst[from]!;
    for (let k = from + 1; k < to; k++)
      price = isLong ? Math.min(price, worst[k]!) : Math.max(price, worst[k]!);
    ledger.lastPrice[0] = price;
    if (surplus(state) > ledger.grossExposure() * 1e-9) row = to;
  }
  for (; row < to; row++) {
    // Its own rate, if it is one, goes with its price.
    ledger.lastPrice[0] = worst[row]!;
    if (!(surplus(state) >= 0)) break;
  }
  ledger.markAt(0, close[from - 1]!);
  return row;
}

/** Positions whose bars are not there yet are closed at their next open. The others have been through their bars. */
export function callMarginAtClose(state: AccountState): void {
  const { active, ledger } = state;
  if (ledger.held.length === 0) return;
  if (ledger.held.every((index) => active.includes(index)) || surplus(state) >= 0) return;
  for (const index of state.ledger.held) {
    withdrawEntries(state, index);
    liquidateLater(state, index);
  }
  sweepDone(state);
}

/** Equity beyond what the venue wants to see for what is held. */
function surplus({ ledger, options }: AccountState): number {
  return ledger.equity() - ledger.grossExposure() * options.maintenanceMargin;
}

/** The price of the bar that hurts a position most; a stop that the bar reaches before it ends the position earlier. */
function worstPrice(state: AccountState, index: number): number {
  const held = state.ledger.quantity[index]!;
  const bar = state.bars[index]!;
  if (held === 0) return state.ledger.lastPrice[index]!;
  const sign = held > 0 ? 1 : -1;
  let worst = sign > 0 ? bar.low : bar.high;
  for (const order of state.books[index]!) {
    if (!order.request.closePosition || !isStop(order.terms) || !canMatch(order, bar.openTimeMs)) continue;
    const price = triggerPrice(order);
    if (order.sign !== sign && isReachedInside(order, price, bar))
      worst = sign * Math.max(sign * worst, sign * price);
  }
  return worst;
}

/** Nothing new may open in an account that cannot carry what it has. */
function withdrawEntries(state: AccountState, index: number): void {
  for (const order of state.books[index]!) {
    if (!order.request.reduceOnly)
      finish(state, order, "canceled", "buying_power", "margin call: what opens is withdrawn");
  }
}

/** The venue takes over what is held, whatever the volume of the bar. */
function liquidateNow(state: AccountState, index: number, bar: VenueBar): void {
  const order = liquidationOf(state, index);
  if (!state.touched.includes(index)) state.touched.push(index);
  const match = { price: state.ledger.lastPrice[index]!, liquidity: "taker" } as const;
  state.books[index]!.push(order);
  state.openCount += 1;
  fill(state, order, order.remaining, priceOf(state, order, match, bar, "inside"), match, bar, "inside");
}

function liquidateLater(state: AccountState, index: number): void {
  if (state.books[index]!.some(({ request, state: now }) => request.id < 0 && now !== "done")) return;
  state.books[index]!.push(liquidationOf(state, index));
  state.openCount += 1;
  disturb(state, index);
}

function liquidationOf(state: AccountState, index: number): WorkingOrder {
  state.lastLiquidationId -= 1;
  const instrument = state.market.instruments[index]!;
  const quantity = state.ledger.quantity[index]!;
  const request = liquidation(state.lastLiquidationId, instrument, quantity, state.timeMs);
  return workingOrder(request, ++state.lastSequence, state.timeMs, 0);
}

function sweepDone(state: AccountState): void {
  for (let index = 0; index < state.books.length; index++) sweep(state, index);
}

/** Takes what is over off the book of an instrument. */
export function sweep(state: AccountState, index: number): void {
  const book = state.books[index]!;
  let kept = 0;
  for (let k = 0; k < book.length; k++) {
    const order = book[k]!;
    if (order.state !== "done") book[kept++] = order;
    else state.openCount -= 1;
  }
  // To set the length would give the room back, and the next order would ask for it again.
  while (book.length > kept) book.pop();
  noteCalmRange(state, index);
}

import { empty } from "../base/empty.ts";
import { finish, type AccountState } from "./account-state.ts";
import { isCalm } from "./calm-range.ts";
import { applyChange } from "./change-order.ts";
import { endImmediate, tellTriggered, tryFill } from "./fill-order.ts";
import { runInside } from "./inside-bar.ts";
import { callMarginInside, sweep } from "./margin-call.ts";
import { isReachedAtOpen, matchAtOpen } from "./match.ts";
import type { MarketSlice } from "../domain/slice.ts";
import type { VenueBar } from "./venue-bar.ts";
import { canMatch, type WorkingOrder } from "./working-order.ts";

/**
 * Takes the account through the bars of a slice: first the opens of all instruments, then what happens inside, so that
 * what comes free later in a bar never pays for an open.
 */
export function runSlice(state: AccountState, slice: MarketSlice): void {
  const { touched, books, options } = state;
  loadBars(state, slice);
  for (let k = 0; k < touched.length; k++) {
    const book = books[touched[k]!]!;
    for (let n = 0; n < book.length; n++) beforeBar(state, book[n]!, state.bars[touched[k]!]!);
  }
  runOpens(state);
  if (options.accountKind === "margin") callMarginInside(state, "open");
  if (touched.length > 1) sortByAge(state);
  for (let k = 0; k < touched.length; k++) if (hasOpen(books[touched[k]!]!)) runInside(state, touched[k]!);
  if (state.hasFilledInside && options.accountKind === "margin") callMarginInside(state, "inside");
  for (let k = 0; k < touched.length; k++) sweep(state, touched[k]!);
}

function hasOpen(book: readonly WorkingOrder[]): boolean {
  for (let k = 0; k < book.length; k++) if (book[k]!.state !== "done") return true;
  return false;
}

/** Notes which instruments of the slice matter, which orders it may touch, and values what is held at the opens. */
function loadBars(state: AccountState, slice: MarketSlice): void {
  const { active, touched, books, bars, ledger, options, market } = state;
  const isMargin = options.accountKind === "margin";
  empty(active);
  empty(touched);
  state.hasFilledInside = false;
  if (state.late !== 0) {
    state.late = 0;
    state.lateBy.fill(0);
  }
  const { count, instruments, rows } = slice;
  for (let k = 0; k < count; k++) {
    const index = instruments[k]!;
    if (books[index]!.length === 0 && ledger.quantity[index] === 0) continue;
    const row = rows[k]!;
    const table = market.bars[index]!;
    ledger.lastPrice[index] = table.open[row]!;
    const isTouched = !isCalm(state, index, row);
    if (isTouched) touched.push(index);
    else if (!isMargin) continue;
    // A margin call looks at the bars of all that is held.
    active.push(index);
    const quotes = options.halfSpreads?.[index];
    bars[index]!.load(table, row, state.barLengthsMs[index]!, options.volumeShareMax, quotes);
  }
}

/** Instruments come in the order of their oldest orders, so that nothing hangs on how they are numbered or named. */
function sortByAge({ touched, books }: AccountState): void {
  const age = (index: number): number => books[index]![0]?.sequence ?? Infinity;
  // Infinity less Infinity is no number, which sorts as equal.
  touched.sort((a, b) => age(a) - age(b));
}

/** Cancels what has been canceled before the bar, expires what has run out. */
function beforeBar(state: AccountState, order: WorkingOrder, bar: VenueBar): void {
  const { request } = order;
  if (order.changeAtMs <= bar.openTimeMs) applyChange(state, order);
  if (order.cancelAtMs <= bar.openTimeMs)
    finish(state, order, "canceled", "on_request", "canceled on request");
  else if (request.timeInForce === "gtd" && bar.closeTimeMs > request.expireTimeMs)
    finish(state, order, "expired", "date_passed", "good till date has passed");
  else if (request.timeInForce === "day") checkDay(state, order, bar.closeTimeMs);
}

/** A day order lives through the first trading day in which it meets a bar. */
function checkDay(state: AccountState, order: WorkingOrder, timeMs: number): void {
  const session = state.calendars[order.request.instrument]!.sessionOf(timeMs);
  if (!order.isResting) order.session = Math.max(order.session, session);
  else if (session > order.session)
    finish(state, order, "expired", "session_ended", "end of the trading day");
}

/**
 * The opens: what reduces a position first, because it makes room; then what opens, in the order in which it was sent;
 * then what protects a position that has just been opened or enlarged, so that a stop that was gapped through closes
 * all of it.
 */
function runOpens(state: AccountState): void {
  const { touched, books, bars, due } = state;
  empty(due);
  for (let k = 0; k < touched.length; k++) {
    const bar = bars[touched[k]!]!;
    const book = books[touched[k]!]!;
    for (let n = 0; n < book.length; n++) {
      const order = book[n]!;
      if (canMatch(order, bar.openTimeMs) && isReachedAtOpen(order, bar)) due.push(order);
    }
  }
  fillOpens(state);
  for (let k = 0; k < touched.length; k++) {
    const book = books[touched[k]!]!;
    for (let n = 0; n < book.length; n++)
      if (canMatch(book[n]!, bars[touched[k]!]!.openTimeMs)) endImmediate(state, book[n]!);
  }
}

function fillOpens(state: AccountState): void {
  const { due, books, bars, touched } = state;
  if (due.length > 1 && touched.length > 1) due.sort((a, b) => a.sequence - b.sequence);
  for (let k = 0; k < due.length; k++) if (reducesFirst(state, due[k]!)) tryOpen(state, due[k]!);
  let isLate = false;
  for (let k = 0; k < due.length; k++) {
    if (due[k]!.request.reduceOnly) isLate ||= due[k]!.state === "working";
    else if (due[k]!.state === "working") {
      tryOpen(state, due[k]!);
      isLate = true;
    }
  }
  if (!isLate) return;
  for (let k = 0; k < touched.length; k++) {
    const book = books[touched[k]!]!;
    const bar = bars[touched[k]!]!;
    for (let n = 0; n < book.length; n++) {
      const order = book[n]!;
      if (order.request.reduceOnly && canMatch(order, bar.openTimeMs) && isReachedAtOpen(order, bar))
        tryOpen(state, order);
    }
  }
}

/** Whether an order makes room at this open. What protects a position waits for what is added to it. */
function reducesFirst(state: AccountState, order: WorkingOrder): boolean {
  const { request, sign } = order;
  const held = state.ledger.quantity[request.instrument]!;
  if (sign * held >= 0) return false;
  if (!request.reduceOnly) return false;
  return !request.closePosition || !isAddedTo(state.due, order);
}

/** Whether one of the orders adds to the position that an order protects. */
function isAddedTo(due: readonly WorkingOrder[], { request, sign }: WorkingOrder): boolean {
  return due.some(
    (other) =>
      other.request.instrument === request.instrument && !other.request.reduceOnly && other.sign !== sign,
  );
}

function tryOpen(state: AccountState, order: WorkingOrder): void {
  if (order.state !== "working") return;
  const bar = state.bars[order.request.instrument]!;
  const { terms } = order;
  const match = matchAtOpen(order, bar);
  if (order.terms !== terms) tellTriggered(state, order, bar);
  if (match !== null) tryFill(state, order, match, bar, "open");
}

/** Ends and changes what time alone ends and changes: the instruments that have no bar in this slice. */
export function runTimers(state: AccountState): void {
  if (!state.hasTimers) return;
  const { timeMs } = state;
  state.hasTimers = false;
  for (let index = 0; index < state.books.length; index++) {
    const book = state.books[index]!;
    if (book.length === 0) continue;
    for (let n = 0; n < book.length; n++) runTimer(state, book[n]!, timeMs);
    sweep(state, index);
    state.hasTimers ||= book.some(hasTimer);
  }
}

function runTimer(state: AccountState, order: WorkingOrder, timeMs: number): void {
  const { request } = order;
  if (order.state === "done" || !hasTimer(order)) return;
  if (order.changeAtMs <= timeMs) applyChange(state, order);
  if (order.cancelAtMs <= timeMs) finish(state, order, "canceled", "on_request", "canceled on request");
  else if (request.timeInForce === "gtd" && timeMs > request.expireTimeMs)
    finish(state, order, "expired", "date_passed", "good till date has passed");
  else if (request.timeInForce === "day" && order.isResting) checkDay(state, order, timeMs);
}

/** Whether an order has something ahead of it that only time brings. */
export function hasTimer({ request, cancelAtMs, changeAtMs }: WorkingOrder): boolean {
  const { timeInForce } = request;
  return timeInForce === "gtd" || timeInForce === "day" || cancelAtMs < Infinity || changeAtMs < Infinity;
}

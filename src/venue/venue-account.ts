import { empty } from "../base/empty.ts";
import type { Calendar } from "../domain/calendar/calendar.ts";
import type { Ledger } from "../domain/ledger.ts";
import type { ExecutionReport, OrderId, OrderRequest, VenueCode } from "../domain/order.ts";
import type { MarketSlice } from "../domain/slice.ts";
import type { Market } from "../ports/market.ts";
import { accountState, finish, isParentAlive, orderIn, see, type AccountState } from "./account-state.ts";
import { calmUntil, disturb } from "./calm-range.ts";
import { applyChange, changeRefusal, refuseChange } from "./change-order.ts";
import { orderFault, type Refusal } from "./check-order.ts";
import { chargeHeld } from "./financing.ts";
import { callMarginAtClose, isFarFromCall, sweep, uncalledUntil } from "./margin-call.ts";
import type { Letter } from "./letter.ts";
import { bestSoFar } from "./order-links.ts";
import { hasTimer, runSlice, runTimers } from "./run-slice.ts";
import { splitOrders } from "./split-orders.ts";
import { hasFunding, type VenueOptions } from "./venue-options.ts";
import { workingOrder, type WorkingOrder } from "./working-order.ts";

/** What a venue answers at once. `underway`: the message needs time, and the answer comes with the reports. */
export type VenueAnswer =
  | { readonly kind: "accepted" | "underway" }
  | ({ readonly kind: "rejected" } & Refusal);

const accepted: VenueAnswer = { kind: "accepted" };
const underway: VenueAnswer = { kind: "underway" };
const nothing: readonly ExecutionReport[] = [];

/**
 * One account at the venue, as a state machine: orders in, answers at once, reports with the bars. It knows nothing of
 * who sends, and takes any order that a venue would take. What happens inside a bar follows docs/reference/fills.md.
 */
export class VenueAccount {
  private readonly state: AccountState;
  private readonly reports: ExecutionReport[] = [];
  /** Said since the last `advance`, which hands it over. */
  private readonly answers: ExecutionReport[] = [];
  private readonly mail: Letter[] = [];
  /** The row after the last bar of the only instrument that was shown; 0 before the first. */
  private nextRow = 0;

  constructor(market: Market, calendars: readonly Calendar[], ledger: Ledger, options: VenueOptions) {
    this.state = accountState(market, calendars, ledger, options);
    this.state.out = this.answers;
  }

  /** The venue's own books of the account. */
  get ledger(): Ledger {
    return this.state.ledger;
  }

  /** As `Broker` says. A long position without funding costs nothing to hold. */
  quietUntil(from: number, to: number): number {
    const { state, mail } = this;
    const { ledger, hasFinancing, options } = state;
    if (this.hasAnswers || mail.length > 0 || state.books.length > 1) return from;
    const isHeld = ledger.held.length > 0;
    if (isHeld && hasFinancing && !(!hasFunding(options) && ledger.quantity[0]! > 0)) return from;
    const row = state.openCount === 0 ? to : calmUntil(state, from, to);
    return isHeld && options.accountKind === "margin" ? uncalledUntil(state, from, row) : row;
  }

  /** Whether a cancel or a change is through, or something was refused, since the last slice. */
  get hasAnswers(): boolean {
    return this.answers.length > 0;
  }

  /** Takes in an order, or says why not. */
  submit(order: OrderRequest): VenueAnswer {
    const { latencyMs } = this.state.options;
    if (latencyMs === 0) return this.receive(order, order.requestedMs);
    return this.post({ kind: "submit", order, atMs: order.requestedMs + latencyMs });
  }

  /** Takes an order off. */
  cancel(orderId: OrderId): VenueAnswer {
    const { latencyMs } = this.state.options;
    if (latencyMs > 0) return this.post({ kind: "cancel", orderId, atMs: this.state.timeMs + latencyMs });
    const order = this.find(orderId);
    if (order === null) return this.refuse("cancel_rejected", orderId);
    if (order.terms.type === "trailing_stop_market" && order.state === "working")
      this.state.lastTrail = { order, timeMs: this.state.timeMs };
    finish(this.state, order, "canceled", "on_request", "canceled on request");
    sweep(this.state, order.request.instrument);
    return accepted;
  }

  /** Gives an order that works other prices or another quantity: `order` is the whole of it under its old number. */
  modify(order: OrderRequest): VenueAnswer {
    const { latencyMs } = this.state.options;
    if (latencyMs > 0) return this.post({ kind: "modify", order, atMs: this.state.timeMs + latencyMs });
    return this.change(order, -Infinity);
  }

  /** Whether an order for an instrument works, sleeps or is on its way. */
  hasOrders(index: number): boolean {
    const isAbout = (letter: Letter) => letter.kind === "submit" && letter.order.instrument === index;
    return this.state.books[index]!.length > 0 || this.mail.some(isAbout);
  }

  /** Brings the orders of an instrument into the new shares of a split that the books have already. */
  split(index: number, ratio: number): void {
    splitOrders(this.state, this.mail, index, ratio);
  }

  /** Everything up to and including `slice`, in order. The array is reused: read it before the next call. */
  advance(slice: MarketSlice): readonly ExecutionReport[] {
    const { state, answers, mail, reports } = this;
    const { ledger, market } = state;
    state.timeMs = slice.timeMs;
    if (state.books.length === 1 && slice.count === 1) this.passTo(slice.rows[0]!);
    const isQuiet = state.openCount === 0 && answers.length === 0 && mail.length === 0;
    if (isQuiet && ledger.held.length === 0) {
      ledger.mark(slice, market.bars);
      return nothing;
    }
    empty(reports);
    if (answers.length > 0) {
      reports.push(...answers);
      empty(answers);
    }
    state.out = reports;
    this.deliver();
    const isMargin = state.options.accountKind === "margin" && ledger.held.length > 0;
    const isCalm = state.openCount === 0 && (!isMargin || isFarFromCall(state, slice));
    if (!isCalm) {
      runSlice(state, slice);
      runTimers(state);
    }
    ledger.markPrices(slice, market.bars);
    if (state.hasFinancing) chargeHeld(state, slice.timeMs);
    ledger.markRates(slice);
    if (!isCalm && state.options.accountKind === "margin") callMarginAtClose(state);
    state.out = answers;
    return reports;
  }

  /** Rates are those of the close before, whether that bar was shown or not. */
  private passTo(row: number): void {
    const { ledger, market } = this.state;
    if (row > this.nextRow && this.nextRow > 0) ledger.markAt(0, market.bars[0]!.close[row - 1]!);
    this.nextRow = row + 1;
  }

  private post(letter: Letter): VenueAnswer {
    this.mail.push(letter);
    return underway;
  }

  /** Hands over what has arrived by now. Letters keep their order. */
  private deliver(): void {
    const { mail, state } = this;
    let kept = 0;
    for (const letter of mail) {
      if (letter.atMs > state.timeMs) mail[kept++] = letter;
      else if (letter.kind === "submit") this.receive(letter.order, letter.atMs);
      else if (letter.kind === "modify") this.change(letter.order, letter.atMs);
      else this.cancelFrom(letter.orderId, letter.atMs);
    }
    mail.length = kept;
  }

  private receive(order: OrderRequest, atMs: number): VenueAnswer {
    const { state } = this;
    const fault = this.faultOf(order);
    if (fault !== null) {
      // A doubled message is answered to whoever sent it; a report would speak of the order that has the number.
      if (fault.code !== "doubled_id")
        state.out.push({
          kind: "rejected",
          orderId: order.id,
          timeMs: Math.max(atMs, state.timeMs),
          cumulativeQuantity: 0,
          ...fault,
        });
      return { kind: "rejected", ...fault };
    }
    const isDay = order.timeInForce === "day";
    const session = isDay ? state.calendars[order.instrument]!.sessionOf(order.requestedMs + 1) : 0;
    const working = workingOrder(order, ++state.lastSequence, atMs, session);
    working.trailBest = bestSoFar(state, working);
    if (order.closePosition && !isParentAlive(state, working)) {
      working.state = "working";
      working.remaining = Math.abs(state.ledger.quantity[order.instrument]!);
    }
    state.books[order.instrument]!.push(working);
    see(state, order.id);
    state.openCount += 1;
    disturb(state, order.instrument);
    state.hasTimers ||= hasTimer(working);
    return accepted;
  }

  private faultOf(order: OrderRequest): Refusal | null {
    const { state } = this;
    if (!(order.id > 0) || !Number.isInteger(order.id))
      return { code: "bad_number", reason: "orders are numbered from 1 on" };
    if (state.seen[order.id] === 1) return { code: "doubled_id", reason: "this number has been used" };
    const instrument = state.market.instruments[order.instrument];
    const fault = orderFault(order, instrument, state.ledger.lastPrice[order.instrument] ?? Number.NaN);
    if (fault !== null) return fault;
    if (order.parentId !== null && !order.closePosition) {
      if (state.seen[order.parentId] !== 1)
        return { code: "unknown_order", reason: "its parent is not known" };
      if (orderIn(state.books[order.instrument]!, order.parentId) === null)
        return { code: "parent_ended", reason: "its parent is over" };
    }
    return this.isRuined(order) ? { code: "buying_power", reason: "the account owes money" } : null;
  }

  /** An account without equity may close what it has and open nothing. */
  private isRuined(order: OrderRequest): boolean {
    if (order.reduceOnly || this.state.options.accountKind === "cash") return false;
    return this.state.ledger.equity() <= 0;
  }

  private change(order: OrderRequest, atMs: number): VenueAnswer {
    const { state } = this;
    const working = this.find(order.id);
    if (working === null) return this.refuse("modify_rejected", order.id);
    const instrument = state.market.instruments[working.request.instrument];
    const refusal =
      orderFault(order, instrument, state.ledger.lastPrice[working.request.instrument]!) ??
      changeRefusal(working, order);
    if (refusal !== null) {
      refuseChange(state, order, refusal);
      return { kind: "rejected", ...refusal };
    }
    working.change = order;
    disturb(state, working.request.instrument);
    working.changeAtMs = atMs;
    if (atMs === -Infinity) {
      applyChange(state, working);
      sweep(state, working.request.instrument);
    } else state.hasTimers = true;
    return accepted;
  }

  private cancelFrom(orderId: OrderId, atMs: number): void {
    const order = this.find(orderId);
    if (order === null) this.refuse("cancel_rejected", orderId);
    else {
      order.cancelAtMs = Math.min(order.cancelAtMs, atMs);
      disturb(this.state, order.request.instrument);
      this.state.hasTimers = true;
    }
  }

  private find(orderId: OrderId): WorkingOrder | null {
    for (const book of this.state.books) {
      const found = book.length === 0 ? null : orderIn(book, orderId);
      if (found !== null) return found;
    }
    return null;
  }

  private refuse(kind: "cancel_rejected" | "modify_rejected", orderId: OrderId): VenueAnswer {
    const isKnown = this.state.seen[orderId] === 1;
    const code: VenueCode = isKnown ? "already_over" : "unknown_order";
    const reason = isKnown ? "the order is over" : "no such order";
    this.state.out.push({ kind, orderId, timeMs: this.state.timeMs, code, reason });
    return { kind: "rejected", code, reason };
  }
}

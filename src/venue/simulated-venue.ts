import { empty } from "../base/empty.ts";
import { removeFrom } from "../base/remove-from.ts";
import { floorToStep } from "../base/numbers.ts";
import { timeframeMs } from "../domain/timeframe.ts";
import type { Calendar } from "../domain/calendar/calendar.ts";
import type { Instrument } from "../domain/instrument.ts";
import type { Ledger } from "../domain/ledger.ts";
import type { ApprovedOrder, ExecutionReport, Fill, VenueCode } from "../domain/order.ts";
import type { MarketSlice } from "../domain/slice.ts";
import type { Broker } from "../ports/broker.ts";
import type { Market } from "../ports/market.ts";
import { affordable, shortfallCode, shortfallReason } from "./affordable.ts";
import { VenueBar } from "./venue-bar.ts";
import { chargeFinancing } from "./financing.ts";
import { matchAtOpen, matchInside, type Match } from "./match.ts";
import { liquidation } from "./liquidation.ts";
import { bestSoFar, followPosition, shrinkSiblings, wakeChildren } from "./order-links.ts";
import { slippedPrice } from "./slipped-price.ts";
import type { VenueOptions } from "./venue-options.ts";
import { isStop, workingOrder, type WorkingOrder } from "./working-order.ts";

const nothing: readonly ExecutionReport[] = [];

/**
 * A trading venue as a state machine: orders in, reports out, one account. It knows nothing of who sends the
 * orders. The order of events inside a bar is the pessimistic one of docs/reference/fills.md.
 */
export class SimulatedVenue implements Broker {
  /** The venue's own books; ours are kept elsewhere and must agree. */
  readonly ledger: Ledger;
  private readonly market: Market;
  private readonly calendars: readonly Calendar[];
  private readonly options: VenueOptions;
  private readonly books: WorkingOrder[][];
  /** Time of the last slice that an instrument's orders have been through. */
  private readonly lastRun: Float64Array;
  private readonly reports: ExecutionReport[] = [];
  /** Said since the last `advance`, which hands it over. */
  private readonly answers: ExecutionReport[] = [];
  private readonly bar = new VenueBar();
  private readonly barLengthsMs: readonly number[];
  private readonly hasFinancing: boolean;
  private openCount = 0;
  private lastFillId = 0;
  private lastChargeId = 0;
  private readonly nextChargeId = () => (this.lastChargeId += 1);
  private lastLiquidationId = 0;
  private timeMs = Number.NaN;

  constructor(market: Market, calendars: readonly Calendar[], ledger: Ledger, options: VenueOptions) {
    this.market = market;
    this.calendars = calendars;
    this.ledger = ledger;
    this.options = options;
    this.books = market.instruments.map(() => []);
    this.lastRun = new Float64Array(market.instruments.length).fill(Number.NaN);
    this.barLengthsMs = market.bars.map((bars) => timeframeMs(bars.timeframe));
    // A cash account is never short, so it borrows nothing.
    const borrows = options.accountKind === "margin" && options.borrowRate !== 0;
    this.hasFinancing = borrows || options.fundingRate !== 0;
  }

  get isIdle(): boolean {
    if (this.openCount > 0 || this.answers.length > 0) return false;
    return this.ledger.held.length === 0 || (!this.hasFinancing && this.options.accountKind === "cash");
  }

  submit(order: ApprovedOrder): void {
    const isDay = order.timeInForce === "day";
    const session = isDay ? this.calendars[order.instrument]!.sessionOf(order.requestedMs + 1) : 0;
    const working = workingOrder(order, order.requestedMs + this.options.latencyMs, session);
    working.trailBest = bestSoFar(this.books[order.instrument]!, working, this.ledger);
    if (order.closePosition && order.parentId === null)
      working.remaining = Math.abs(this.ledger.quantity[order.instrument]!);
    this.books[order.instrument]!.push(working);
    this.openCount += 1;
  }

  cancel(order: ApprovedOrder): void {
    const working = this.workingOrderOf(order);
    if (working === undefined) return this.refuse("cancel_rejected", order);
    if (this.options.latencyMs > 0) working.cancelAtMs = this.timeMs + this.options.latencyMs;
    else {
      this.finish(working, "canceled", "on_request", "canceled on request", this.answers);
      this.sweep(order.instrument);
    }
  }

  modify(order: ApprovedOrder): void {
    const working = this.workingOrderOf(order);
    if (working === undefined) return this.refuse("modify_rejected", order);
    const { id, terms, quantity } = order;
    working.remaining += quantity - working.request.quantity;
    working.request = order;
    working.terms = terms;
    this.answers.push({ kind: "modified", orderId: id, timeMs: this.timeMs, terms, quantity });
  }

  get hasAnswers(): boolean {
    return this.answers.length > 0;
  }

  private workingOrderOf({ instrument, id }: ApprovedOrder): WorkingOrder | undefined {
    return this.books[instrument]!.find(({ request, state }) => request.id === id && state !== "done");
  }

  private refuse(kind: "cancel_rejected" | "modify_rejected", { id }: ApprovedOrder): void {
    this.answers.push({
      kind,
      orderId: id,
      timeMs: this.timeMs,
      code: "already_over",
      reason: "the order is over",
    });
  }

  advance(slice: MarketSlice): readonly ExecutionReport[] {
    const previousMs = this.timeMs;
    this.timeMs = slice.timeMs;
    if (this.openCount === 0 && this.ledger.held.length === 0 && this.answers.length === 0) {
      this.ledger.mark(slice, this.market.bars);
      return nothing;
    }
    empty(this.reports);
    if (this.answers.length > 0) {
      this.reports.push(...this.answers);
      empty(this.answers);
    }
    if (this.openCount > 0) {
      // Symbols that are being sold come first, so that a rotation has the money for what it buys.
      for (let k = 0; k < slice.count; k++) this.runBook(slice, k, true);
      for (let k = 0; k < slice.count; k++) this.runBook(slice, k, false);
    }
    this.ledger.mark(slice, this.market.bars);
    if (this.ledger.held.length > 0) {
      if (this.hasFinancing)
        chargeFinancing(this.ledger, this.options, previousMs, slice.timeMs, this.nextChargeId, this.reports);
      if (this.options.accountKind === "margin") this.checkMargin(slice.timeMs);
    }
    return this.reports;
  }

  private runBook(slice: MarketSlice, k: number, isReducing: boolean): void {
    const index = slice.instruments[k]!;
    const book = this.books[index]!;
    if (book.length === 0 || this.lastRun[index] === slice.timeMs) return;
    if (isReducing && !book.some(({ request, terms }) => request.reduceOnly && terms.type === "market"))
      return;
    this.lastRun[index] = slice.timeMs;
    this.runBar(index, slice.rows[k]!);
  }

  /** Takes the orders of one instrument through one bar. */
  private runBar(index: number, row: number): void {
    const book = this.books[index]!;
    const { bar } = this;
    bar.load(this.market.bars[index]!, row, this.barLengthsMs[index]!, this.options.volumeShareMax);
    for (const order of book) this.beforeBar(order, bar);
    // The open comes first, for whoever waits for it; a parent filled here wakes its children for the bar.
    for (const order of book) if (canMatch(order, bar.openTimeMs)) this.tryMatch(order, matchAtOpen, "open");
    for (const order of book) if (canMatch(order, bar.openTimeMs)) this.endImmediate(order);
    if (book.some(isOpen)) this.runInside(book, bar, index);
    this.sweep(index);
  }

  /** Between the open and the close: stops before targets, and stops of what was opened in this very bar last. */
  private runInside(book: readonly WorkingOrder[], bar: VenueBar, index: number): void {
    for (const order of book) {
      if (!canMatch(order, bar.closeTimeMs) || !isStop(order.terms)) continue;
      this.tryMatch(order, matchInside, "inside");
    }
    for (const order of book) {
      if (!canMatch(order, bar.openTimeMs) || isStop(order.terms)) continue;
      this.tryMatch(order, matchInside, "inside");
    }
    for (const order of book) {
      if (order.isNewborn && isStop(order.terms)) this.tryMatch(order, matchInside, "inside");
    }
    for (const order of book) this.tryLate(order, bar);
    for (const order of book) this.afterBar(order, bar, index);
  }

  /** Cancels what has been canceled, expires what has run out. */
  private beforeBar(order: WorkingOrder, bar: VenueBar): void {
    const { request } = order;
    if (order.cancelAtMs <= bar.openTimeMs)
      this.finish(order, "canceled", "on_request", "canceled on request");
    else if (request.timeInForce === "gtd" && bar.closeTimeMs > request.expireTimeMs)
      this.finish(order, "expired", "date_passed", "good till date has passed");
    else if (request.timeInForce === "day" && order.isResting && this.sessionOf(order, bar) > order.session)
      this.finish(order, "expired", "session_ended", "end of the trading day");
  }

  /** Orders that became active inside the bar: a market order pays the move it may have missed. */
  private tryLate(order: WorkingOrder, bar: VenueBar): void {
    if (order.state !== "working" || order.terms.type !== "market") return;
    if (order.activeFromMs <= bar.openTimeMs || order.activeFromMs >= bar.closeTimeMs) {
      if (order.isNewborn) this.tryFill(order, { price: bar.close, liquidity: "taker" }, bar, "inside");
      return;
    }
    const passed = (order.activeFromMs - bar.openTimeMs) / (bar.closeTimeMs - bar.openTimeMs);
    const extreme = order.sign === 1 ? bar.high : bar.low;
    this.tryFill(
      order,
      { price: bar.open + (extreme - bar.open) * passed, liquidity: "taker" },
      bar,
      "inside",
    );
  }

  /** Says once that an order works; one that ended in its first bar has said more by then. */
  private accept(order: WorkingOrder): void {
    if (order.isAccepted || order.state === "done") return;
    order.isAccepted = true;
    this.reports.push({ kind: "accepted", orderId: order.request.id, timeMs: order.activeFromMs });
  }

  /** Immediate orders take what they get at once. */
  private endImmediate(order: WorkingOrder): void {
    const { timeInForce } = order.request;
    if (timeInForce === "ioc" || timeInForce === "fok")
      this.finish(order, "canceled", "not_at_once", `${timeInForce}: not filled at once`);
  }

  /** Immediate orders end with their first bar; everything else rests, and what lost its purpose goes. */
  private afterBar(order: WorkingOrder, bar: VenueBar, index: number): void {
    if (order.state === "done") return;
    const { request } = order;
    if (order.cancelAtMs <= bar.closeTimeMs)
      this.finish(order, "canceled", "on_request", "canceled on request");
    else if (order.state === "sleeping") return;
    else if (order.activeFromMs < bar.closeTimeMs) {
      this.accept(order);
      this.endImmediate(order);
      if (request.reduceOnly && this.ledger.quantity[index] === 0)
        this.finish(order, "canceled", "position_closed", "no position left to reduce");
      order.isResting = true;
      order.isNewborn = false;
    }
  }

  /** Asks the bar for a price; an order whose trigger was reached says so, whether it fills or waits as a limit. */
  private tryMatch(order: WorkingOrder, match: typeof matchAtOpen, phase: "open" | "inside"): void {
    const { terms } = order;
    const found = match(order, this.bar);
    if (order.terms !== terms) {
      this.reports.push({ kind: "triggered", orderId: order.request.id, timeMs: this.timeMs });
    }
    this.tryFill(order, found, this.bar, phase);
  }

  private tryFill(order: WorkingOrder, match: Match | null, bar: VenueBar, phase: "open" | "inside"): void {
    if (match === null || order.state !== "working") return;
    const { request, sign } = order;
    if (request.postOnly && match.liquidity === "taker") {
      return this.finish(order, "canceled", "would_take", "post-only: would take liquidity");
    }
    const instrument = this.instrument(order);
    const price = this.priceOf(order, match, bar);
    // The account is judged at the price of the moment, not at the last close.
    this.ledger.lastPrice[instrument.index] = match.price;
    if (request.weightAtFill !== null) order.remaining = this.quantityAtFill(order, price, bar);
    if (order.remaining <= 0)
      return this.finish(order, "canceled", "at_target", "already at the wanted weight");
    const onOffer = bar.volumeLeft === Infinity ? order.remaining : this.onOffer(order, bar);
    if (request.timeInForce === "fok" && onOffer < order.remaining) {
      return this.finish(order, "canceled", "not_at_once", "fok: not enough volume");
    }
    const quantity = affordable(
      instrument,
      sign,
      onOffer,
      price,
      request.reduceOnly,
      this.ledger,
      this.options,
    );
    if (quantity > 0) this.fill(order, quantity, price, match, bar, phase);
    if (quantity < onOffer && order.remaining > 0) {
      const isCrumb = quantity > onOffer * 0.999;
      const reason = isCrumb
        ? "the last crumbs did not fit the account"
        : shortfallReason(sign, request.reduceOnly, this.options);
      this.finish(
        order,
        quantity > 0 ? "canceled" : "rejected",
        shortfallCode(sign, request.reduceOnly, this.options),
        reason,
      );
    }
  }

  /** What the bar's volume still offers of what is wanted, in whole lots. */
  private onOffer(order: WorkingOrder, bar: VenueBar): number {
    return Math.min(order.remaining, floorToStep(bar.volumeLeft, this.instrument(order).lotSize));
  }

  /** The match price made worse by slippage for takers, then rounded to the tick against us. */
  private priceOf(order: WorkingOrder, match: Match, bar: VenueBar): number {
    if (match.liquidity === "maker") return match.price;
    const fraction = this.options.slippage.fraction(bar.bars!, bar.row, order.remaining);
    const slipped = slippedPrice(match.price, order.sign, fraction, this.instrument(order).tickSize);
    // A limit is a promise: what slippage would take beyond it is not paid.
    if (order.terms.type !== "limit") return slipped;
    return order.sign === 1
      ? Math.min(slipped, order.terms.limitPrice)
      : Math.max(slipped, order.terms.limitPrice);
  }

  /** For orders that state a weight: what is missing to it at the fill price. Never more than the sign allows. */
  private quantityAtFill(order: WorkingOrder, price: number, bar: VenueBar): number {
    const instrument = this.instrument(order);
    const weight = order.request.weightAtFill!;
    const rate =
      this.options.commission.rate(order.remaining, price * instrument.contractMultiplier) +
      this.options.slippage.rate(bar.bars!, bar.row - 1, order.remaining);
    const unit = this.ledger.unitValue(instrument.index, price) * (1 + rate);
    const target =
      Math.sign(weight) * floorToStep((Math.abs(weight) * this.ledger.equity()) / unit, instrument.lotSize);
    return Math.max(0, order.sign * (target - this.ledger.quantity[instrument.index]!));
  }

  private fill(
    order: WorkingOrder,
    quantity: number,
    price: number,
    match: Match,
    bar: VenueBar,
    phase: "open" | "inside",
  ): void {
    const { request, sign } = order;
    const instrument = this.instrument(order);
    const notional = quantity * price * instrument.contractMultiplier;
    const fill: Fill = {
      fillId: ++this.lastFillId,
      orderId: request.id,
      instrument: request.instrument,
      side: request.side,
      quantity,
      cumulativeQuantity: (order.filled += quantity),
      price,
      fee: this.options.commission.fee(quantity, notional, match.liquidity),
      slippageCost: sign * (price - match.price) * quantity * instrument.contractMultiplier,
      liquidity: match.liquidity,
      timeMs: bar.closeTimeMs,
    };
    this.ledger.book(fill);
    bar.volumeLeft -= quantity;
    order.remaining = order.remaining - quantity <= order.remaining * 1e-12 ? 0 : order.remaining - quantity;
    this.reports.push({ kind: "filled", fill, isComplete: order.remaining === 0 });
    if (order.remaining === 0) order.state = "done";
    const book = this.books[instrument.index]!;
    wakeChildren(book, order, quantity, price, phase === "inside", this.ledger);
    for (const sibling of shrinkSiblings(book, order, quantity)) {
      this.finish(sibling, "canceled", "sibling_filled", "its sibling filled");
    }
    for (const orphan of followPosition(book, this.ledger)) {
      this.finish(orphan, "canceled", "position_closed", "no position left to close");
    }
  }

  private finish(
    order: WorkingOrder,
    kind: "canceled" | "rejected" | "expired",
    code: VenueCode,
    reason: string,
    reports = this.reports,
  ): void {
    if (order.state === "done") return;
    order.state = "done";
    reports.push({
      kind,
      orderId: order.request.id,
      timeMs: this.timeMs,
      cumulativeQuantity: order.filled,
      code,
      reason,
    });
    // Children of an order that never filled have nothing to protect.
    for (const child of this.books[order.request.instrument]!) {
      if (child.request.parentId === order.request.id && child.state === "sleeping")
        this.finish(child, "canceled", "parent_ended", "its parent did not fill", reports);
    }
  }

  private sweep(index: number): void {
    const book = this.books[index]!;
    for (let k = book.length - 1; k >= 0; k--) {
      const order = book[k]!;
      if (order.state !== "done") continue;
      removeFrom(book, order);
      this.openCount -= 1;
    }
  }

  /** Too little equity for what is held: every position is closed by the venue at the next open. */
  private checkMargin(timeMs: number): void {
    const gross = this.ledger.grossExposure();
    if (this.ledger.equity() >= gross * this.options.maintenanceMargin) return;
    for (const index of this.ledger.held) {
      if (this.books[index]!.some((order) => order.request.id < 0)) continue;
      const quantity = this.ledger.quantity[index]!;
      this.lastLiquidationId -= 1;
      this.submit(liquidation(this.lastLiquidationId, this.market.instruments[index]!, quantity, timeMs));
    }
  }

  private sessionOf(order: WorkingOrder, bar: VenueBar): number {
    return this.calendars[order.request.instrument]!.sessionOf(bar.closeTimeMs);
  }

  private instrument(order: WorkingOrder): Instrument {
    return this.market.instruments[order.request.instrument]!;
  }
}

function isOpen(order: WorkingOrder): boolean {
  return order.state !== "done";
}

/** Whether an order takes part: awake, active by `timeMs`, and not born in the middle of this very bar. */
function canMatch(order: WorkingOrder, timeMs: number): boolean {
  return order.state === "working" && order.activeFromMs <= timeMs && !order.isNewborn;
}

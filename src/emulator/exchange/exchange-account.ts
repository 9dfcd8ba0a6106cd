import type { ExecutionReport, Fill, OrderId, OrderRequest, OrderTerms } from "../../domain/order.ts";
import type { VenueAccount } from "../../venue/venue-account.ts";
import type { AccountOptions } from "./account-options.ts";
import { accountSummary, type AccountSummary } from "./account-summary.ts";
import { ticketFault } from "./check-ticket.ts";
import type { AccountView, ExchangeView } from "./exchange-views.ts";
import {
  isOver,
  newOrder,
  notWorking,
  orderTicket,
  type ExchangeAnswer,
  type ExchangeEvent,
  type ExchangeFill,
  type ExchangeOrder,
  type ExchangePosition,
  type Leg,
  type OrderTicket,
} from "./exchange-types.ts";
import { markTriggered, triggeredTerms } from "./mark-triggers.ts";
import { OrderStore } from "./order-store.ts";
import { bookedByHand, bustOf, fillRecord, keptOfPurchase } from "./booked-by-hand.ts";
import { venueRequest } from "./venue-request.ts";

/** What an account needs of the exchange around it. */
export type AccountTools = {
  readonly nextId: () => string;
  readonly tell: (event: ExchangeEvent) => void;
};

/** What of an order can be changed. */
export type OrderChange = { readonly quantity?: number; readonly terms?: OrderTerms };

const noRows = new Int32Array(0);

/** One account at the exchange: its orders by name, their whole history, its fills, positions and money. */
export class ExchangeAccount implements AccountView {
  readonly options: AccountOptions;
  readonly orders = new OrderStore();
  readonly fills: ExchangeFill[] = [];
  /** As the account holder, or somebody before us, has set them. */
  positionMode: "one-way" | "hedge";
  private readonly leverageBySymbol: Map<string, number>;
  private readonly exchange: ExchangeView;
  private readonly venue: VenueAccount;
  private readonly tools: AccountTools;
  private readonly touchedMs = new Map<number, number>();
  private readonly doomed = new Map<string, string>();
  private lastNumber = 0;

  constructor(exchange: ExchangeView, venue: VenueAccount, options: AccountOptions, tools: AccountTools) {
    this.exchange = exchange;
    this.venue = venue;
    this.options = options;
    this.tools = tools;
    this.positionMode = options.positionMode;
    this.leverageBySymbol = new Map(Object.entries(options.leverageBySymbol));
    for (const { symbol, leg, quantity, price } of options.holdings)
      venue.ledger.book(
        bookedByHand(exchange.instrumentIndex(symbol, leg), quantity, price, 0, exchange.timeMs),
      );
  }

  /** Takes in an order, or says why not. Refused orders leave no trace but their answer. */
  submit(ticket: OrderTicket): ExchangeAnswer {
    const { exchange, orders } = this;
    const fault = ticketFault(ticket, this, exchange, this.venue.ledger);
    if (fault !== null) return { kind: "rejected", ...fault };
    const order = this.record(ticket, "accepted");
    if (markTriggered(ticket, exchange)) {
      orders.add(order, null);
      this.tellOrder(order);
      return { kind: "accepted", order };
    }
    const number = ++this.lastNumber as OrderId;
    const answer = this.venue.submit(this.requestOf(ticket, number));
    if (answer.kind === "rejected") {
      this.flush();
      return { kind: "rejected", code: answer.code, reason: answer.reason };
    }
    orders.add(order, number);
    this.tellOrder(order);
    this.flush();
    return { kind: "accepted", order: orders.byId(order.venueOrderId)! };
  }

  /** Takes an order off. */
  cancel(venueOrderId: string): ExchangeAnswer {
    const { orders } = this;
    const order = orders.byId(venueOrderId);
    if (order === null || isOver(order)) return notWorking(order);
    const number = orders.numberOf(venueOrderId);
    if (number === null) {
      this.change(order, { status: "canceled", code: "on_request", reason: "canceled on request" });
      return { kind: "accepted", order: orders.byId(venueOrderId)! };
    }
    const answer = this.venue.cancel(number);
    if (answer.kind === "underway") this.change(order, { status: "cancel_pending" });
    this.flush();
    if (answer.kind === "rejected") return { kind: "rejected", code: answer.code, reason: answer.reason };
    return { kind: "accepted", order: orders.byId(venueOrderId)! };
  }

  /** Gives an order other prices or another quantity under its own name. */
  modify(venueOrderId: string, change: OrderChange): ExchangeAnswer {
    const { orders } = this;
    const order = orders.byId(venueOrderId);
    if (order === null || isOver(order)) return notWorking(order);
    const number = orders.numberOf(venueOrderId);
    const wanted = { ...order, ...change };
    if (number === null) {
      this.change(order, { quantity: wanted.quantity, terms: wanted.terms });
      return { kind: "accepted", order: orders.byId(venueOrderId)! };
    }
    const answer = this.venue.modify(this.requestOf(wanted, number));
    if (answer.kind === "underway") this.change(order, { status: "replace_pending" });
    this.flush();
    if (answer.kind === "rejected") return { kind: "rejected", code: answer.code, reason: answer.reason };
    return { kind: "accepted", order: orders.byId(venueOrderId)! };
  }

  /** Changes an order by putting one of another name in its place, as venues do that never change an order. */
  replace(venueOrderId: string, change: OrderChange, clientOrderId: string | null): ExchangeAnswer {
    const { orders, exchange } = this;
    if (clientOrderId !== null && orders.byClientId(clientOrderId) !== null)
      return { kind: "rejected", code: "doubled_id", reason: "client order id must be unique" };
    const answer = this.modify(venueOrderId, change);
    if (answer.kind === "rejected") return answer;
    const old = answer.order;
    const number = orders.numberOf(venueOrderId);
    const next: ExchangeOrder = {
      ...this.record({ ...old, clientOrderId }, old.status),
      quantity: old.quantity,
      filledQuantity: old.filledQuantity,
      filledValue: old.filledValue,
      feePaid: old.feePaid,
      replaces: venueOrderId,
    };
    orders.add(next, number);
    this.change(old, {
      status: "canceled",
      code: "on_request",
      reason: "replaced",
      replacedBy: next.venueOrderId,
      updatedMs: exchange.timeMs,
    });
    for (const child of orders.open())
      if (child.parentId === venueOrderId) orders.update({ ...child, parentId: next.venueOrderId });
    this.tellOrder(next);
    return { kind: "accepted", order: next };
  }

  /** Adds words of a face to an order; nobody is told. */
  label(venueOrderId: string, labels: Readonly<Record<string, string>>): void {
    const order = this.orders.byId(venueOrderId);
    if (order !== null) this.orders.update({ ...order, labels: { ...order.labels, ...labels } });
  }

  /** How many times its money a position in a symbol may be. */
  leverageOf(symbol: string): number {
    return this.leverageBySymbol.get(symbol) ?? this.options.venue.leverage;
  }

  setLeverage(symbol: string, leverage: number): void {
    this.leverageBySymbol.set(symbol, leverage);
  }

  setPositionMode(mode: "one-way" | "hedge"): void {
    this.positionMode = mode;
  }

  /** Signed quantity held of a leg. */
  heldOf(symbol: string, leg: Leg): number {
    return this.venue.ledger.quantity[this.exchange.instrumentIndex(symbol, leg)]!;
  }

  /** What is held, legs apart. */
  positions(): readonly ExchangePosition[] {
    return this.venue.ledger.held
      .map((index) => this.positionAt(index))
      .sort((a, b) => (a.symbol < b.symbol ? -1 : 1));
  }

  /** One leg, held or not. */
  position(symbol: string, leg: Leg): ExchangePosition {
    return this.positionAt(this.exchange.instrumentIndex(symbol, leg));
  }

  /** Money, and what may be done with it. */
  summary(): AccountSummary {
    return accountSummary(this, this.exchange, this.venue.ledger);
  }

  /** Something done by hand, past every bot: an order without a name. */
  tradeByHand(symbol: string, side: OrderTicket["side"], quantity: number, leg: Leg = "net"): ExchangeAnswer {
    return this.submit(orderTicket({ symbol, side, quantity, leg }));
  }

  /** Takes back a fill that should never have been: the venue's books undo it, and everybody is told. */
  bust(fillId: string): void {
    const fill = this.fills.find((other) => other.fillId === fillId);
    const order = fill === undefined ? null : this.orders.byId(fill.venueOrderId);
    if (fill === undefined || order === null) return;
    const instrument = this.exchange.instrumentIndex(fill.symbol, fill.leg);
    const undone = bustOf(fill, this.exchange.listing(fill.symbol)!, instrument, this.exchange.timeMs);
    this.venue.ledger.book(undone);
    this.tools.tell({ kind: "bust", accountKey: this.options.key, fill, order });
  }

  /** Writes a change of an order down and tells of it; what the venue does is not asked. */
  change(order: ExchangeOrder, change: Partial<ExchangeOrder>): void {
    const changed = { ...order, updatedMs: this.exchange.timeMs, ...change };
    this.orders.update(changed);
    this.tellOrder(changed);
  }

  /** An order that was taken is going to be rejected when the market moves next. */
  rejectLater(venueOrderId: string, reason: string): void {
    this.doomed.set(venueOrderId, reason);
  }

  /** Rejects what is due. */
  rejectDoomed(): void {
    if (this.doomed.size === 0) return;
    for (const [id, reason] of this.doomed) {
      const number = this.orders.numberOf(id);
      if (number !== null) this.venue.cancel(number);
      this.orders.unbind(id);
      const order = this.orders.byId(id)!;
      if (!isOver(order)) this.change(order, { status: "rejected", code: "other", reason });
    }
    this.doomed.clear();
    this.flush();
  }

  /** A cancel that was taken is never done: the order lives on, and says that it is going. */
  holdCancel(venueOrderId: string): void {
    const order = this.orders.byId(venueOrderId);
    if (order !== null && !isOver(order)) this.change(order, { status: "cancel_pending" });
  }

  /** Takes in what the venue reports. */
  hear(reports: readonly ExecutionReport[]): void {
    for (const report of reports) this.hearOne(report);
  }

  /** Orders that a mark price triggers go to the venue once it has. */
  checkMarkTriggers(): void {
    for (const order of this.orders.open()) {
      if (this.orders.numberOf(order.venueOrderId) !== null) continue;
      const terms = triggeredTerms(order, this.exchange);
      if (terms === null) continue;
      const number = ++this.lastNumber as OrderId;
      this.orders.bind(order.venueOrderId, number);
      this.change(order, { status: "triggered" });
      const answer = this.venue.submit(this.requestOf({ ...order, terms }, number));
      if (answer.kind === "rejected")
        this.change(this.orders.byId(order.venueOrderId)!, {
          status: "rejected",
          code: answer.code,
          reason: answer.reason,
        });
    }
  }

  private hearOne(report: ExecutionReport): void {
    if (report.kind === "filled") return this.hearFill(report.fill, report.isComplete);
    if (report.kind === "charged") {
      const { instrument, kind, amount, timeMs } = report.charge;
      const symbol = this.exchange.symbolAt(instrument);
      const accountKey = this.options.key;
      return this.tools.tell({ kind: "charge", accountKey, symbol, chargeKind: kind, amount, timeMs });
    }
    const order = this.orders.byNumber(report.orderId);
    if (order === null) return;
    switch (report.kind) {
      case "accepted":
        return;
      case "triggered":
        return this.change(order, { status: "triggered" });
      case "modified":
        return this.change(order, {
          quantity: report.quantity,
          terms: report.terms,
          status: order.filledQuantity > 0 ? "partially_filled" : "accepted",
        });
      case "cancel_rejected":
      case "modify_rejected": {
        const { kind, reason } = report;
        if (!isOver(order))
          this.change(order, { status: order.filledQuantity > 0 ? "partially_filled" : "accepted" });
        this.tools.tell({
          kind,
          accountKey: this.options.key,
          order: this.orders.byId(order.venueOrderId)!,
          reason,
        });
        return;
      }
      default:
        return this.change(order, { status: report.kind, code: report.code, reason: report.reason });
    }
  }

  private hearFill(fill: Fill, isComplete: boolean): void {
    const { exchange, fills, options } = this;
    const symbol = exchange.symbolAt(fill.instrument);
    const order = this.orders.byNumber(fill.orderId) ?? this.ownOrder(fill);
    this.touchedMs.set(fill.instrument, fill.timeMs);
    const listing = exchange.listing(symbol)!;
    const kept = keptOfPurchase(fill, listing);
    // The venue took the fee as money: as much of what was bought is given back for it.
    if (kept > 0)
      this.venue.ledger.book(bookedByHand(fill.instrument, -kept, fill.price, 0, exchange.timeMs));
    const told: ExchangeFill = {
      ...fillRecord(fill, order, listing, kept),
      fillId: this.tools.nextId(),
      sequence: fills.length + 1,
      positionAfter: this.venue.ledger.quantity[fill.instrument]!,
    };
    fills.push(told);
    const changed: ExchangeOrder = {
      ...order,
      filledQuantity: order.filledQuantity + fill.quantity,
      filledValue: order.filledValue + fill.quantity * fill.price,
      feePaid: order.feePaid + told.fee,
      // An order that follows its position says how large it was when it is over.
      quantity: isComplete && order.closePosition ? order.filledQuantity + fill.quantity : order.quantity,
      status: isComplete ? "filled" : "partially_filled",
      updatedMs: fill.timeMs,
    };
    this.orders.update(changed);
    this.tools.tell({ kind: "fill", accountKey: options.key, fill: told, order: changed });
    this.tellOrder(changed);
  }

  /** The venue closes positions by orders of its own: they get a place among ours. */
  private ownOrder(fill: Fill): ExchangeOrder {
    const symbol = this.exchange.symbolAt(fill.instrument);
    const isShort = this.exchange.isShortLeg(fill.instrument);
    const ticket = orderTicket({
      symbol,
      leg: this.legName(isShort),
      side: fill.side,
      quantity: fill.quantity,
      timeInForce: "ioc",
      reduceOnly: true,
      labels: { createdBy: "liquidation" },
    });
    const order = this.record(ticket, "accepted");
    this.orders.add(order, fill.orderId);
    return order;
  }

  private legName(isShort: boolean): Leg {
    if (isShort) return "short";
    return this.positionMode === "hedge" ? "long" : "net";
  }

  private record(ticket: OrderTicket, status: ExchangeOrder["status"]): ExchangeOrder {
    return newOrder(ticket, status, this.tools.nextId(), this.orders.count + 1, this.exchange.timeMs);
  }

  private requestOf(ticket: OrderTicket, id: OrderId): OrderRequest {
    const { exchange, orders } = this;
    const parent = ticket.parentId === null ? null : orders.numberOf(ticket.parentId);
    const instrument = exchange.instrumentIndex(ticket.symbol, ticket.leg);
    return venueRequest(ticket, id, instrument, parent, exchange.timeMs);
  }

  /** Lets the venue say what it has not said yet, without letting time pass. */
  private flush(): void {
    if (!this.venue.hasAnswers) return;
    const timeMs = this.exchange.timeMs;
    this.hear([...this.venue.advance({ timeMs, count: 0, instruments: noRows, rows: noRows })]);
  }

  private tellOrder(order: ExchangeOrder): void {
    this.tools.tell({ kind: "order", accountKey: this.options.key, order });
  }

  private positionAt(index: number): ExchangePosition {
    const { exchange } = this;
    const { ledger } = this.venue;
    const symbol = exchange.symbolAt(index);
    return {
      symbol,
      leg: this.legName(exchange.isShortLeg(index)),
      quantity: ledger.quantity[index]!,
      averagePrice: ledger.averagePrice[index]!,
      lastPrice: exchange.lastPrice(symbol),
      markPrice: exchange.markPrice(symbol),
      worth: ledger.held.includes(index) ? ledger.worth(index) : 0,
      realizedPnl: ledger.realizedBy[index]!,
      feesPaid: ledger.feesBy[index]!,
      updatedMs: this.touchedMs.get(index) ?? 0,
    };
  }
}

import { floorToStep, roundToTick } from "../base/numbers.ts";
import type { Calendar } from "../domain/calendar/calendar.ts";
import type { CorporateAction } from "../domain/corporate-action.ts";
import type { Instrument } from "../domain/instrument.ts";
import type { Ledger } from "../domain/ledger.ts";
import type { ApprovedOrder, Charge, ExecutionReport, OrderId, OrderTerms } from "../domain/order.ts";
import type { MarketSlice } from "../domain/slice.ts";
import type { Broker } from "../ports/broker.ts";

/** What the desk must know of one instrument. */
export type ActionsOf = {
  readonly instrument: Instrument;
  readonly calendar: Calendar;
  /** Oldest first. */
  readonly actions: readonly CorporateAction[];
};

/**
 * A venue in front of which splits and dividends happen: before the first bar of an ex-date is traded, whoever held at the
 * close before gets the new shares and the cash, and a short pays the dividend. Fractions of a lot are paid out. Stops and
 * targets of the position go on at the new prices; every other waiting order of the symbol is withdrawn.
 */
export class ActionsDesk implements Broker {
  private readonly inner: Broker;
  private readonly ledger: Ledger;
  /** By instrument; undefined where nothing ever happens. */
  private readonly subjects: readonly (ActionsOf | undefined)[];
  private readonly next: Int32Array;
  private readonly open = new Map<OrderId, ApprovedOrder>();
  /** Orders that this desk has changed: the answer is not for whoever sent them. */
  private readonly changed = new Set<OrderId>();
  private remaining = 0;
  private lastChargeId = 0;
  private readonly reports: ExecutionReport[] = [];

  constructor(inner: Broker, ledger: Ledger, subjects: readonly (ActionsOf | undefined)[]) {
    this.inner = inner;
    this.ledger = ledger;
    this.subjects = subjects;
    this.next = new Int32Array(subjects.length);
    for (const subject of subjects) this.remaining += subject?.actions.length ?? 0;
  }

  quietUntil(from: number, to: number): number {
    // Every bar may be an ex-date as long as one is to come.
    return this.remaining === 0 ? this.inner.quietUntil(from, to) : from;
  }

  get hasAnswers(): boolean {
    return this.inner.hasAnswers;
  }

  submit(order: ApprovedOrder): void {
    this.remember(order);
    this.inner.submit(order);
  }

  cancel(order: ApprovedOrder): void {
    this.inner.cancel(order);
  }

  modify(order: ApprovedOrder): void {
    this.remember(order);
    this.inner.modify(order);
  }

  advance(slice: MarketSlice): readonly ExecutionReport[] {
    const { reports } = this;
    reports.length = 0;
    for (let k = 0; k < slice.count; k++) this.act(slice.instruments[k]!, slice.timeMs, slice.rows[k]!);
    for (const report of this.inner.advance(slice)) this.pass(report);
    return reports;
  }

  private remember(order: ApprovedOrder): void {
    if (this.subjects[order.instrument] !== undefined) this.open.set(order.id, order);
  }

  /** Hands a report on; charges are counted anew, for the desk has some of its own. */
  private pass(report: ExecutionReport): void {
    if (report.kind === "charged") return this.charge(report.charge);
    const isAnswer = report.kind === "modified" || report.kind === "modify_rejected";
    if (isAnswer && this.changed.delete(report.orderId)) return;
    const isEnd =
      report.kind === "canceled" ||
      report.kind === "rejected" ||
      report.kind === "expired" ||
      (report.kind === "filled" && report.isComplete);
    if (isEnd) this.open.delete(report.kind === "filled" ? report.fill.orderId : report.orderId);
    this.reports.push(report);
  }

  private charge(charge: Omit<Charge, "chargeId">): void {
    this.lastChargeId += 1;
    this.reports.push({ kind: "charged", charge: { ...charge, chargeId: this.lastChargeId } });
  }

  private act(index: number, timeMs: number, row: number): void {
    const subject = this.subjects[index];
    if (subject === undefined || this.next[index]! >= subject.actions.length) return;
    const session = subject.calendar.sessionOf(timeMs);
    for (let k = this.next[index]!; k < subject.actions.length && subject.actions[k]!.day <= session; k++) {
      this.next[index] = k + 1;
      this.remaining -= 1;
      // What happened before the first bar is in its price already.
      if (row > 0) this.apply(subject, subject.actions[k]!, timeMs);
    }
  }

  private apply(subject: ActionsOf, action: CorporateAction, timeMs: number): void {
    const { index, contractMultiplier, lotSize, tickSize } = subject.instrument;
    const held = this.ledger.quantity[index]!;
    if (action.kind === "dividend") {
      if (held !== 0)
        this.book({ kind: "dividend", amount: -held * action.amount * contractMultiplier }, index, timeMs);
      return;
    }
    const { ratio } = action;
    const orders = [...this.open.values()].filter(({ instrument }) => instrument === index);
    // Whoever waits for a price must hear of it as well: what was wanted was counted in old shares.
    if (held !== 0 || orders.length > 0) {
      const exact = held * ratio;
      // One share of which a tenth is left stays a tenth: there is no whole lot to keep.
      const quantityAfter = Math.sign(exact) * floorToStep(Math.abs(exact), lotSize) || exact;
      const price = this.ledger.lastPrice[index]! / ratio;
      const amount = exact === quantityAfter ? 0 : -(exact - quantityAfter) * price * contractMultiplier;
      this.book({ kind: "split", amount, split: { ratio, quantityAfter, tickSize } }, index, timeMs);
    }
    this.adjustOrders(orders, ratio, tickSize);
  }

  private book(
    charge: Pick<Charge, "kind" | "amount" | "split">,
    index: Instrument["index"],
    timeMs: number,
  ): void {
    const whole = { ...charge, instrument: index, timeMs };
    this.ledger.charge({ ...whole, chargeId: 0 });
    this.charge(whole);
  }

  private adjustOrders(orders: readonly ApprovedOrder[], ratio: number, tickSize: number): void {
    const isTrailing = orders.some(({ terms }) => terms.type === "trailing_stop_market");
    for (const order of orders) {
      // A trail follows a best price of old shares: it is placed anew.
      const isAsleep = order.parentId !== null && this.open.has(order.parentId);
      if (!order.closePosition || isAsleep || isTrailing) this.inner.cancel(order);
      else {
        this.changed.add(order.id);
        const adjusted = {
          ...order,
          terms: atNewPrices(order.terms, ratio, tickSize),
          quantity: order.quantity * ratio,
        };
        this.open.set(order.id, adjusted);
        this.inner.modify(adjusted);
      }
    }
  }
}

/** The terms of an order in the prices after a split. */
function atNewPrices(terms: OrderTerms, ratio: number, tickSize: number): OrderTerms {
  const scaled = Object.entries(terms).map(([name, value]) => [
    name,
    name.endsWith("Price") ? roundToTick((value as number) / ratio, tickSize) : value,
  ]);
  return Object.fromEntries(scaled) as OrderTerms;
}

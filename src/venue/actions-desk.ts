import { floorToStep } from "../base/numbers.ts";
import type { Calendar } from "../domain/calendar/calendar.ts";
import type { CorporateAction } from "../domain/corporate-action.ts";
import type { Instrument } from "../domain/instrument.ts";
import type { Ledger } from "../domain/ledger.ts";
import type { ApprovedOrder, Charge, ExecutionReport } from "../domain/order.ts";
import type { MarketSlice } from "../domain/slice.ts";
import type { Broker } from "../ports/broker.ts";
import type { SimulatedBroker } from "./simulated-broker.ts";

/** What the desk must know of one instrument. */
export type ActionsOf = {
  readonly instrument: Instrument;
  readonly calendar: Calendar;
  /** Oldest first. */
  readonly actions: readonly CorporateAction[];
};

/**
 * A venue in front of which splits and dividends happen: before the first bar of an ex-date is traded, whoever held at the
 * close before gets the new shares and the cash, and a short pays the dividend. Fractions of a lot are paid out. `venue`,
 * which may stand behind other desks, brings its orders into the new shares.
 */
export class ActionsDesk implements Broker {
  private readonly inner: Broker;
  private readonly venue: Pick<SimulatedBroker, "hasOrders" | "split">;
  private readonly ledger: Ledger;
  /** By instrument; undefined where nothing ever happens. */
  private readonly subjects: readonly (ActionsOf | undefined)[];
  private readonly next: Int32Array;
  private remaining = 0;
  private lastChargeId = 0;
  private readonly reports: ExecutionReport[] = [];

  constructor(
    inner: Broker,
    venue: Pick<SimulatedBroker, "hasOrders" | "split">,
    ledger: Ledger,
    subjects: readonly (ActionsOf | undefined)[],
  ) {
    this.inner = inner;
    this.venue = venue;
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
    this.inner.submit(order);
  }

  cancel(order: ApprovedOrder): void {
    this.inner.cancel(order);
  }

  modify(order: ApprovedOrder): void {
    this.inner.modify(order);
  }

  advance(slice: MarketSlice): readonly ExecutionReport[] {
    const { reports } = this;
    reports.length = 0;
    for (let k = 0; k < slice.count; k++) this.act(slice.instruments[k]!, slice.timeMs, slice.rows[k]!);
    // Charges are counted anew, for the desk has some of its own.
    for (const report of this.inner.advance(slice)) {
      if (report.kind === "charged") this.charge(report.charge);
      else reports.push(report);
    }
    return reports;
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
    // Whoever waits for a price must hear of it as well: what was wanted was counted in old shares.
    if (held !== 0 || this.venue.hasOrders(index)) {
      const exact = held * ratio;
      // One share of which a tenth is left stays a tenth: there is no whole lot to keep.
      const quantityAfter = Math.sign(exact) * floorToStep(Math.abs(exact), lotSize) || exact;
      const price = this.ledger.lastPrice[index]! / ratio;
      const amount = exact === quantityAfter ? 0 : -(exact - quantityAfter) * price * contractMultiplier;
      this.book({ kind: "split", amount, split: { ratio, quantityAfter, tickSize } }, index, timeMs);
    }
    this.venue.split(index, ratio);
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
}

import { dayMs } from "../src/base/time.ts";
import type { Bars } from "../src/domain/bars.ts";
import type { CorporateAction } from "../src/domain/corporate-action.ts";
import {
  signOf,
  type ApprovedOrder,
  type Charge,
  type ExecutionReport,
  type Fill,
} from "../src/domain/order.ts";
import type { MarketSlice } from "../src/domain/slice.ts";
import type { Broker } from "../src/ports/broker.ts";

/** What an auditor holds the venue to. */
export type AuditRules = {
  readonly bars: readonly Bars[];
  readonly cash: number;
  readonly isCash: boolean;
  /** Of the value of what a margin account holds, the share that must be its own. */
  readonly maintenanceMargin: number;
  readonly volumeShareMax: number;
  readonly lotSize: number;
  /** Days count from 1970-01-01, in a market that never closes. */
  readonly actions: readonly CorporateAction[];
};

type Sent = { order: ApprovedOrder; most: number; filled: number };

/**
 * Stands before a venue and keeps books of its own: from what is told of fills and charges, and from what it knows of bars
 * and of companies. No rule of it is shared with what it watches. What is wrong is said in words.
 */
export class AuditedBroker implements Broker {
  cash: number;
  readonly held: Float64Array;
  readonly close: Float64Array;
  readonly wrongs: string[] = [];
  /** What is not in profits, fees and costs of holding: dividends and splits, and what the fractions had cost. */
  unexplained = 0;
  /** How often each of what can go wrong came up. */
  readonly seen = { calls: 0, parts: 0, splits: 0, reversals: 0, shortDividends: 0, feesAboveCash: 0 };
  readonly venue: Broker;
  private readonly rules: AuditRules;
  private readonly average: Float64Array;
  private readonly sent = new Map<number, Sent>();
  private dayBefore = Infinity;

  constructor(venue: Broker, rules: AuditRules) {
    this.venue = venue;
    this.rules = rules;
    this.cash = rules.cash;
    [this.held, this.close, this.average] = [0, 1, 2].map(() => new Float64Array(rules.bars.length)) as [
      Float64Array,
      Float64Array,
      Float64Array,
    ];
  }

  get hasAnswers(): boolean {
    return this.venue.hasAnswers;
  }

  submit(order: ApprovedOrder): void {
    this.sent.set(order.id, { order, most: order.quantity, filled: 0 });
    this.venue.submit(order);
  }

  cancel(order: ApprovedOrder): void {
    this.venue.cancel(order);
  }

  modify(order: ApprovedOrder): void {
    const sent = this.sent.get(order.id)!;
    sent.most = Math.max(sent.most, order.quantity);
    this.venue.modify(order);
  }

  quietUntil(from: number, to: number): number {
    return this.venue.quietUntil(from, to);
  }

  advance(slice: MarketSlice): readonly ExecutionReport[] {
    const due = this.actionsUntil(slice);
    const reports = this.venue.advance(slice);
    const { bars, volumeShareMax } = this.rules;
    const traded = new Float64Array(bars.length);
    let costs = 0;
    for (const report of reports) {
      if (report.kind === "filled") this.book(report.fill, traded);
      else if (report.kind === "charged") costs += this.charge(report.charge, due);
    }
    for (const action of due) this.say(`${action.kind} of ${action.symbol} did not happen`);
    for (let k = 0; k < slice.count; k++) {
      const [index, row] = [slice.instruments[k]!, slice.rows[k]!];
      this.close[index] = bars[index]!.close[row]!;
      if (traded[index]! > bars[index]!.volume[row]! * volumeShareMax + 1e-9)
        this.say(`${traded[index]} were traded of ${bars[index]!.volume[row]}`);
    }
    if (slice.count > 0) this.lookAtMargin(costs);
    return reports;
  }

  get equity(): number {
    return this.held.reduce((sum, quantity, k) => sum + quantity * this.close[k]!, this.cash);
  }

  /** What companies do before the first bar of a slice that matters to somebody who holds. */
  private actionsUntil({ timeMs, count }: MarketSlice): CorporateAction[] {
    if (count === 0) return [];
    const day = Math.floor((timeMs - 1) / dayMs);
    const from = this.dayBefore;
    this.dayBefore = day;
    return this.rules.actions.filter(
      (action) => action.day > from && action.day <= day && this.held[this.indexOf(action)] !== 0,
    );
  }

  private indexOf({ symbol }: CorporateAction): number {
    return this.rules.bars.findIndex((bars) => bars.symbol === symbol);
  }

  private book({ instrument: k, orderId, side, quantity, price, fee }: Fill, traded: Float64Array): void {
    const { isCash } = this.rules;
    const signed = signOf(side) * quantity;
    const before = this.held[k]!;
    const after = Math.abs(before + signed) < 1e-9 ? 0 : before + signed;
    if (after * before < 0) this.seen.reversals += 1;
    if (before * signed >= 0) this.average[k] = (before * this.average[k]! + signed * price) / after;
    else if (after * before < 0) this.average[k] = price;
    if (fee > this.cash - signed * price) this.seen.feesAboveCash += 1;
    this.held[k] = after;
    this.cash -= signed * price + fee;
    if (isCash && after < 0) this.say(`a cash account is short by ${-after}`);
    if (isCash && signed > 0 && this.cash < -1e-6) this.say(`a purchase left cash of ${this.cash}`);
    if (orderId < 0) {
      this.seen.calls += 1;
      if (after !== 0) this.say(`a margin call left ${after}`);
      return;
    }
    traded[k]! += quantity;
    const sent = this.sent.get(orderId)!;
    sent.filled += quantity;
    const { closePosition, reduceOnly, weightAtFill } = sent.order;
    if (sent.filled < sent.most - 1e-9) this.seen.parts += 1;
    if (!closePosition && weightAtFill === null && sent.filled > sent.most + 1e-9)
      this.say(`order ${orderId} of ${sent.most} has ${sent.filled} filled`);
    if ((closePosition || reduceOnly) && (before * signed >= 0 || after * before < 0))
      this.say(`an exit made ${before} into ${after}`);
  }

  /** Books what is charged and returns it where it is a cost of holding. */
  private charge({ kind, instrument: k, amount, split }: Charge, due: CorporateAction[]): number {
    this.cash -= amount;
    if (kind !== "dividend" && kind !== "split") return Math.max(0, amount);
    this.unexplained -= amount;
    const { symbol } = this.rules.bars[k]!;
    const at = due.findIndex((action) => action.symbol === symbol && action.kind === kind);
    const [action] = at < 0 ? [] : due.splice(at, 1);
    // Of one who holds nothing only the orders are brought into new shares.
    if (action === undefined) {
      if (this.held[k] !== 0 || amount !== 0) this.say(`a ${kind} of ${symbol} that nobody made`);
      return 0;
    }
    if (action.kind === "dividend") {
      this.expect("the dividend", amount, -this.held[k]! * action.amount);
      if (amount > 0) this.seen.shortDividends += 1;
      return 0;
    }
    this.seen.splits += 1;
    const exact = this.held[k]! * action.ratio;
    const fraction = exact - split!.quantityAfter;
    this.close[k]! /= action.ratio;
    this.average[k]! /= action.ratio;
    this.held[k] = split!.quantityAfter;
    if (Math.abs(fraction) > this.rules.lotSize || fraction * exact < -1e-9)
      this.say(`${exact} new shares became ${split!.quantityAfter}`);
    this.expect("what is paid for fractions", amount, -fraction * this.close[k]!);
    this.unexplained -= fraction * this.average[k]!;
    for (const sent of this.sent.values())
      if (sent.order.instrument === k) {
        sent.most = Math.max(sent.most, sent.most * action.ratio);
        sent.filled = Math.min(sent.filled, sent.filled * action.ratio);
      }
    return 0;
  }

  /** Whoever holds something at a close has lived through the worst price of the bar, but for what it was charged since. */
  private lookAtMargin(costs: number): void {
    const { isCash, maintenanceMargin } = this.rules;
    if (isCash) return;
    const gross = this.held.reduce((sum, quantity, k) => sum + Math.abs(quantity) * this.close[k]!, 0);
    const surplus = this.equity - gross * maintenanceMargin;
    if (gross > 0 && surplus < -costs - gross * 1e-9) this.say(`lives with a surplus of ${surplus}`);
  }

  private expect(what: string, is: number, wanted: number): void {
    if (Math.abs(is - wanted) > 1e-9 * (1 + Math.abs(wanted))) this.say(`${what} is ${is} and not ${wanted}`);
  }

  private say(what: string): void {
    this.wrongs.push(what);
  }
}

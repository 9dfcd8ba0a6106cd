import { empty } from "../../base/empty.ts";
import { floorToStep } from "../../base/numbers.ts";
import { BarsUntil } from "../bars-until.ts";
import type { Market } from "../../ports/market.ts";
import type { Instrument, InstrumentIndex } from "../../domain/instrument.ts";
import {
  signOf,
  type ApprovedOrder,
  type OrderId,
  type OrderRequest,
  type Side,
} from "../../domain/order.ts";
import type { MarketSlice } from "../../domain/slice.ts";
import { clear, type RiskAlarm, type RiskContext, type RiskRule } from "../../ports/risk.ts";
import type { OrderTracker } from "./order-tracker.ts";
import type { Plan } from "./plan.ts";
import type { Portfolio } from "./portfolio.ts";

/** A rule and the name that its refusals carry. */
export type NamedRule = { readonly name: string; readonly rule: RiskRule };

/** An order, or the opening part of one, that a rule did not let through. */
export type Refusal = {
  readonly order: OrderRequest;
  readonly ruleName: string;
  readonly reason: string;
  readonly limit: number;
  readonly value: number;
  /** How much of the order the rule would let through, where it is about a size. */
  readonly quantityMax?: number;
};

/** An order that a limit let through in part: `order` is as large as it was wanted, `quantity` what passed. */
export type Trim = Refusal & { readonly quantity: number };

/** What the gate decided about a plan. The arrays are reused: read them before the next bar. */
export type Review = {
  readonly approved: ApprovedOrder[];
  /** Changes of orders that work already. */
  readonly changed: ApprovedOrder[];
  readonly refused: Refusal[];
  readonly trimmed: Trim[];
};

/** A size that is this many times its limit is taken for a mistake and not for ambition. */
const nonsenseMultiple = 20;
const onlyInstrument: readonly InstrumentIndex[] = [0 as InstrumentIndex];

type Writable<T> = { -readonly [K in keyof T]: T[K] };

/** The only door to the broker: nothing else makes an `ApprovedOrder`. Orders that reduce a position always pass. */
export class RiskGate {
  /** The gravest alarm of the present slice. */
  alarm: RiskAlarm = clear;
  alarmRule = "";
  private readonly rules: readonly NamedRule[];
  private readonly observers: readonly NamedRule[];
  /** The rules that count what goes. */
  private readonly counters: readonly RiskRule[];
  private readonly market: Market;
  private readonly seenBars: readonly BarsUntil[];
  private readonly lastBarTimeMs: Float64Array;
  private readonly result: Review = { approved: [], changed: [], refused: [], trimmed: [] };
  private readonly context: Writable<RiskContext> = {
    portfolio: null as unknown as Portfolio,
    instrument: null as unknown as Instrument,
    timeMs: 0.5,
    price: 0.5,
    quantityAfter: 0.5,
    lastBarTimeMs: 0.5,
    grossAfter: 0.5,
    inPlay: () => this.instrumentsInPlay(this.plan!),
    quantityAfterOf: (instrument) => this.quantityAfterOf(instrument),
  };
  private plan: Plan | null = null;
  private portfolio: Portfolio | null = null;
  private tracker: OrderTracker | null = null;
  /** Signed quantity approved in the present review, by instrument. */
  private readonly approvedNow: Float64Array;
  private readonly approvedInstruments: InstrumentIndex[] = [];
  private gross = Number.NaN;
  private readonly blockedParents = new Set<OrderId>();

  /** `rulesOn` makes the rules; the market that they are given ends at the present. */
  constructor(market: Market, rulesOn: (seen: Market) => readonly NamedRule[]) {
    this.seenBars = market.bars.map((table) => new BarsUntil(table));
    this.rules = rulesOn({ instruments: market.instruments, bars: this.seenBars });
    this.observers = this.rules.filter(({ rule }) => rule.observe !== undefined);
    this.counters = this.rules.map(({ rule }) => rule).filter((rule) => rule.passed !== undefined);
    this.market = market;
    this.lastBarTimeMs = new Float64Array(market.instruments.length).fill(Number.NaN);
    this.approvedNow = new Float64Array(market.instruments.length);
  }

  /** Whether every slice must be shown to the gate. */
  get isWatching(): boolean {
    return this.observers.length > 0;
  }

  /** Breakers come first in every cycle: they see the marked account before anything is decided. */
  observe(slice: MarketSlice, portfolio: Portfolio): void {
    for (let k = 0; k < slice.count; k++) {
      const index = slice.instruments[k]!;
      this.lastBarTimeMs[index] = slice.timeMs;
      this.seenBars[index]!.length = slice.rows[k]! + 1;
    }
    if (this.observers.length === 0) return;
    this.alarm = clear;
    for (const { name, rule } of this.observers) {
      const alarm = rule.observe!(slice, portfolio);
      if (alarm.kind === "clear" || (this.alarm.kind === "flatten" && alarm.kind === "pause")) continue;
      if (this.alarm.kind === alarm.kind) continue;
      this.alarm = alarm;
      this.alarmRule = name;
    }
  }

  /**
   * Passes each order, whole or as much of it as the limits allow, or refuses it. Of an order that would turn a
   * position around, the closing part passes.
   */
  review(plan: Plan, portfolio: Portfolio, tracker: OrderTracker, timeMs: number): Review {
    const { result } = this;
    empty(result.approved);
    empty(result.changed);
    empty(result.refused);
    empty(result.trimmed);
    if (plan.orders.length === 0 && plan.changes.length === 0) return result;
    if (this.blockedParents.size > 0) this.blockedParents.clear();
    this.plan = plan;
    this.portfolio = portfolio;
    this.tracker = tracker;
    this.forgetApproved();
    // What reduces goes first: it makes room for what opens at the same instant.
    for (const order of plan.orders) if (isReduction(order)) this.pass(order);
    for (const order of plan.changes) this.reviewChange(order, timeMs);
    for (const order of plan.orders) if (!isReduction(order)) this.reviewOne(order, timeMs);
    if (this.counters.length > 0) this.count(timeMs);
    return result;
  }

  private count(timeMs: number): void {
    for (const rule of this.counters) {
      for (const order of this.result.changed) rule.passed!(order, timeMs);
      for (const order of this.result.approved) rule.passed!(order, timeMs);
    }
  }

  private reviewOne(order: OrderRequest, timeMs: number): void {
    if (order.reduceOnly) {
      if (order.parentId === null || !this.blockedParents.has(order.parentId)) this.pass(order);
      return;
    }
    let refusal = this.refusalOf(order, timeMs);
    if (refusal === null) return this.pass(order);
    const first = refusal;
    let candidate: OrderRequest | null = order;
    while (refusal !== null && (candidate = this.smaller(candidate, refusal)) !== null)
      refusal = this.refusalOf(candidate, timeMs);
    if (candidate !== null) {
      this.result.trimmed.push({ ...first, quantity: candidate.quantity });
      return this.pass(candidate);
    }
    this.result.refused.push(first);
    this.blockedParents.add(order.id);
    const held = this.portfolio!.ledger.quantity[order.instrument]!;
    if (signOf(order.side) * held < 0) {
      const quantity = Math.min(order.quantity, Math.abs(held));
      this.pass({ ...order, quantity, reduceOnly: true, weightAtFill: null });
    }
  }

  /** A change passes or it does not: until it does the order works as it is. */
  private reviewChange(order: OrderRequest, timeMs: number): void {
    const refusal = order.reduceOnly ? null : this.refusalOf(order, timeMs);
    if (refusal !== null) this.result.refused.push(refusal);
    else this.result.changed.push(order as ApprovedOrder);
  }

  /** As much of an order as the rule that refused it would let through; null where that is nothing. */
  private smaller(order: OrderRequest, { quantityMax, limit, value }: Refusal): OrderRequest | null {
    // Who asks for many times the limit has made a mistake, and nobody knows what was meant.
    if (quantityMax === undefined || value > limit * nonsenseMultiple) return null;
    const quantity = floorToStep(quantityMax, this.market.instruments[order.instrument]!.lotSize);
    const held = this.portfolio!.ledger.quantity[order.instrument]!;
    const closing = signOf(order.side) * held < 0 ? Math.abs(held) : 0;
    if (!(quantity > closing && quantity < order.quantity)) return null;
    return { ...order, quantity, weightAtFill: null };
  }

  private refusalOf(order: OrderRequest, timeMs: number): Refusal | null {
    const { alarm } = this;
    if (alarm.kind !== "clear") {
      return {
        order,
        ruleName: this.alarmRule,
        reason: alarm.reason,
        limit: alarm.limit,
        value: alarm.value,
      };
    }
    const { notionalMin, contractMultiplier } = this.market.instruments[order.instrument]!;
    const price = priceNear(order, this.portfolio!.ledger.lastPrice[order.instrument]!);
    const notional = order.quantity * price * contractMultiplier;
    if (notional < notionalMin) {
      return {
        order,
        ruleName: "notional-min",
        reason: "below the venue's smallest order",
        limit: notionalMin,
        value: notional,
      };
    }
    const misplaced = misplacedProtection(order, price, this.plan!.orders);
    // What the account would hold after all orders takes a sum over everything: only rules ask for it.
    if (misplaced !== null || this.rules.length === 0) return misplaced;
    const context = this.contextOf(order, price, timeMs);
    for (const { name, rule } of this.rules) {
      const verdict = rule.check?.(order, context);
      if (verdict?.kind === "refuse") return { order, ruleName: name, ...verdict };
    }
    return null;
  }

  private contextOf(order: OrderRequest, price: number, timeMs: number): RiskContext {
    const { context } = this;
    context.portfolio = this.portfolio!;
    context.instrument = this.market.instruments[order.instrument]!;
    context.timeMs = timeMs;
    context.price = price;
    const before = this.atWorst(order.instrument, order.side, order.id);
    context.quantityAfter = before + signOf(order.side) * this.tracker!.leftOf(order);
    const counted = Math.abs(this.quantityAfterOf(order.instrument));
    const own = counted === 0 ? 0 : counted * this.lastValue(order.instrument);
    const after =
      Math.abs(context.quantityAfter) * this.portfolio!.ledger.unitValue(order.instrument, context.price);
    context.grossAfter = this.grossAfterAll() - own + after;
    context.lastBarTimeMs = this.lastBarTimeMs[order.instrument]!;
    return context;
  }

  /** Held, plus all that open orders of one side may still add, plus what has just been approved. */
  private atWorst(instrument: InstrumentIndex, side: Side, except = 0): number {
    const held = this.portfolio!.ledger.quantity[instrument]!;
    const onTheWay = signOf(side) * this.tracker!.atRisk(instrument, side, except);
    return held + onTheWay + this.approvedNow[instrument]!;
  }

  /** The larger of the positions that open orders of either side can lead to, one that is being withdrawn included. */
  private quantityAfterOf(instrument: InstrumentIndex): number {
    // Without an order on its way both sides lead to the same.
    if (this.tracker!.open(instrument).length === 0)
      return this.portfolio!.ledger.quantity[instrument]! + this.approvedNow[instrument]!;
    const bought = this.atWorst(instrument, "buy");
    const sold = this.atWorst(instrument, "sell");
    return Math.abs(sold) > Math.abs(bought) ? sold : bought;
  }

  /** Value of all positions after everything on its way. Summed once a review, then carried along with the approvals. */
  private grossAfterAll(): number {
    if (!Number.isNaN(this.gross)) return this.gross;
    this.gross = 0;
    for (const index of this.instrumentsInPlay(this.plan!)) {
      const quantity = this.quantityAfterOf(index);
      if (quantity !== 0) this.gross += Math.abs(quantity) * this.lastValue(index);
    }
    return this.gross;
  }

  private lastValue(index: InstrumentIndex): number {
    const { ledger } = this.portfolio!;
    return ledger.unitValue(index, ledger.lastPrice[index]!);
  }

  private forgetApproved(): void {
    this.gross = Number.NaN;
    for (const index of this.approvedInstruments) this.approvedNow[index] = 0;
    empty(this.approvedInstruments);
  }

  private instrumentsInPlay(plan: Plan): readonly InstrumentIndex[] {
    const { held } = this.portfolio!.ledger;
    // One symbol is the common case, and a set costs more than all the rules together.
    if (this.market.instruments.length === 1) return onlyInstrument;
    const inPlay = new Set<number>(held);
    for (const index of this.tracker!.instrumentsWithOrders()) inPlay.add(index);
    for (const order of plan.orders) inPlay.add(order.instrument);
    return [...inPlay] as InstrumentIndex[];
  }

  private pass(order: OrderRequest): void {
    if (!order.closePosition) this.carry(order);
    // The brand is given here and, for a change, in reviewChange: nowhere else.
    this.result.approved.push(order as ApprovedOrder);
  }

  /** Counts an order in for those that are reviewed after it. */
  private carry({ instrument, side, quantity }: OrderRequest): void {
    // Nobody asks for it after the only order.
    const isCarried = !Number.isNaN(this.gross) && this.plan!.orders.length > 1;
    const before = isCarried ? Math.abs(this.quantityAfterOf(instrument)) : 0;
    this.approvedNow[instrument]! += signOf(side) * quantity;
    this.approvedInstruments.push(instrument);
    if (isCarried)
      this.gross += (Math.abs(this.quantityAfterOf(instrument)) - before) * this.lastValue(instrument);
  }
}

/** An order of ours that only closes, and is no protection that waits for a parent. */
function isReduction(order: OrderRequest): boolean {
  return order.reduceOnly && !order.closePosition;
}

/** A stop above a long entry would trade at once, and a target below it as well: neither protects anything. */
function misplacedProtection(
  order: OrderRequest,
  price: number,
  orders: readonly OrderRequest[],
): Refusal | null {
  const side = signOf(order.side);
  for (const { parentId, terms } of orders) {
    if (parentId !== order.id) continue;
    if (terms.type === "stop_market" && side * (terms.stopPrice - price) >= 0) {
      const reason = "the stop-loss is on the wrong side of the entry";
      return { order, ruleName: "protection", reason, limit: price, value: terms.stopPrice };
    }
    if (terms.type === "limit" && side * (terms.limitPrice - price) <= 0) {
      const reason = "the take-profit is on the wrong side of the entry";
      return { order, ruleName: "protection", reason, limit: price, value: terms.limitPrice };
    }
  }
  return null;
}

function priceNear(order: OrderRequest, lastPrice: number): number {
  const { terms } = order;
  if (terms.type === "limit") return terms.limitPrice;
  return terms.type === "stop_market" ? terms.stopPrice : lastPrice;
}

import { empty } from "../base/empty.ts";
import type { Market } from "../ports/market.ts";
import type { Instrument, InstrumentIndex } from "../domain/instrument.ts";
import { signOf, type ApprovedOrder, type OrderId, type OrderRequest } from "../domain/order.ts";
import type { MarketSlice } from "../domain/slice.ts";
import { clear, type RiskAlarm, type RiskContext, type RiskRule } from "../ports/risk.ts";
import type { OrderTracker } from "./order-tracker.ts";
import type { Portfolio } from "./portfolio.ts";

export type NamedRule = { readonly name: string; readonly rule: RiskRule };

/** An order, or the opening part of one, that a rule did not let through. */
export type Refusal = {
  readonly order: OrderRequest;
  readonly ruleName: string;
  readonly reason: string;
  readonly limit: number;
  readonly value: number;
};

/** What the gate decided about a plan. The arrays are reused: read them before the next bar. */
export type Review = { readonly approved: ApprovedOrder[]; readonly refused: Refusal[] };

type Writable<T> = { -readonly [K in keyof T]: T[K] };

/** The only door to the broker: nothing else makes an `ApprovedOrder`. Orders that reduce a position always pass. */
export class RiskGate {
  /** The gravest alarm of the present slice. */
  alarm: RiskAlarm = clear;
  alarmRule = "";
  private readonly rules: readonly NamedRule[];
  private readonly observers: readonly NamedRule[];
  private readonly market: Market;
  private readonly lastBarTimeMs: Float64Array;
  private readonly result: Review = { approved: [], refused: [] };
  private readonly context: Writable<RiskContext> = {
    portfolio: null as unknown as Portfolio,
    instrument: null as unknown as Instrument,
    timeMs: 0.5,
    price: 0.5,
    quantityAfter: 0.5,
    lastBarTimeMs: 0.5,
  };
  private readonly blockedParents = new Set<OrderId>();

  constructor(rules: readonly NamedRule[], market: Market) {
    this.rules = rules;
    this.observers = rules.filter(({ rule }) => rule.observe !== undefined);
    this.market = market;
    this.lastBarTimeMs = new Float64Array(market.instruments.length).fill(Number.NaN);
  }

  /** Whether every slice must be shown to the gate. */
  get isWatching(): boolean {
    return this.observers.length > 0;
  }

  /** Breakers come first in every cycle: they see the marked account before anything is decided. */
  observe(slice: MarketSlice, portfolio: Portfolio): void {
    for (let k = 0; k < slice.count; k++) this.lastBarTimeMs[slice.instruments[k]!] = slice.timeMs;
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

  /** Passes or refuses each order. Of an order that would turn a position around, the closing part passes. */
  review(
    orders: readonly OrderRequest[],
    portfolio: Portfolio,
    tracker: OrderTracker,
    timeMs: number,
  ): Review {
    const { approved, refused } = this.result;
    empty(approved);
    empty(refused);
    if (orders.length === 0) return this.result;
    if (this.blockedParents.size > 0) this.blockedParents.clear();
    for (const order of orders) this.reviewOne(order, portfolio, tracker, timeMs);
    return this.result;
  }

  private reviewOne(order: OrderRequest, portfolio: Portfolio, tracker: OrderTracker, timeMs: number): void {
    if (order.parentId !== null && this.blockedParents.has(order.parentId)) return;
    if (order.reduceOnly) return this.pass(order);
    const refusal = this.refusalOf(order, portfolio, tracker, timeMs);
    if (refusal === null) return this.pass(order);
    this.result.refused.push(refusal);
    this.blockedParents.add(order.id);
    const held = portfolio.ledger.quantity[order.instrument]!;
    if (signOf(order.side) * held < 0) {
      this.pass({
        ...order,
        quantity: Math.min(order.quantity, Math.abs(held)),
        reduceOnly: true,
        weightAtFill: null,
      });
    }
  }

  private refusalOf(
    order: OrderRequest,
    portfolio: Portfolio,
    tracker: OrderTracker,
    timeMs: number,
  ): Refusal | null {
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
    const context = this.contextOf(order, portfolio, tracker, timeMs);
    const { notionalMin } = context.instrument;
    const notional = order.quantity * context.price * context.instrument.contractMultiplier;
    if (notional < notionalMin) {
      return {
        order,
        ruleName: "notional-min",
        reason: "below the venue's smallest order",
        limit: notionalMin,
        value: notional,
      };
    }
    for (const { name, rule } of this.rules) {
      const verdict = rule.check?.(order, context);
      if (verdict?.kind === "refuse") return { order, ruleName: name, ...verdict };
    }
    return null;
  }

  private contextOf(
    order: OrderRequest,
    portfolio: Portfolio,
    tracker: OrderTracker,
    timeMs: number,
  ): RiskContext {
    const { context } = this;
    context.portfolio = portfolio;
    context.instrument = this.market.instruments[order.instrument]!;
    context.timeMs = timeMs;
    context.price = priceNear(order, portfolio.ledger.lastPrice[order.instrument]!);
    context.quantityAfter = this.quantityAfter(order, portfolio, tracker);
    context.lastBarTimeMs = this.lastBarTimeMs[order.instrument]!;
    return context;
  }

  /** Orders already approved in this review are on their way, though the tracker does not know them yet. */
  private quantityAfter(order: OrderRequest, portfolio: Portfolio, tracker: OrderTracker): number {
    const instrument: InstrumentIndex = order.instrument;
    let sum =
      portfolio.ledger.quantity[instrument]! +
      tracker.pending(instrument) +
      signOf(order.side) * order.quantity;
    for (const other of this.result.approved) {
      if (other.instrument === instrument && other.parentId === null)
        sum += signOf(other.side) * other.quantity;
    }
    return sum;
  }

  private pass(order: OrderRequest): void {
    // The one place where the brand is given.
    this.result.approved.push(order as ApprovedOrder);
  }
}

function priceNear(order: OrderRequest, lastPrice: number): number {
  const { terms } = order;
  if (terms.type === "limit") return terms.limitPrice;
  return terms.type === "stop_market" ? terms.stopPrice : lastPrice;
}

import { empty } from "../../base/empty.ts";
import { floorToStep } from "../../base/numbers.ts";
import { BarsUntil } from "../bars-until.ts";
import type { CommissionModel, SlippageModel } from "../../ports/costs.ts";
import type { Market } from "../../ports/market.ts";
import type { Instrument } from "../../domain/instrument.ts";
import { signOf, type ApprovedOrder, type OrderId, type OrderRequest } from "../../domain/order.ts";
import type { MarketSlice } from "../../domain/slice.ts";
import { clear, type RiskAlarm, type RiskContext, type RiskRule } from "../../ports/risk.ts";
import { ExposureAfter } from "./exposure-after.ts";
import type { OrderTracker } from "./order-tracker.ts";
import type { Plan } from "./plan.ts";
import type { Portfolio } from "./portfolio.ts";
import type { Refusal, Review, Shortfall } from "./review.ts";
import { shareRoom, type Room, type Share, type Wish } from "./share-room.ts";

/** A rule and the name that its refusals carry. */
export type NamedRule = { readonly name: string; readonly rule: RiskRule };

/** What an order will cost, so that sharing can set it aside. */
type Costs = { readonly commission: CommissionModel; readonly slippage: SlippageModel };

/** A size that is this many times its limit is taken for a mistake and not for ambition. */
const nonsenseMultiple = 20;

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
    inPlay: () => this.exposure.instrumentsInPlay(),
    quantityAfterOf: (instrument) => this.exposure.quantityOf(instrument),
  };
  private plan: Plan | null = null;
  private portfolio: Portfolio | null = null;
  private tracker: OrderTracker | null = null;
  private timeMs = 0.5;
  /** With all that was approved in the present review. */
  private readonly exposure: ExposureAfter;
  private readonly costs: Costs | null;
  private readonly blockedParents = new Set<OrderId>();
  /** Whether a limit of a size has made itself felt in the present review. */
  private isShort = false;
  private readonly room: Room = {
    limitOn: (order) =>
      this.limitOn(order, priceNear(order, this.portfolio!.ledger.lastPrice[order.instrument]!), true),
    carry: (order) => this.exposure.carry(order),
    rewind: () => this.exposure.rewind(),
    gross: () => this.exposure.grossOfAll(),
  };

  /** `rulesOn` makes the rules; the market that they are given ends at the present. Without `costs` none are set aside. */
  constructor(market: Market, rulesOn: (seen: Market) => readonly NamedRule[], costs: Costs | null = null) {
    this.seenBars = market.bars.map((table) => new BarsUntil(table));
    this.rules = rulesOn({ instruments: market.instruments, bars: this.seenBars });
    this.observers = this.rules.filter(({ rule }) => rule.observe !== undefined);
    this.counters = this.rules.map(({ rule }) => rule).filter((rule) => rule.passed !== undefined);
    this.market = market;
    this.lastBarTimeMs = new Float64Array(market.instruments.length).fill(Number.NaN);
    this.exposure = new ExposureAfter(market.instruments.length);
    this.costs = costs;
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
   * position around, the closing part passes. Where there is no room for all that opens, all of it is scaled by one
   * factor; the order in which the plan has it decides who gets what cannot be divided.
   */
  review(plan: Plan, portfolio: Portfolio, tracker: OrderTracker, timeMs: number): Review {
    const { result, exposure } = this;
    empty(result.approved);
    empty(result.changed);
    empty(result.refused);
    empty(result.trimmed);
    if (plan.orders.length === 0 && plan.changes.length === 0) return result;
    this.plan = plan;
    this.portfolio = portfolio;
    this.tracker = tracker;
    this.timeMs = timeMs;
    exposure.begin(plan, portfolio, tracker);
    // What reduces goes first: it makes room for what opens at the same instant.
    for (const order of plan.orders) if (isReduction(order)) this.pass(order);
    for (const order of plan.changes) this.reviewChange(order);
    this.reviewOpening(plan.orders);
    this.count(timeMs);
    return result;
  }

  /** As if there were room for all of them, and once more if there is not. */
  private reviewOpening(orders: readonly OrderRequest[]): void {
    const { result, exposure } = this;
    const [approved, refused] = [result.approved.length, result.refused.length];
    exposure.mark();
    this.isShort = false;
    if (this.blockedParents.size > 0) this.blockedParents.clear();
    for (const order of orders) if (!isReduction(order)) this.reviewOne(order, order.quantity, null);
    if (!this.isShort || !opensMany(orders)) return;
    const wishes = orders
      .filter((order) => !order.reduceOnly)
      .map((order) => this.wishOf(order))
      .filter(({ alone, closing }) => alone > closing);
    const share = shareRoom(wishes, this.room);
    exposure.rewind();
    this.blockedParents.clear();
    result.approved.length = approved;
    result.refused.length = refused;
    empty(result.trimmed);
    this.reviewShares(orders, wishes, share);
  }

  /** How much of an order would pass if it were the only one that opens. */
  private wishOf(order: OrderRequest): Wish {
    const { instrument, quantity } = order;
    this.exposure.rewind();
    const closing = this.closingOf(order);
    const refusal = this.refusalOf(order);
    const alone = this.fitting(order, refusal)?.quantity ?? closing;
    const price = priceNear(order, this.portfolio!.ledger.lastPrice[instrument]!);
    const value = price * this.market.instruments[instrument]!.contractMultiplier;
    const row = this.seenBars[instrument]!.length - 1;
    const costRate =
      this.costs === null || row < 0
        ? 0
        : this.costs.commission.rate(quantity, value) +
          this.costs.slippage.rate(this.market.bars[instrument]!, row, quantity);
    return { order, closing, alone, refusal, costRate };
  }

  /** Each order in its share. What comes out too small is looked at last, in the smallest size that there is. */
  private reviewShares(orders: readonly OrderRequest[], wishes: readonly Wish[], share: Share | null): void {
    const sizes = new Map<OrderId, number>();
    const reasons = new Map<OrderId, Shortfall>();
    const small = new Set<OrderId>();
    for (const { order, closing, alone, refusal } of wishes) {
      const { lotSize } = this.market.instruments[order.instrument]!;
      const opening =
        share === null ? alone - closing : floorToStep((alone - closing) * share.factor, lotSize);
      const least = Math.min(alone - closing, this.leastOf(order) - closing);
      if (opening < least) small.add(order.id);
      const quantity = closing + Math.max(opening, least);
      sizes.set(order.id, quantity);
      if (refusal !== null && quantity === alone) reasons.set(order.id, { ...refusal, sharedBy: 1 });
      else if (share !== null) reasons.set(order.id, { ...share.refusal, sharedBy: wishes.length });
    }
    for (const isSmall of [false, true])
      for (const order of orders)
        if (!isReduction(order) && small.has(order.parentId ?? order.id) === isSmall)
          this.reviewOne(order, sizes.get(order.id) ?? order.quantity, reasons.get(order.id) ?? null);
  }

  /** The smallest quantity of an order that opens something and that the venue takes. */
  private leastOf(order: OrderRequest): number {
    const { notionalMin, contractMultiplier, lotSize } = this.market.instruments[order.instrument]!;
    const price = priceNear(order, this.portfolio!.ledger.lastPrice[order.instrument]!);
    // Rounded up.
    const least = -floorToStep(-notionalMin / (price * contractMultiplier), lotSize);
    return Math.max(this.closingOf(order) + lotSize, least);
  }

  private count(timeMs: number): void {
    for (const rule of this.counters) {
      for (const order of this.result.changed) rule.passed!(order, timeMs);
      for (const order of this.result.approved) rule.passed!(order, timeMs);
    }
  }

  /** Passes an order in a size, or less of it, or refuses it; `shortfall` says why the size is below its own. */
  private reviewOne(order: OrderRequest, quantity: number, shortfall: Shortfall | null): void {
    if (order.reduceOnly) {
      if (order.parentId === null || !this.blockedParents.has(order.parentId)) this.pass(order);
      return;
    }
    const isWhole = quantity === order.quantity;
    const wanted = isWhole ? order : { ...order, quantity, weightAtFill: null };
    const refusal = this.refusalOf(wanted);
    if (refusal === null && isWhole) return this.pass(order);
    this.isShort ||= refusal?.quantityMax !== undefined;
    const candidate = this.fitting(wanted, refusal);
    if (candidate !== null) {
      const reason = isWhole ? { ...refusal!, sharedBy: 1 } : shortfall!;
      this.result.trimmed.push({ ...reason, order, quantity: candidate.quantity });
      return this.pass(candidate);
    }
    this.result.refused.push({ ...refusal!, order });
    this.blockedParents.add(order.id);
    const closing = Math.min(order.quantity, this.closingOf(order));
    if (closing > 0) this.pass({ ...order, quantity: closing, reduceOnly: true, weightAtFill: null });
  }

  /** A change passes or it does not: until it does the order works as it is. */
  private reviewChange(order: OrderRequest): void {
    const refusal = order.reduceOnly ? null : this.refusalOf(order);
    if (refusal !== null) this.result.refused.push(refusal);
    else this.result.changed.push(order as ApprovedOrder);
  }

  /** An order, or as much of it as the rules let through, `refusal` being the first answer; null where that is nothing. */
  private fitting(order: OrderRequest, refusal: Refusal | null): OrderRequest | null {
    let candidate: OrderRequest | null = order;
    for (let next = refusal; next !== null && candidate !== null;) {
      candidate = this.smaller(candidate, next);
      next = candidate === null ? null : this.refusalOf(candidate);
    }
    return candidate;
  }

  /** As much of an order as the rule that refused it would let through; null where that is nothing. */
  private smaller(order: OrderRequest, { quantityMax, limit, value }: Refusal): OrderRequest | null {
    // Who asks for many times the limit has made a mistake, and nobody knows what was meant.
    if (quantityMax === undefined || value > limit * nonsenseMultiple) return null;
    const quantity = floorToStep(quantityMax, this.market.instruments[order.instrument]!.lotSize);
    if (!(quantity > this.closingOf(order) && quantity < order.quantity)) return null;
    return { ...order, quantity, weightAtFill: null };
  }

  /** What of an order only closes a position of the other side. */
  private closingOf({ instrument, side }: OrderRequest): number {
    const held = this.portfolio!.ledger.quantity[instrument]!;
    return signOf(side) * held < 0 ? Math.abs(held) : 0;
  }

  private refusalOf(order: OrderRequest): Refusal | null {
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
    return misplaced ?? this.limitOn(order, price);
  }

  /** What a rule has against an order: the first that says no, or with `isAnyPlace` one of which no part would pass. */
  private limitOn(order: OrderRequest, price: number, isAnyPlace = false): Refusal | null {
    // What the account would hold after all orders takes a sum over everything: only rules ask for it.
    if (this.rules.length === 0) return null;
    const context = this.contextOf(order, price);
    let first: Refusal | null = null;
    for (const { name, rule } of this.rules) {
      const verdict = rule.check?.(order, context);
      if (verdict?.kind !== "refuse") continue;
      first ??= { order, ruleName: name, ...verdict };
      if (!isAnyPlace) return first;
      if (verdict.quantityMax === undefined) return { order, ruleName: name, ...verdict };
    }
    return first;
  }

  private contextOf(order: OrderRequest, price: number): RiskContext {
    const { context, exposure, timeMs } = this;
    context.portfolio = this.portfolio!;
    context.instrument = this.market.instruments[order.instrument]!;
    context.timeMs = timeMs;
    context.price = price;
    const before = exposure.atWorst(order.instrument, order.side, order.id);
    context.quantityAfter = before + signOf(order.side) * this.tracker!.leftOf(order);
    const counted = Math.abs(exposure.quantityOf(order.instrument));
    const own = counted === 0 ? 0 : counted * exposure.lastValue(order.instrument);
    const after =
      Math.abs(context.quantityAfter) * this.portfolio!.ledger.unitValue(order.instrument, context.price);
    context.grossAfter = exposure.grossOfAll() - own + after;
    context.lastBarTimeMs = this.lastBarTimeMs[order.instrument]!;
    return context;
  }

  private pass(order: OrderRequest): void {
    if (!order.closePosition) this.exposure.carry(order);
    // The brand is given here and, for a change, in reviewChange: nowhere else.
    this.result.approved.push(order as ApprovedOrder);
  }
}

/** Whether more than one order opens something. */
function opensMany(orders: readonly OrderRequest[]): boolean {
  return orders.filter((order) => !order.reduceOnly).length > 1;
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

import { empty } from "../../base/empty.ts";
import type { InstrumentIndex } from "../../domain/instrument.ts";
import { signOf, type OrderId, type OrderRequest, type Side } from "../../domain/order.ts";
import type { OrderTracker } from "./order-tracker.ts";
import type { Plan } from "./plan.ts";
import type { Portfolio } from "./portfolio.ts";

const onlyInstrument: readonly InstrumentIndex[] = [0 as InstrumentIndex];

/**
 * What the account would hold after everything on its way and everything that has been carried in since `begin`. From a
 * mark on it can be tried out: `rewind` forgets what was carried in after it, to the last bit.
 */
export class ExposureAfter {
  private plan: Plan | null = null;
  private portfolio: Portfolio | null = null;
  private tracker: OrderTracker | null = null;
  /** Signed quantity carried in, by instrument. */
  private readonly carried: Float64Array;
  /** Whose quantity was changed, one after the other, and what it was before. */
  private readonly changed: InstrumentIndex[] = [];
  private readonly before: number[] = [];
  /** Value of all positions; NaN until somebody asks. */
  private gross = Number.NaN;
  private marked = 0;
  private markedGross = Number.NaN;
  private markedOrders = 0;
  /** How many orders hang on another one of the plan, by the number of that. */
  private readonly children = new Map<OrderId, number>();

  /** How many orders and changes go: those that were carried in with their protection, and that of what is held. */
  orderCount = 0;

  constructor(instrumentCount: number) {
    this.carried = new Float64Array(instrumentCount);
  }

  /** Starts from what is held and on its way. */
  begin(plan: Plan, portfolio: Portfolio, tracker: OrderTracker): void {
    this.plan = plan;
    this.portfolio = portfolio;
    this.tracker = tracker;
    this.gross = Number.NaN;
    for (const index of this.changed) this.carried[index] = 0;
    empty(this.changed);
    empty(this.before);
    this.orderCount = 0;
    if (this.children.size > 0) this.children.clear();
    if (plan.orders.length > 1) this.countProtection(plan.orders);
  }

  /** Protection always goes: with its parent, or by itself. */
  private countProtection(orders: readonly OrderRequest[]): void {
    const { children } = this;
    for (const { closePosition, parentId } of orders) {
      if (parentId !== null) children.set(parentId, (children.get(parentId) ?? 0) + 1);
      else if (closePosition) this.orderCount += 1;
    }
  }

  mark(): void {
    this.marked = this.changed.length;
    this.markedGross = this.gross;
    this.markedOrders = this.orderCount;
  }

  rewind(): void {
    while (this.changed.length > this.marked) this.carried[this.changed.pop()!] = this.before.pop()!;
    this.gross = this.markedGross;
    this.orderCount = this.markedOrders;
  }

  /** Counts an order in for those that are looked at after it. */
  carry({ id, instrument, side, quantity, reduceOnly }: OrderRequest): void {
    this.orderCount += 1 + (reduceOnly ? 0 : (this.children.get(id) ?? 0));
    const { orders, changes } = this.plan!;
    // Nobody asks for it after the only order.
    const isSummed = !Number.isNaN(this.gross) && orders.length + changes.length > 1;
    const counted = isSummed ? Math.abs(this.quantityOf(instrument)) : 0;
    this.before.push(this.carried[instrument]!);
    this.changed.push(instrument);
    this.carried[instrument]! += signOf(side) * quantity;
    if (isSummed)
      this.gross += (Math.abs(this.quantityOf(instrument)) - counted) * this.lastValue(instrument);
  }

  /** Held, plus all that open orders of one side may still add, plus what has been carried in. */
  atWorst(instrument: InstrumentIndex, side: Side, except = 0): number {
    const held = this.portfolio!.ledger.quantity[instrument]!;
    const onTheWay = signOf(side) * this.tracker!.atRisk(instrument, side, except);
    return held + onTheWay + this.carried[instrument]!;
  }

  /** The larger of the positions that open orders of either side can lead to, one that is being withdrawn included. */
  quantityOf(instrument: InstrumentIndex): number {
    // Without an order on its way both sides lead to the same.
    if (this.tracker!.open(instrument).length === 0)
      return this.portfolio!.ledger.quantity[instrument]! + this.carried[instrument]!;
    const bought = this.atWorst(instrument, "buy");
    const sold = this.atWorst(instrument, "sell");
    return Math.abs(sold) > Math.abs(bought) ? sold : bought;
  }

  /** Value of all positions. Summed once a review, then carried along. */
  grossOfAll(): number {
    if (!Number.isNaN(this.gross)) return this.gross;
    this.gross = 0;
    for (const index of this.instrumentsInPlay()) {
      const quantity = this.quantityOf(index);
      if (quantity !== 0) this.gross += Math.abs(quantity) * this.lastValue(index);
    }
    return this.gross;
  }

  /** Value of one unit at its last price, in base currency. */
  lastValue(index: InstrumentIndex): number {
    const { ledger } = this.portfolio!;
    return ledger.unitValue(index, ledger.lastPrice[index]!);
  }

  /** Every instrument that is held, ordered, or about to be. */
  instrumentsInPlay(): readonly InstrumentIndex[] {
    const { held } = this.portfolio!.ledger;
    // One symbol is the common case, and a set costs more than all the rules together.
    if (this.carried.length === 1) return onlyInstrument;
    const inPlay = new Set<number>(held);
    for (const index of this.tracker!.instrumentsWithOrders()) inPlay.add(index);
    for (const order of this.plan!.orders) inPlay.add(order.instrument);
    return [...inPlay] as InstrumentIndex[];
  }
}

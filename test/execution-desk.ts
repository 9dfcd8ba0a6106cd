import { conversionsFor } from "../src/domain/currency.ts";
import type { Instrument, InstrumentIndex } from "../src/domain/instrument.ts";
import { Ledger } from "../src/domain/ledger.ts";
import type {
  ApprovedOrder,
  ExecutionReport,
  OrderId,
  OrderRequest,
  VenueCode,
} from "../src/domain/order.ts";
import { unprotected, type Target } from "../src/domain/target.ts";
import { OrderTracker, type TrackedOrder } from "../src/engine/execution/order-tracker.ts";
import { planOrders } from "../src/engine/execution/plan-orders.ts";
import { emptyPlan, type Plan, type PlanOptions } from "../src/engine/execution/plan.ts";
import { Portfolio } from "../src/engine/execution/portfolio.ts";
import { StandingTargets } from "../src/engine/execution/standing-targets.ts";
import { TradeBook } from "../src/engine/execution/trade-book.ts";
import { barsFrom, testInstrument } from "./plugin-tools.ts";
import { marketOrder } from "./risk-harness.ts";

const options: PlanOptions = { rebalanceBand: 0, sizeAtFill: false };

/** Targets, orders and books of an account of 10,000 without a venue: a test says what the venue said. */
export class ExecutionDesk {
  readonly instruments: readonly Instrument[];
  readonly portfolio: Portfolio;
  readonly tracker = new OrderTracker();
  readonly targets = new StandingTargets();
  timeMs = 0;
  private fillId = 0;
  private readonly options: PlanOptions;

  constructor(instrument: Partial<Instrument> = {}, count = 1, planned: Partial<PlanOptions> = {}) {
    this.instruments = Array.from({ length: count }, (_, index) => testInstrument(index, instrument));
    const bars = this.instruments.map(() => barsFrom([]));
    const ledger = new Ledger(10_000, this.instruments, conversionsFor(this.instruments, "USD"));
    ledger.lastPrice.fill(100);
    this.portfolio = new Portfolio(ledger, new TradeBook(bars), bars);
    this.options = { ...options, ...planned };
  }

  /** Decides on a holding of the first instrument, at market and without protection unless told otherwise. */
  decide(quantity: number, change: Partial<Target> = {}): void {
    const { instrument = 0 as InstrumentIndex } = change;
    const target: Target = {
      instrument,
      weight: Math.sign(quantity),
      reason: "test",
      entry: { kind: "market" },
      protection: unprotected,
      quantity,
      equityWeight: quantity / 100,
      ...change,
    };
    this.targets.decide(target, this.portfolio, this.tracker, this.timeMs);
  }

  /** Plans, and sends all of it: cancels, changes and orders are on their way then. */
  plan(): Plan {
    const plan = emptyPlan();
    const { targets, instruments, portfolio, tracker, timeMs } = this;
    planOrders(plan, targets, instruments, portfolio, tracker, { timeMs }, this.options);
    for (const order of plan.cancels) tracker.cancelSent(order);
    for (const order of plan.changes) tracker.changeSent(order as ApprovedOrder);
    for (const order of plan.orders) tracker.track(order as ApprovedOrder);
    return plan;
  }

  /** What a plan does, in short: `buy 5`, `sell 5 reduce`, `sell 5 close stop_market`, `cancel 1`, `change 1 to 5`. */
  story(): readonly string[] {
    const { cancels, changes, orders } = this.plan();
    return [
      ...cancels.map(({ id }) => `cancel ${id}`),
      ...changes.map(({ id, quantity, terms }) => `change ${id} to ${quantity} ${terms.type}`),
      ...orders.map(({ side, quantity, reduceOnly, closePosition, terms }) => {
        const kind = closePosition ? " close" : reduceOnly ? " reduce" : "";
        return `${side} ${quantity}${kind}${terms.type === "market" ? "" : ` ${terms.type}`}`;
      }),
    ];
  }

  /** Sends an order that no target asked for. */
  send(change: Partial<OrderRequest>): OrderId {
    const id = this.tracker.nextId();
    this.tracker.track(marketOrder({ id, ...change }) as ApprovedOrder);
    return id;
  }

  /** Hears that so much of an order has filled at 100; all of it when nothing is said. */
  fill(id: number, quantity?: number): void {
    const { request, filledQuantity } = this.order(id);
    const filled = quantity ?? request.quantity - filledQuantity;
    this.fillId += 1;
    const cumulativeQuantity = filledQuantity + filled;
    this.hear({
      kind: "filled",
      isComplete: cumulativeQuantity >= request.quantity,
      fill: {
        fillId: this.fillId,
        orderId: request.id,
        instrument: request.instrument,
        side: request.side,
        quantity: filled,
        cumulativeQuantity,
        price: 100,
        fee: 0,
        slippageCost: 0,
        liquidity: "taker",
        timeMs: this.timeMs,
      },
    });
  }

  /** Hears of a fill at 100 that no order of ours asked for: of a margin call where `orderId` is below zero. */
  fillForeign(side: "buy" | "sell", quantity: number, orderId: number): void {
    this.fillId += 1;
    const order = { orderId: orderId as OrderId, instrument: 0 as InstrumentIndex, side, quantity };
    const rest = { price: 100, fee: 0, slippageCost: 0, liquidity: "taker", timeMs: this.timeMs } as const;
    const fill = { fillId: this.fillId, ...order, cumulativeQuantity: quantity, ...rest };
    this.hear({ kind: "filled", isComplete: true, fill });
  }

  /** Hears that an order has ended without another fill. */
  end(id: number, code: VenueCode, kind: "canceled" | "rejected" | "expired" = "canceled"): void {
    const { filledQuantity: cumulativeQuantity } = this.order(id);
    this.hear({ kind, orderId: id as OrderId, timeMs: this.timeMs, cumulativeQuantity, code, reason: code });
  }

  hear(report: ExecutionReport): void {
    const order = this.tracker.apply(report, this.portfolio);
    if (order !== null || report.kind === "charged" || report.kind === "filled")
      this.targets.hear(report, order, this.portfolio, this.tracker, this.timeMs);
  }

  get held(): number {
    return this.portfolio.ledger.quantity[0]!;
  }

  /** What is wanted of the first instrument. */
  get wanted(): number | undefined {
    return this.targets.of(0 as InstrumentIndex)?.quantity;
  }

  private order(id: number): TrackedOrder {
    const found = this.instruments
      .flatMap(({ index }) => this.tracker.open(index))
      .find(({ request }) => request.id === id);
    if (found === undefined) throw new Error(`order ${id} is not open`);
    return found;
  }
}

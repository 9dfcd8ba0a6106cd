import type { ApprovedOrder, ExecutionReport, OrderId } from "../../domain/order.ts";
import type { MarketSlice } from "../../domain/slice.ts";
import type { Broker } from "../../ports/broker.ts";

/** A market order and its first fill; a missing time or price is NaN. */
export type MarketOrder = {
  readonly id: OrderId;
  readonly instrument: number;
  readonly requestedMs: number;
  /** The slice that brought the fill. */
  filledMs: number;
  price: number;
};

/** A broker that notes what market orders got, and changes nothing. */
export class WatchedBroker implements Broker {
  readonly orders = new Map<OrderId, MarketOrder>();
  private readonly broker: Broker;

  constructor(broker: Broker) {
    this.broker = broker;
  }

  quietUntil(from: number, to: number): number {
    return this.broker.quietUntil(from, to);
  }

  get hasAnswers(): boolean {
    return this.broker.hasAnswers;
  }

  submit(order: ApprovedOrder): void {
    if (order.terms.type === "market") {
      const { id, instrument, requestedMs } = order;
      this.orders.set(id, { id, instrument, requestedMs, filledMs: Number.NaN, price: Number.NaN });
    }
    this.broker.submit(order);
  }

  cancel(order: ApprovedOrder): void {
    this.broker.cancel(order);
  }

  modify(order: ApprovedOrder): void {
    this.broker.modify(order);
  }

  advance(slice: MarketSlice): readonly ExecutionReport[] {
    const reports = this.broker.advance(slice);
    for (const report of reports) {
      if (report.kind !== "filled") continue;
      const order = this.orders.get(report.fill.orderId);
      if (order === undefined || !Number.isNaN(order.filledMs)) continue;
      order.filledMs = slice.timeMs;
      order.price = report.fill.price;
    }
    return reports;
  }
}

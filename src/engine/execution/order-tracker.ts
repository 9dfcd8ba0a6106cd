import { assert } from "../../base/assert.ts";
import type { InstrumentIndex } from "../../domain/instrument.ts";
import { removeFrom } from "../../base/remove-from.ts";
import {
  signOf,
  type ApprovedOrder,
  type ExecutionReport,
  type OrderId,
  type OrderStatus,
} from "../../domain/order.ts";
import type { Portfolio } from "./portfolio.ts";

/** One of our orders and what has become of it. */
export type TrackedOrder = {
  readonly request: ApprovedOrder;
  status: OrderStatus;
  filledQuantity: number;
  /** Fills already booked: a venue may report one twice, over different roads. */
  fillIds: readonly number[];
};

const none: readonly TrackedOrder[] = [];
const noOrders: readonly ApprovedOrder[] = [];
const noFills: readonly number[] = [];

/** Our own orders: which are open, and how much of each is filled. */
export class OrderTracker {
  private lastId = 0;
  private lastGroup = 0;
  /** By order id, which counts from 1; null once the order is over. */
  private readonly byId: (TrackedOrder | null)[] = [null];
  private readonly openBy: TrackedOrder[][] = [];

  /** A number that no order of this run has had. */
  nextId(): OrderId {
    this.lastId += 1;
    return this.lastId as OrderId;
  }

  /** A number for a new one-cancels-other group. */
  nextGroup(): number {
    this.lastGroup += 1;
    return this.lastGroup;
  }

  /** Remembers an order that is about to be sent. */
  track(order: ApprovedOrder): void {
    const tracked: TrackedOrder = {
      request: order,
      status: "submitted",
      filledQuantity: 0,
      fillIds: noFills,
    };
    while (this.byId.length <= order.id) this.byId.push(null);
    this.byId[order.id] = tracked;
    while (this.openBy.length <= order.instrument) this.openBy.push([]);
    this.openBy[order.instrument]!.push(tracked);
  }

  /** The open orders of an instrument, oldest first. */
  open(instrument: InstrumentIndex): readonly TrackedOrder[] {
    return this.openBy[instrument] ?? none;
  }

  /** Instruments with an order that is not over. */
  instrumentsWithOrders(): readonly InstrumentIndex[] {
    return this.openBy.flatMap((open, index) => (open.length > 0 ? [index as InstrumentIndex] : []));
  }

  /** Takes in a report: books fills once, moves states forward, forgets what is over. */
  apply(report: ExecutionReport, portfolio: Portfolio): void {
    if (report.kind === "charged") return portfolio.charge(report.charge);
    const id = report.kind === "filled" ? report.fill.orderId : report.orderId;
    const order = id > 0 ? this.byId[id] : null;
    if (order === null || order === undefined) {
      // The venue acts on its own only to liquidate; its order numbers are negative.
      assert(id < 0, `a report for order ${id}, which was never sent`);
      if (report.kind === "filled") portfolio.book(report.fill, "margin call");
      return;
    }
    if (report.kind === "filled") this.fill(order, report.fill.fillId, report.isComplete, portfolio, report);
    else if (
      report.kind !== "modified" &&
      report.kind !== "cancel_rejected" &&
      report.kind !== "modify_rejected"
    )
      order.status = report.kind;
    if (isOver(order.status)) this.forget(order);
  }

  /** Signed quantity that open orders would still add if they filled; protection and `except` do not count. */
  pending(instrument: InstrumentIndex, except: readonly ApprovedOrder[] = noOrders): number {
    const open = this.open(instrument);
    if (open.length === 0) return 0;
    let sum = 0;
    for (const { request, filledQuantity } of open) {
      if (!request.closePosition && !except.includes(request))
        sum += signOf(request.side) * (request.quantity - filledQuantity);
    }
    return sum;
  }

  private fill(
    order: TrackedOrder,
    fillId: number,
    isComplete: boolean,
    portfolio: Portfolio,
    report: Extract<ExecutionReport, { kind: "filled" }>,
  ): void {
    if (order.fillIds.includes(fillId)) return;
    order.fillIds = order.fillIds === noFills ? [fillId] : [...order.fillIds, fillId];
    const { quantity, weightAtFill } = order.request;
    order.filledQuantity += report.fill.quantity;
    assert(
      weightAtFill !== null || order.filledQuantity <= quantity * (1 + 1e-9) || order.request.reduceOnly,
      "filled more than ordered",
    );
    order.status = isComplete ? "filled" : "partially_filled";
    portfolio.book(report.fill, order.request.reason);
  }

  private forget(order: TrackedOrder): void {
    removeFrom(this.openBy[order.request.instrument]!, order);
    this.byId[order.request.id] = null;
  }
}

function isOver(status: OrderStatus): boolean {
  return status === "filled" || status === "canceled" || status === "rejected" || status === "expired";
}

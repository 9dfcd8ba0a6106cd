import type { Fill, OrderRequest, OrderTerms } from "../../domain/order.ts";
import { signOf, type ExecutionReport } from "../../domain/order.ts";
import type { SessionRows } from "../../adapters/stores/state/state-tables.ts";
import type { JournalRecord } from "../../ports/journal-store.ts";

/** What a journal says by itself, without living through it again. */
export type JournalFacts = Pick<SessionRows, "orders" | "fills" | "events"> & { readonly cash: number };

type Draft = {
  order: OrderRequest;
  readonly clientOrderIds: Set<string>;
  filledQuantity: number;
  status: string;
  endReason: string | null;
};

/** Reads orders, executions and events off the records of a journal, in the order in which they were written. */
export function journalFacts(records: Iterable<JournalRecord>): JournalFacts {
  const book = new OrderBook();
  const events: SessionRows["events"][number][] = [];
  let cash = 0;
  for (const record of records) {
    if (record.kind === "session") {
      cash = record.cash;
      book.symbols = record.symbols;
    } else if (record.kind === "order" || record.kind === "change") book.sent(record.order);
    else if (record.kind === "cancel") book.toCancel(record.orderId);
    else if (record.kind === "intent") book.named(record.orderId, record.request.clientOrderId);
    else if (record.kind === "slice") for (const report of record.reports) book.hear(report);
    else if (record.kind === "incident")
      events.push({ atMs: record.atMs, kind: "incident", what: record.what, message: record.message });
    else if (record.kind === "trading")
      events.push({ atMs: record.atMs, kind: "trading", what: record.state, message: record.reason });
  }
  return { cash, orders: book.rows(), fills: book.fills, events };
}

class OrderBook {
  symbols: readonly string[] = [];
  readonly fills: SessionRows["fills"][number][] = [];
  private readonly orders = new Map<number, Draft>();
  private readonly fillIds = new Set<number>();

  sent(order: OrderRequest): void {
    const known = this.orders.get(order.id);
    if (known !== undefined) known.order = order;
    else
      this.orders.set(order.id, {
        order,
        clientOrderIds: new Set(),
        filledQuantity: 0,
        status: "submitted",
        endReason: null,
      });
  }

  toCancel(orderId: number): void {
    const known = this.orders.get(orderId);
    if (known !== undefined && known.endReason === null) known.status = "cancel_pending";
  }

  named(orderId: number, clientOrderId: string): void {
    this.orders.get(orderId)?.clientOrderIds.add(clientOrderId);
  }

  hear(report: ExecutionReport): void {
    if (report.kind === "filled") return this.fill(report.fill, report.isComplete);
    if (report.kind === "charged") return;
    const known = this.orders.get(report.orderId);
    if (known === undefined || isOver(known)) return;
    if (report.kind === "canceled" || report.kind === "rejected" || report.kind === "expired") {
      known.status = report.kind;
      known.endReason = report.reason;
    } else if (report.kind === "accepted" || report.kind === "triggered") {
      if (known.status === "submitted" || known.status === "accepted") known.status = report.kind;
    } else if (report.kind === "cancel_rejected")
      known.status = known.filledQuantity > 0 ? "partially_filled" : "accepted";
  }

  rows(): SessionRows["orders"] {
    return [...this.orders.values()].map(({ order, clientOrderIds, filledQuantity, status, endReason }) => ({
      orderId: order.id,
      clientOrderIds: JSON.stringify([...clientOrderIds]),
      symbol: this.symbolOf(order.instrument),
      side: order.side,
      type: order.terms.type,
      quantity: order.quantity,
      price: priceOf(order.terms),
      filledQuantity,
      status,
      isProtection: order.closePosition ? 1 : 0,
      requestedMs: order.requestedMs,
      reason: order.reason,
      endReason,
    }));
  }

  private fill(fill: Fill, isComplete: boolean): void {
    if (this.fillIds.has(fill.fillId)) return;
    this.fillIds.add(fill.fillId);
    const { orderId, timeMs, instrument, side, quantity, price, fee, feeCurrency, liquidity } = fill;
    this.fills.push({
      orderId,
      timeMs,
      symbol: this.symbolOf(instrument),
      quantity: signOf(side) * quantity,
      price,
      fee,
      feeCurrency: feeCurrency ?? null,
      liquidity,
    });
    const known = this.orders.get(orderId);
    if (known === undefined) return;
    known.filledQuantity += quantity;
    if (isComplete) known.status = "filled";
    else if (!isOver(known) && known.status !== "cancel_pending") known.status = "partially_filled";
  }

  private symbolOf(instrument: number): string {
    return this.symbols[instrument] ?? "";
  }
}

function isOver({ status }: Draft): boolean {
  return status === "filled" || status === "canceled" || status === "rejected" || status === "expired";
}

/** The price that an order names first: that of its trigger where it has one. */
function priceOf(terms: OrderTerms): number | null {
  if ("stopPrice" in terms) return terms.stopPrice;
  if ("triggerPrice" in terms) return terms.triggerPrice;
  return "limitPrice" in terms ? terms.limitPrice : null;
}

import { expect, test } from "vitest";
import type { ApprovedOrder, ExecutionReport, OrderId } from "../../domain/order.ts";
import { marketOrder } from "../../../test/risk-harness.ts";
import { OrderTracker, statusOf, type TrackedOrder } from "./order-tracker.ts";
import type { Portfolio } from "./portfolio.ts";

const booked: number[] = [];
const portfolio = { book: ({ quantity }: { quantity: number }) => booked.push(quantity), charge: () => {} };

function fill(
  fillId: number,
  quantity: number,
  cumulativeQuantity: number,
  isComplete = false,
): ExecutionReport {
  const rest = { price: 100, fee: 0, slippageCost: 0, liquidity: "taker", timeMs: 0 } as const;
  const order = { orderId: 1 as OrderId, instrument: 0 as never, side: "buy" } as const;
  return { kind: "filled", isComplete, fill: { fillId, quantity, cumulativeQuantity, ...order, ...rest } };
}

function answer(kind: "canceled" | "rejected" | "expired", cumulativeQuantity = 0): ExecutionReport {
  return { kind, orderId: 1 as OrderId, timeMs: 0, cumulativeQuantity, code: "on_request", reason: "" };
}

/** An order to buy ten, told about `reports` in turn. */
function told(...reports: readonly (ExecutionReport | "cancel" | ApprovedOrder)[]) {
  const tracker = new OrderTracker();
  const order = marketOrder({ id: tracker.nextId(), quantity: 10 }) as ApprovedOrder;
  tracker.track(order);
  const [tracked] = tracker.open(order.instrument) as [TrackedOrder];
  booked.length = 0;
  for (const report of reports) {
    if (report === "cancel") tracker.cancelSent(order);
    else if ("kind" in report) tracker.apply(report, portfolio as unknown as Portfolio);
    else tracker.changeSent(report);
  }
  return { tracker, tracked, status: statusOf(tracked), open: tracker.open(order.instrument).length };
}

test("a state only moves forward: an acceptance that comes after a fill says nothing new", () => {
  const { status } = told(fill(1, 4, 4), { kind: "accepted", orderId: 1 as OrderId, timeMs: 0 });
  expect(status).toBe("partially_filled");
});

test("an order is at risk in full until its cancel is answered, and wanted no more from the moment it is asked", () => {
  const { tracker, status } = told(fill(1, 4, 4), "cancel");
  expect(status).toBe("cancel_pending");
  expect(tracker.atRisk(0 as never, "buy")).toBe(6);
  expect(tracker.onTheWay(0 as never)).toBe(0);
});

test("a refused cancel leaves the order as it was", () => {
  const refusal = { orderId: 1 as OrderId, timeMs: 0, code: "already_over", reason: "" } as const;
  const { status, tracked } = told("cancel", { kind: "cancel_rejected", ...refusal });
  expect([status, tracked.refusedChanges]).toEqual(["submitted", 1]);
});

test("a change counts with the larger of both sizes until it is through", () => {
  const changed = marketOrder({ id: 1 as OrderId, quantity: 25 }) as ApprovedOrder;
  const done = { orderId: 1 as OrderId, timeMs: 0, terms: changed.terms, quantity: 25 } as const;
  expect(told(changed).status).toBe("replace_pending");
  expect(told(changed).tracker.atRisk(0 as never, "buy")).toBe(25);
  expect(told(changed, { kind: "modified", ...done }).tracked.request.quantity).toBe(25);
  // An answer to a change before the last one says nothing about the present.
  expect(told(changed, { kind: "modified", ...done, quantity: 12 }).status).toBe("replace_pending");
});

test("an end waits for the fills that it has counted", () => {
  const early = told(answer("canceled", 7));
  expect([early.open, early.tracker.atRisk(0 as never, "buy")]).toEqual([1, 7]);
  const whole = told(answer("canceled", 7), fill(1, 3, 3), fill(2, 4, 7));
  expect([whole.open, whole.status, booked]).toEqual([0, "canceled", [3, 4]]);
});

test("the completing fill may come before an earlier one", () => {
  const early = told(fill(2, 6, 10, true));
  expect([early.open, early.tracker.atRisk(0 as never, "buy")]).toEqual([1, 4]);
  expect(told(fill(2, 6, 10, true), fill(1, 4, 4)).status).toBe("filled");
});

test("a fill is booked once, after the order's end as well, and what did not fit is kept", () => {
  const { tracker, status } = told(answer("canceled"), fill(1, 3, 3), fill(1, 3, 3));
  expect([status, booked]).toEqual(["canceled", [3]]);
  expect(tracker.surprises.map(({ kind }) => kind)).toEqual(["filled after its end", "told twice"]);
});

test("more than was ordered is booked, because the venue has it, and flagged", () => {
  const { tracker } = told(fill(1, 10, 10), fill(2, 2, 12, true));
  expect(booked).toEqual([10, 2]);
  expect(tracker.surprises.map(({ kind }) => kind)).toEqual(["filled more than ordered"]);
});

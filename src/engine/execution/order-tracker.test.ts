import { expect, test } from "vitest";
import type { ApprovedOrder, ExecutionReport, Fill, OrderId, OrderRequest } from "../../domain/order.ts";
import { marketOrder } from "../../../test/risk-harness.ts";
import { isLive, isOver, OrderTracker, statusOf, type TrackedOrder } from "./order-tracker.ts";
import type { Portfolio } from "./portfolio.ts";

const booked: number[] = [];
const reasons: string[] = [];
const charged: number[] = [];
const portfolio = {
  book: ({ quantity }: { quantity: number }, reason: string) => {
    booked.push(quantity);
    reasons.push(reason);
  },
  charge: ({ amount }: { amount: number }) => charged.push(amount),
};

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

test("an order is submitted, then accepted, then triggered, then filled in part and whole", () => {
  const said = (kind: "accepted" | "triggered") => ({ kind, orderId: 1 as OrderId, timeMs: 0 }) as const;
  const reports = [said("accepted"), said("triggered"), fill(1, 4, 4), fill(2, 6, 10, true)];
  expect([0, 1, 2, 3, 4].map((count) => told(...reports.slice(0, count)).status)).toEqual([
    "submitted",
    "accepted",
    "triggered",
    "partially_filled",
    "filled",
  ]);
});

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

test("what fills while a change is on its way is too much only beyond the larger of both sizes", () => {
  const surprises = (quantity: number, filled: number): number => {
    const changed = marketOrder({ id: 1 as OrderId, quantity }) as ApprovedOrder;
    return told(changed, fill(1, filled, filled)).tracker.surprises.length;
  };
  expect([surprises(25, 20), surprises(5, 9)]).toEqual([0, 0]);
  expect([surprises(25, 26), surprises(5, 11)]).toEqual([1, 1]);
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

/** A tracker that has sent these orders: buys of ten at market, changed by what is given. */
function sent(...orders: readonly Partial<OrderRequest>[]): OrderTracker {
  const tracker = new OrderTracker();
  for (const order of orders)
    tracker.track(marketOrder({ id: tracker.nextId(), quantity: 10, ...order }) as ApprovedOrder);
  return tracker;
}

function hear(tracker: OrderTracker, report: ExecutionReport): TrackedOrder | null {
  return tracker.apply(report, portfolio as unknown as Portfolio);
}

/** A fill of order `id`. */
function fillOf(id: number, fillId: number, quantity: number, change: Partial<Fill> = {}): ExecutionReport {
  const report = fill(fillId, quantity, quantity) as Extract<ExecutionReport, { kind: "filled" }>;
  return { ...report, fill: { ...report.fill, orderId: id as OrderId, ...change } };
}

test("what is on the way is the sum of both sides, without protection and without what is withdrawn", () => {
  const tracker = sent(
    {},
    { side: "sell", quantity: 3 },
    { side: "sell", closePosition: true },
    { quantity: 2 },
  );
  expect(tracker.onTheWay(0 as never)).toBe(9);
  hear(tracker, fillOf(1, 1, 4));
  expect(tracker.onTheWay(0 as never)).toBe(5);
  tracker.changeSent(marketOrder({ id: 1 as OrderId, quantity: 14 }) as ApprovedOrder);
  expect(tracker.onTheWay(0 as never)).toBe(9);
  expect(tracker.onTheWay(1 as never)).toBe(0);
  // Canceled, and a fill that the venue has counted is still to come: it is no wish of ours.
  hear(tracker, { ...answer("canceled", 2), orderId: 4 as OrderId } as ExecutionReport);
  expect(tracker.onTheWay(0 as never)).toBe(7);
});

test("at risk is one side alone, without the order that is asked about and without protection", () => {
  const tracker = sent({}, { quantity: 5 }, { side: "sell", quantity: 3 }, { closePosition: true });
  expect(tracker.atRisk(0 as never, "buy")).toBe(15);
  expect(tracker.atRisk(0 as never, "sell")).toBe(3);
  expect(tracker.atRisk(0 as never, "buy", 1)).toBe(5);
  tracker.changeSent(marketOrder({ id: 1 as OrderId, quantity: 4 }) as ApprovedOrder);
  expect(tracker.atRisk(0 as never, "buy")).toBe(15);
});

test("protection guards a position of the other side, from the moment its parent has filled", () => {
  const close = { closePosition: true, reduceOnly: true, side: "sell" } as const;
  const tracker = sent({}, { ...close, parentId: 1 as OrderId }, close, { ...close, side: "buy" });
  const ids = (held: number) => tracker.guards(0 as never, held).map(({ request }) => request.id);
  expect([ids(5), ids(-5), ids(0)]).toEqual([[3], [4], []]);
  hear(tracker, fillOf(1, 1, 1));
  expect(ids(5)).toEqual([2, 3]);
  expect(tracker.guards(1 as never, 5)).toEqual([]);
});

test("children of an order that ended without a fill are orphans, as long as nobody has withdrawn them", () => {
  const child = { closePosition: true, parentId: 1 as OrderId } as const;
  const tracker = sent({}, child, {});
  const orphans = () => tracker.orphans(0 as never).map(({ request }) => request.id);
  expect(orphans()).toEqual([]);
  hear(tracker, answer("canceled"));
  expect(orphans()).toEqual([2]);
  tracker.cancelSent(tracker.open(0 as never)[0]!.request);
  expect(orphans()).toEqual([]);
  const filled = sent({}, child);
  hear(filled, fillOf(1, 1, 3));
  hear(filled, answer("canceled", 3));
  expect(filled.orphans(0 as never)).toEqual([]);
});

test("what is left of an order is what has not filled, and all of one that was never sent", () => {
  const tracker = sent({});
  hear(tracker, fillOf(1, 1, 4));
  expect(tracker.leftOf(marketOrder({ id: 1 as OrderId, quantity: 10 }))).toBe(6);
  expect(tracker.leftOf(marketOrder({ id: 9 as OrderId, quantity: 10 }))).toBe(10);
});

test("numbers of orders and of groups count from one, and only instruments with orders are named", () => {
  const tracker = new OrderTracker();
  expect([tracker.nextId(), tracker.nextId(), tracker.nextGroup(), tracker.nextGroup()]).toEqual([
    1, 2, 1, 2,
  ]);
  tracker.track(marketOrder({ id: 2 as OrderId, instrument: 3 as never }) as ApprovedOrder);
  expect(tracker.instrumentsWithOrders()).toEqual([3]);
});

test("a liquidation is booked once and is no surprise; a stranger's fill is booked and is one", () => {
  const tracker = sent();
  booked.length = reasons.length = 0;
  expect(hear(tracker, fillOf(-1, 7, 2))).toBeNull();
  expect(tracker.surprises).toEqual([]);
  hear(tracker, fillOf(-1, 7, 2));
  hear(tracker, fillOf(5, 8, 3));
  hear(tracker, { kind: "accepted", orderId: -2 as OrderId, timeMs: 0 });
  expect(tracker.surprises.map(({ kind }) => kind)).toEqual(["told twice", "unknown order"]);
  expect([booked, reasons]).toEqual([
    [2, 3],
    ["margin call", "an order that is not ours"],
  ]);
});

test("a charge is booked once", () => {
  const tracker = sent();
  charged.length = 0;
  const charge = (chargeId: number): ExecutionReport => ({
    kind: "charged",
    charge: { chargeId, kind: "funding", instrument: 0 as never, amount: chargeId, timeMs: 0 },
  });
  for (const id of [1, 2, 1]) expect(hear(tracker, charge(id))).toBeNull();
  expect(charged).toEqual([1, 2]);
  expect(tracker.surprises.map(({ kind }) => kind)).toEqual(["told twice"]);
});

test("an order whose size the venue finds is never too much, and rounding is not either", () => {
  const kinds = (order: Partial<OrderRequest>, quantity: number) => {
    const tracker = sent(order);
    hear(tracker, fillOf(1, 1, quantity));
    return tracker.surprises.map(({ kind }) => kind);
  };
  expect(kinds({ weightAtFill: 1 }, 12)).toEqual([]);
  expect(kinds({ reduceOnly: true }, 12)).toEqual([]);
  expect(kinds({}, 10 + 5e-9)).toEqual([]);
  expect(kinds({}, 10 + 5e-8)).toEqual(["filled more than ordered"]);
});

test("an answer that was not asked for, and a second end, are told twice", () => {
  const refusal = { orderId: 1 as OrderId, timeMs: 0, code: "already_over", reason: "" } as const;
  const tracker = sent({});
  expect(hear(tracker, { kind: "cancel_rejected", ...refusal })).toBeNull();
  expect(hear(tracker, { kind: "modify_rejected", ...refusal })).toBeNull();
  expect(hear(tracker, answer("rejected"))).not.toBeNull();
  expect(hear(tracker, answer("canceled"))).toBeNull();
  expect(tracker.surprises.map(({ kind }) => kind)).toEqual(["told twice", "told twice", "told twice"]);
});

test("a change that the venue refuses leaves the order as it was, and one that goes through is the order", () => {
  const changed = marketOrder({ id: 1 as OrderId, quantity: 25 }) as ApprovedOrder;
  const refusal = { orderId: 1 as OrderId, timeMs: 0, code: "other", reason: "" } as const;
  const { tracked } = told(changed, { kind: "modify_rejected", ...refusal });
  expect([tracked.asked.quantity, tracked.pending, tracked.refusedChanges]).toEqual([10, "nothing", 1]);
  const limit = (limitPrice: number) => ({ type: "limit", limitPrice }) as const;
  const priced = { ...changed, terms: limit(90) };
  const other = told(priced, {
    kind: "modified",
    orderId: 1 as OrderId,
    timeMs: 0,
    terms: limit(91),
    quantity: 25,
  });
  expect(other.status).toBe("replace_pending");
  // What was never asked for was not awaited.
  const done = {
    kind: "modified",
    orderId: 1 as OrderId,
    timeMs: 0,
    terms: changed.terms,
    quantity: 10,
  } as const;
  expect(told(done).tracker.surprises).toHaveLength(1);
});

test("an end that has counted less than a fill has told waits for the fill", () => {
  const { tracked, open, tracker } = told(fill(2, 3, 7), answer("expired", 0));
  expect([tracked.pending, open, isLive(tracked), isOver(tracked)]).toEqual(["fills", 1, false, false]);
  hear(tracker, fill(1, 4, 4));
  expect([tracked.progress, isOver(tracked)]).toEqual(["expired", true]);
});

test("the last thousand orders that are over are remembered, and a late fill of an older one is a stranger's", () => {
  const tracker = new OrderTracker();
  const end = (): number => {
    const id = tracker.nextId();
    tracker.track(marketOrder({ id }) as ApprovedOrder);
    hear(tracker, { ...answer("canceled"), orderId: id } as ExecutionReport);
    return id;
  };
  for (let k = 0; k < 1024; k++) end();
  expect(hear(tracker, fillOf(1, 1, 1))?.request.id).toBe(1);
  end();
  expect(hear(tracker, fillOf(1, 2, 1))).toBeNull();
  expect(hear(tracker, fillOf(2, 3, 1))?.request.id).toBe(2);
  expect(tracker.surprises.map(({ kind }) => kind)).toEqual([
    "filled after its end",
    "unknown order",
    "filled after its end",
  ]);
});

test("an acceptance after a trigger says nothing new", () => {
  const { tracked, tracker } = told({ kind: "triggered", orderId: 1 as OrderId, timeMs: 0 });
  expect(tracked.progress).toBe("triggered");
  expect(hear(tracker, { kind: "accepted", orderId: 1 as OrderId, timeMs: 0 })).toBeNull();
  expect(hear(tracker, fill(1, 10, 10, true))?.progress).toBe("filled");
});

test("of what did not fit the newest stays, so that a venue that repeats itself fills no memory", () => {
  const tracker = new OrderTracker();
  for (let id = 1; id <= 300; id++) hear(tracker, { kind: "accepted", orderId: id as OrderId, timeMs: id });
  expect(tracker.surprises).toHaveLength(256);
  expect(tracker.surprises.at(-1)!.report).toMatchObject({ orderId: 300 });
});

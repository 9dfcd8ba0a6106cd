import { expect, test } from "vitest";
import { ExecutionDesk } from "../../../test/execution-desk.ts";
import type { OrderId } from "../../domain/order.ts";
import { orderFault } from "../../venue/check-order.ts";

const stop = { stopPrice: 90 };

/** What is planned at each of these times, in milliseconds. */
function plannedAt(desk: ExecutionDesk, ...times: readonly number[]): readonly (readonly string[])[] {
  return times.map((timeMs) => {
    desk.timeMs = timeMs;
    return desk.story();
  });
}

test("an order that the venue refused for the moment goes again after one second, then two, then four, then never", () => {
  const desk = new ExecutionDesk();
  desk.decide(5);
  expect(desk.story()).toEqual(["buy 5"]);
  desk.end(1, "unavailable", "rejected");
  expect(plannedAt(desk, 0, 999, 1_000)).toEqual([[], [], ["buy 5"]]);
  desk.end(2, "rate_limited", "rejected");
  expect(plannedAt(desk, 2_999, 3_000)).toEqual([[], ["buy 5"]]);
  desk.end(3, "halted", "rejected");
  expect(plannedAt(desk, 6_999, 7_000)).toEqual([[], ["buy 5"]]);
  desk.end(4, "session_closed", "rejected");
  expect(desk.wanted).toBe(0);
  expect(plannedAt(desk, 1e9)).toEqual([[]]);
});

test("an exit is tried again for ever, with at most a minute and four seconds between", () => {
  const desk = new ExecutionDesk();
  desk.decide(5);
  desk.plan();
  desk.fill(1);
  desk.decide(0);
  const waits: number[] = [];
  for (let id = 2; id < 12; id++) {
    expect(desk.story()).toEqual(["sell 5 reduce"]);
    desk.end(id, id % 2 === 0 ? "other" : "buying_power", "rejected");
    const { retryAtMs } = desk.targets.of(0 as never)!;
    waits.push(retryAtMs - desk.timeMs);
    desk.timeMs = retryAtMs;
  }
  expect(waits).toEqual([1_000, 2_000, 4_000, 8_000, 16_000, 32_000, 64_000, 64_000, 64_000, 64_000]);
  expect(desk.wanted).toBe(0);
});

test("an entry for which the account has no money is not tried again: what is held is all there will be", () => {
  const desk = new ExecutionDesk();
  desk.decide(5);
  desk.plan();
  desk.fill(1, 2);
  desk.end(1, "buying_power");
  expect(desk.wanted).toBe(2);
  expect(plannedAt(desk, 1e6)).toEqual([[]]);
  // Nor is one that the venue took and ended later, nor one that it called rejected after a part.
  for (const [filled, kind] of [
    [0, "canceled"],
    [200, "rejected"],
  ] as const) {
    const large = new ExecutionDesk();
    large.decide(1_000);
    large.plan();
    if (filled > 0) large.fill(1, filled);
    large.end(1, "buying_power", kind);
    expect([large.wanted, plannedAt(large, 1e6)]).toEqual([filled, [[]]]);
  }
});

test("an entry that a venue refuses whole for want of money is tried a little smaller, three times, and then given up", () => {
  const desk = new ExecutionDesk();
  desk.decide(1_000);
  const tried: string[] = [];
  for (let id = 1; id <= 4; id++) {
    tried.push(...desk.story());
    desk.end(id, "buying_power", "rejected");
    desk.timeMs = Math.max(desk.timeMs, desk.targets.of(0 as never)!.retryAtMs);
  }
  // Less by 0.5 %, by 1 % of that, and by 2 %.
  expect(tried).toEqual(["buy 1000", "buy 995", "buy 985", "buy 965"]);
  expect(plannedAt(desk, 1e6)).toEqual([[]]);
  expect(desk.wanted).toBe(0);
});

test.each([
  [1e-8, 100.08110985, 99.5807043],
  [1e-8, -100.08110985, -99.5807043],
  [0.0001, 123456.7891, 122839.5051],
])(
  "of lots of %d, %d a little smaller is whole lots: the venue takes nothing else",
  (lotSize, wanted, less) => {
    const desk = new ExecutionDesk({ lotSize });
    desk.decide(wanted);
    desk.plan();
    desk.end(1, "buying_power", "rejected");
    desk.timeMs = 1_000;
    const [order] = desk.plan().orders;
    expect(order).toMatchObject({ side: less > 0 ? "buy" : "sell", quantity: Math.abs(less) });
    expect(orderFault(order!, desk.instruments[0], 100)).toBeNull();
  },
);

test("an entry of one lot that the account cannot pay for is not tried again", () => {
  const desk = new ExecutionDesk();
  desk.decide(1);
  desk.plan();
  desk.end(1, "buying_power", "rejected");
  expect(plannedAt(desk, 1e6)).toEqual([[]]);
});

test("an order that ends on request is no failure: what is wanted is ordered again at once", () => {
  const desk = new ExecutionDesk();
  desk.decide(5);
  desk.plan();
  desk.end(1, "on_request");
  expect(desk.story()).toEqual(["buy 5"]);
});

test("an order by weight that is complete settles what was wanted", () => {
  const desk = new ExecutionDesk({}, 1, { sizeAtFill: true });
  desk.decide(5);
  expect(desk.plan().orders[0]).toMatchObject({ quantity: 5, weightAtFill: 0.05 });
  desk.hear({
    kind: "filled",
    isComplete: true,
    fill: {
      fillId: 1,
      orderId: 1 as OrderId,
      instrument: 0 as never,
      side: "buy",
      quantity: 4,
      cumulativeQuantity: 4,
      price: 100,
      fee: 0,
      slippageCost: 0,
      liquidity: "taker",
      timeMs: 0,
    },
  });
  expect(desk.wanted).toBe(4);
  expect(desk.story()).toEqual([]);
});

test("a stop that cannot be placed is tried three times more, and then the position goes", () => {
  const desk = new ExecutionDesk();
  desk.decide(5, { protection: stop });
  expect(desk.story()).toEqual(["buy 5", "sell 5 close stop_market"]);
  desk.fill(1);
  const again = "sell 5 close stop_market";
  let id = 2;
  for (const waitMs of [1_000, 2_000, 4_000]) {
    desk.end(id++, "other", "rejected");
    expect(plannedAt(desk, desk.timeMs + waitMs - 1, desk.timeMs + waitMs)).toEqual([[], [again]]);
  }
  desk.end(id, "other", "rejected");
  expect(desk.wanted).toBe(0);
  expect(desk.story()).toEqual(["sell 5 reduce"]);
});

test("a stop whose price has been reached already ends the position at once", () => {
  const desk = new ExecutionDesk();
  desk.decide(5, { protection: stop });
  desk.plan();
  desk.fill(1);
  desk.end(2, "would_trigger", "rejected");
  expect(desk.wanted).toBe(0);
  expect(desk.story()).toEqual(["sell 5 reduce"]);
});

test("a stop that fills is the end of what was wanted, and another decision is a new beginning", () => {
  const desk = new ExecutionDesk();
  desk.decide(5, { protection: stop });
  desk.plan();
  desk.fill(1);
  desk.fill(2, 3);
  expect([desk.wanted, desk.held]).toEqual([0, 2]);
  // The stop goes on with the rest: nothing else is sent beside it.
  expect(desk.story()).toEqual([]);
  desk.fill(2);
  expect([desk.held, desk.story()]).toEqual([0, []]);
  desk.decide(5);
  expect(desk.story()).toEqual(["buy 5"]);
});

test("a margin call ends what was wanted", () => {
  const desk = new ExecutionDesk();
  desk.decide(5);
  desk.plan();
  desk.fill(1);
  const fill = {
    fillId: 9,
    orderId: -1 as OrderId,
    instrument: 0 as never,
    side: "sell",
    quantity: 5,
  } as const;
  const rest = {
    cumulativeQuantity: 5,
    price: 90,
    fee: 0,
    slippageCost: 0,
    liquidity: "taker",
    timeMs: 0,
  } as const;
  desk.hear({ kind: "filled", isComplete: true, fill: { ...fill, ...rest } });
  expect([desk.wanted, desk.held, desk.story()]).toEqual([0, 0, []]);
});

test("what a venue keeps of a purchase is wanted no more, and never less than nothing", () => {
  const kept = (wanted: number, quantity: number): number | undefined => {
    const desk = new ExecutionDesk({ lotSize: 0.01 });
    desk.decide(wanted);
    desk.plan();
    desk.fill(1);
    const fill = {
      fillId: 9,
      orderId: 1_000 as OrderId,
      instrument: 0 as never,
      side: "sell",
      quantity,
    } as const;
    const rest = {
      cumulativeQuantity: 0,
      price: 100,
      fee: 0,
      slippageCost: 0,
      liquidity: "taker",
      timeMs: 0,
    } as const;
    desk.hear({ kind: "filled", isComplete: true, fill: { ...fill, ...rest, isKeptFee: true } });
    return desk.wanted;
  };
  expect(kept(5, 0.5)).toBe(4.5);
  expect(kept(5, 6)).toBe(0);
  expect(kept(-5, 0.5)).toBe(-5);
});

test("a split makes what is held what is wanted, and moves the levels", () => {
  const desk = new ExecutionDesk({ tickSize: 0.01 });
  desk.decide(5, { protection: { stopPrice: 90, takeProfitPrice: 121 } });
  desk.plan();
  desk.fill(1);
  const split = { ratio: 4, quantityAfter: 20, tickSize: 0.01 };
  desk.hear({
    kind: "charged",
    charge: { chargeId: 1, kind: "split", instrument: 0 as never, amount: 0, split, timeMs: 0 },
  });
  expect(desk.targets.of(0 as never)).toMatchObject({
    quantity: 20,
    protection: { stopPrice: 22.5, takeProfitPrice: 30.25 },
  });
});

test("a refused cancel is asked again after two seconds, and after four", () => {
  const desk = new ExecutionDesk();
  desk.decide(5, { entry: { kind: "limit", price: 90 } });
  desk.plan();
  desk.decide(0);
  expect(desk.story()).toEqual(["cancel 1"]);
  const refused = {
    kind: "cancel_rejected",
    orderId: 1 as OrderId,
    timeMs: 0,
    code: "other",
    reason: "",
  } as const;
  desk.hear(refused);
  expect(plannedAt(desk, 1_999, 2_000)).toEqual([[], ["cancel 1"]]);
  desk.hear(refused);
  expect(plannedAt(desk, 5_999, 6_000)).toEqual([[], ["cancel 1"]]);
});

test("where the venue says that a position is closed which our books hold, a fill is waited for ten seconds and four steps", () => {
  const inDoubt = (): ExecutionDesk => {
    const desk = new ExecutionDesk();
    desk.decide(5, { protection: stop });
    desk.plan();
    desk.fill(1);
    desk.decide(0);
    expect(desk.story()).toEqual(["sell 5 reduce"]);
    // The stop may have closed it: its fill is on the way.
    desk.end(3, "nothing_to_reduce");
    return desk;
  };
  const late = inDoubt();
  expect(plannedAt(late, 1_000, 2_000, 3_000, 4_000, 9_999)).toEqual([[], [], [], [], []]);
  expect(plannedAt(late, 10_000)).toEqual([["sell 5 reduce"]]);
  // Few steps, however long they take: the fourth is not enough.
  const slow = inDoubt();
  expect(plannedAt(slow, 20_000, 40_000, 60_000, 80_000)).toEqual([[], [], [], []]);
  expect(plannedAt(slow, 100_000)).toEqual([["sell 5 reduce"]]);
  const told = inDoubt();
  told.fill(2);
  expect([told.held, told.story()]).toEqual([0, []]);
  const ended = inDoubt();
  ended.end(2, "on_request");
  expect(ended.story()).toEqual(["sell 5 reduce"]);
});

test("a target that names no levels keeps those of the one before, and they are sent again when they are lost", () => {
  const desk = new ExecutionDesk();
  desk.decide(5, { protection: stop });
  desk.plan();
  desk.fill(1);
  desk.plan();
  desk.decide(5, { protection: {} });
  expect(desk.story()).toEqual([]);
  desk.end(2, "on_request");
  expect(desk.story()).toEqual(["sell 5 close stop_market"]);
});

test("where the closing half of a reversal is refused for good, the opening half is withdrawn and what is held stays", () => {
  const desk = new ExecutionDesk();
  desk.decide(5);
  desk.plan();
  desk.fill(1);
  desk.decide(-3, { entry: { kind: "stop", price: 95 } });
  expect(desk.story()).toEqual(["sell 5 reduce stop_market", "sell 3 stop_market"]);
  desk.end(2, "would_trigger", "rejected");
  expect(desk.wanted).toBe(5);
  expect(desk.story()).toEqual(["cancel 3"]);
});

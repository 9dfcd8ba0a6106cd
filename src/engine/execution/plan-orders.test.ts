import { expect, test } from "vitest";
import { eventsOf, plainAccount, runScript } from "../../../test/scripted-run.ts";
import type { OrderTerms } from "../../domain/order.ts";
import { ExecutionDesk } from "../../../test/execution-desk.ts";
import { inLots, isSame, sameTerms } from "./draft-order.ts";

test("a reversal that waits for its price is two orders: one that can only close, and one that opens", () => {
  const session = runScript({ 1: [1], 3: [-1, { entry: { kind: "limit", price: 110 } }] }, [
    100,
    100,
    100,
    100,
    [100, 111, 100, 105],
    105,
  ]);
  const orders = eventsOf(session).filter((line) => / (order|fill) /.test(line));
  // 1,000 at 110 are nine units. Held are ten: whichever fills first, the other one cannot open more than is wanted.
  expect(orders).toEqual([
    "1 order 10 script",
    "2 fill 10@100 taker",
    "3 order -10 script",
    "3 order -9 script",
    "5 fill -10@110 maker",
    "5 fill -9@110 maker",
  ]);
});

test("a trade has the side on which it was", () => {
  const sideOf = (weight: number) =>
    runScript({ 1: [weight], 3: [0] }, [100, 100, 100, 110, 110]).portfolio.trades.closed.map(
      ({ side, pnl }) => [side, pnl],
    );
  // Ten units at 100, out at 110.
  expect(sideOf(1)).toEqual([["long", 100]]);
  expect(sideOf(-1)).toEqual([["short", -100]]);
});

test("orders that trail wait for the same thing when their distance is the same, in its kind and in its size", () => {
  const trailing = (trail: Extract<OrderTerms, { type: "trailing_stop_market" }>["trail"]): OrderTerms => ({
    type: "trailing_stop_market",
    trail,
  });
  const fraction = (share: number) => trailing({ kind: "fraction", fraction: share });
  const amount = (distance: number) => trailing({ kind: "amount", amount: distance });
  expect(sameTerms(fraction(0.02), fraction(0.02))).toBe(true);
  expect(sameTerms(fraction(0.02), fraction(0.03))).toBe(false);
  expect(sameTerms(amount(2), amount(2))).toBe(true);
  expect(sameTerms(amount(2), amount(3))).toBe(false);
  expect(sameTerms(amount(0.02), fraction(0.02))).toBe(false);
});

test("a pause withdraws entries that wait for their price, and keeps what is held", () => {
  const halt = { use: "daily-loss-halt", limit: 0.1, action: "pause" };
  const config = { ...plainAccount, risk: { rules: [halt] } };
  const script = { 1: [1], 2: [3, { entry: { kind: "limit", price: 50 } }] } as const;
  // A fall of a fifth trips the halt while the entry waits at 50, which the bar after it reaches.
  const session = runScript(script, [100, 100, [100, 100, 80, 80], [80, 80, 50, 60], 60], config);
  const lines = eventsOf(session).filter((line) => / (fill|canceled) /.test(line));
  expect(lines.filter((line) => line.includes(" fill "))).toHaveLength(1);
  expect(lines.some((line) => line.includes("canceled"))).toBe(true);
  expect(session.portfolio.ledger.quantity[0]).toBe(10);
});

/** A desk that holds so much. */
function holding(quantity: number, ...rest: ConstructorParameters<typeof ExecutionDesk>): ExecutionDesk {
  const desk = new ExecutionDesk(...rest);
  desk.decide(quantity);
  desk.plan();
  desk.fill(1);
  return desk;
}

const at = (price: number) => ({ entry: { kind: "limit", price } }) as const;

test("the same target with the same levels changes nothing while its entry waits, nor while more is bought", () => {
  const levels = { protection: { stopPrice: 90 } };
  const desk = new ExecutionDesk();
  desk.decide(5, { ...at(95), ...levels });
  expect(desk.story()).toEqual(["buy 5 limit", "sell 5 close stop_market"]);
  desk.decide(5, { ...at(95), ...levels });
  expect(desk.story()).toEqual([]);
  const more = new ExecutionDesk();
  more.decide(5, levels);
  more.plan();
  more.fill(1);
  more.decide(8, levels);
  expect(more.story()).toEqual(["buy 3"]);
  more.decide(8, levels);
  expect(more.story()).toEqual([]);
});

test("both orders of a reversal that waits go when a part of the holding is to stay after all", () => {
  const desk = holding(10);
  desk.decide(-9, at(110));
  expect(desk.story()).toEqual(["sell 10 reduce limit", "sell 9 limit"]);
  desk.decide(5, at(110));
  expect(desk.story()).toEqual(["cancel 2", "cancel 3"]);
});

test("the difference is ordered, on either side, and what only makes a holding smaller can only do that", () => {
  const change = (from: number, to: number): readonly string[] => {
    const desk = holding(from);
    desk.decide(to);
    return desk.story();
  };
  expect(change(5, 8)).toEqual(["buy 3"]);
  expect(change(5, 2)).toEqual(["sell 3 reduce"]);
  expect(change(5, 0)).toEqual(["sell 5 reduce"]);
  expect(change(5, -5)).toEqual(["sell 10"]);
  expect(change(-5, -8)).toEqual(["sell 3"]);
  expect(change(-5, -2)).toEqual(["buy 3 reduce"]);
  expect(change(-5, 5)).toEqual(["buy 10"]);
  expect(change(5, 5)).toEqual([]);
});

test("a change of exactly the band is left alone, a larger one is not, and opening and closing always happen", () => {
  const change = (from: number, to: number): readonly string[] => {
    const desk = holding(from, {}, 1, { rebalanceBand: 0.2 });
    desk.decide(to);
    return desk.story();
  };
  expect(change(10, 12)).toEqual([]);
  expect(change(10, 8)).toEqual([]);
  expect(change(-10, -12)).toEqual([]);
  expect(change(10, 13)).toEqual(["buy 3"]);
  expect(change(10, 7)).toEqual(["sell 3 reduce"]);
  expect(change(1, -1)).toEqual(["sell 2"]);
  expect(change(10, 0)).toEqual(["sell 10 reduce"]);
  // What the band has left alone is what is wanted from then on.
  const desk = holding(10, {}, 1, { rebalanceBand: 0.2 });
  desk.decide(12);
  expect([desk.plan().unchanged, desk.wanted]).toEqual([1, 10]);
});

test("what is on its way counts, and what a new target does not need is withdrawn", () => {
  const desk = new ExecutionDesk();
  desk.decide(5, at(90));
  desk.plan();
  desk.decide(5, at(90));
  expect(desk.story()).toEqual([]);
  desk.decide(0);
  expect(desk.story()).toEqual(["cancel 1"]);
  // Until the venue has answered nothing takes its place.
  desk.decide(5);
  expect(desk.story()).toEqual([]);
  desk.end(1, "on_request");
  expect(desk.story()).toEqual(["buy 5"]);
});

test("a waiting entry is changed where its kind, side and life are the same, and replaced where they are not", () => {
  const second = (first: object, next: object, quantity = 7): readonly string[] => {
    const desk = new ExecutionDesk();
    desk.decide(5, { entry: first as never });
    desk.plan();
    desk.decide(quantity, { entry: next as never });
    return desk.story();
  };
  const limit = { kind: "limit", price: 90 };
  expect(second(limit, { ...limit, price: 91 })).toEqual(["change 1 to 7 limit"]);
  expect(second({ kind: "stop", price: 110 }, { kind: "stop", price: 111 })).toEqual([
    "change 1 to 7 stop_market",
  ]);
  for (const other of [
    { kind: "stop", price: 110 },
    { kind: "market" },
    { ...limit, timeInForce: "day" },
    { ...limit, timeInForce: "gtd", expireTimeMs: 5 },
    { ...limit, postOnly: true },
  ])
    expect(second(limit, other)).toEqual(["cancel 1"]);
  expect(second(limit, limit, -7)).toEqual(["cancel 1"]);
  expect(second({ ...limit, postOnly: true }, { ...limit, price: 91, postOnly: true })).toEqual([
    "change 1 to 7 limit",
  ]);
});

test("a changed entry keeps what has filled, and one with other protection is replaced", () => {
  const desk = new ExecutionDesk();
  desk.decide(5, at(90));
  desk.plan();
  desk.fill(1, 2);
  desk.decide(9, at(91));
  // Seven are missing, and two of the order have filled.
  expect(desk.story()).toEqual(["change 1 to 9 limit"]);
  const other = new ExecutionDesk();
  other.decide(5, { ...at(90), protection: { stopPrice: 80 } });
  expect(other.story()).toEqual(["buy 5 limit", "sell 5 close stop_market"]);
  other.decide(5, { ...at(91), protection: { stopPrice: 80 } });
  expect(other.story()).toEqual(["change 1 to 5 limit"]);
  other.hear({
    kind: "modified",
    orderId: 1 as never,
    timeMs: 0,
    terms: { type: "limit", limitPrice: 91 },
    quantity: 5,
  });
  other.decide(5, { ...at(91), protection: { stopPrice: 81 } });
  expect(other.story()).toEqual(["cancel 1"]);
});

test("a holding that waits to be made smaller does so by an order that can do nothing else", () => {
  const desk = holding(5);
  desk.decide(2, at(110));
  expect(desk.story()).toEqual(["sell 3 reduce limit"]);
  desk.decide(1, at(111));
  expect(desk.story()).toEqual(["change 2 to 4 limit"]);
});

test("a reversal while protection works is two orders, and one without is one", () => {
  const desk = new ExecutionDesk();
  desk.decide(5, { protection: { stopPrice: 90 } });
  desk.plan();
  desk.fill(1);
  desk.decide(-4);
  expect(desk.story()).toEqual(["sell 5 reduce", "sell 4"]);
  const plain = holding(5);
  plain.decide(-4, at(110));
  expect(plain.story()).toEqual(["sell 5 reduce limit", "sell 4 limit"]);
});

test("new levels change what protects, where their kinds are the same; others take their place", () => {
  const protectedBy = (next: object, more = {}): readonly string[] => {
    const desk = new ExecutionDesk();
    desk.decide(5, { protection: { stopPrice: 90, takeProfitPrice: 120 } });
    desk.plan();
    desk.fill(1);
    desk.decide(5, { protection: next, ...more });
    return desk.story();
  };
  expect(protectedBy({ stopPrice: 91, takeProfitPrice: 120 })).toEqual(["change 2 to 5 stop_market"]);
  expect(protectedBy({ stopPrice: 90, takeProfitPrice: 120 })).toEqual([]);
  expect(protectedBy({ stopPrice: 91, takeProfitPrice: 121 })).toEqual([
    "change 2 to 5 stop_market",
    "change 3 to 5 limit",
  ]);
  expect(protectedBy({ stopPrice: 91 })).toEqual(["cancel 2", "cancel 3", "sell 5 close stop_market"]);
  expect(protectedBy({ trail: { kind: "amount", amount: 3 }, takeProfitPrice: 120 })).toEqual([
    "cancel 2",
    "cancel 3",
    "sell 5 close trailing_stop_market",
    "sell 5 close limit",
  ]);
  // No levels named: the old ones stay, unless another strategy has taken over.
  expect(protectedBy({})).toEqual([]);
  expect(protectedBy({}, { replacesProtection: true })).toEqual(["cancel 2", "cancel 3"]);
});

test("of a stop and a target the one that is lost alone is sent again, in the group of the other", () => {
  const desk = new ExecutionDesk();
  desk.decide(5, { protection: { stopPrice: 90, takeProfitPrice: 120 } });
  const group = desk.plan().orders[1]!.ocoGroup;
  expect(group).toBeGreaterThan(0);
  desk.fill(1);
  expect(desk.story()).toEqual([]);
  desk.end(3, "on_request");
  expect(desk.plan().orders).toMatchObject([{ terms: { type: "limit" }, ocoGroup: group }]);
  desk.end(2, "on_request");
  expect(desk.plan().orders).toMatchObject([{ terms: { type: "stop_market" }, ocoGroup: group }]);
  const one = new ExecutionDesk();
  one.decide(5, { protection: { stopPrice: 90 } });
  expect(one.plan().orders[1]!.ocoGroup).toBe(0);
});

test("a rest below one lot is neither ordered nor protected", () => {
  const desk = new ExecutionDesk({ lotSize: 1 });
  desk.portfolio.ledger.quantity[0] = 0.4;
  desk.portfolio.ledger.held.push(0);
  desk.decide(0.4, { protection: { stopPrice: 90 } });
  expect(desk.story()).toEqual([]);
  desk.decide(3);
  expect(desk.story()).toEqual(["buy 2"]);
});

test("quantities are the same but for rounding, and lots are counted down from nearly whole ones", () => {
  expect([
    isSame(1, 1 + 1e-10, 0.01),
    isSame(-1, -1 - 1e-10, 0.01),
    isSame(1, 1.005, 0.01),
    isSame(0, 1e-13, 1),
    isSame(0, 1e-11, 1),
  ]).toEqual([true, true, false, true, false]);
  // A lot so small that rounding is larger than half of it.
  expect(isSame(1e9, 1e9 + 0.6, 1)).toBe(false);
  expect([inLots(2.7, 1), inLots(-2.7, 1), inLots(3, 1), inLots(0.4, 1)]).toEqual([2, -2, 3, 0]);
  expect(inLots(0.3, 0.1)).toBe(0.3);
});

test("prices that orders wait for are told apart in each of their places", () => {
  const orders: readonly OrderTerms[] = [
    { type: "market" },
    { type: "limit", limitPrice: 1 },
    { type: "limit", limitPrice: 2 },
    { type: "stop_market", stopPrice: 1 },
    { type: "stop_market", stopPrice: 2 },
    { type: "stop_limit", stopPrice: 1, limitPrice: 1 },
    { type: "stop_limit", stopPrice: 1, limitPrice: 2 },
    { type: "stop_limit", stopPrice: 2, limitPrice: 1 },
    { type: "market_if_touched", triggerPrice: 1 },
    { type: "market_if_touched", triggerPrice: 2 },
    { type: "limit_if_touched", triggerPrice: 1, limitPrice: 1 },
    { type: "limit_if_touched", triggerPrice: 2, limitPrice: 1 },
  ];
  for (const [k, one] of orders.entries())
    for (const [n, other] of orders.entries()) expect(sameTerms(one, { ...other })).toBe(k === n);
});

test("where nothing is wanted, what could open is withdrawn, though it would just close what somebody else has sold", () => {
  const desk = new ExecutionDesk();
  desk.decide(5);
  desk.plan();
  desk.fillForeign("sell", 5, 99);
  desk.decide(0);
  expect(desk.story()).toEqual(["cancel 1"]);
});

test("after a margin call the entry that was to enlarge the position is withdrawn", () => {
  const desk = holding(5);
  desk.decide(8, at(90));
  expect(desk.story()).toEqual(["buy 3 limit"]);
  desk.fillForeign("sell", 5, -1);
  expect(desk.wanted).toBe(0);
  expect(desk.story()).toEqual(["cancel 2"]);
});

test("getting out has a life of its own, whatever the entry of the target says", () => {
  const desk = holding(5);
  const entry = { kind: "limit", price: 90, timeInForce: "day" } as const;
  desk.decide(0, { entry });
  expect(desk.story()).toEqual(["sell 5 reduce"]);
  desk.decide(0, { entry });
  expect(desk.story()).toEqual([]);
});

test("a single unit is protected as any other holding is", () => {
  const desk = new ExecutionDesk();
  desk.decide(1, { protection: { stopPrice: 90 } });
  expect(desk.story()).toEqual(["buy 1", "sell 1 close stop_market"]);
});

test("less than a lot that is missing orders nothing, whatever is held", () => {
  for (const held of [1, -1, 2]) {
    const desk = holding(held);
    desk.decide(held * 1.25);
    expect(desk.story()).toEqual([]);
  }
});

test("a holding of the other side is no holding within a lot", () => {
  const desk = holding(-10);
  desk.decide(10.5);
  expect(desk.story()).toEqual(["buy 20"]);
});

test("a decision for what is held already is counted once, and a look at it after a fill is none", () => {
  const desk = new ExecutionDesk();
  desk.decide(10, { protection: { stopPrice: 90 } });
  desk.plan();
  desk.fill(1);
  desk.targets.lookLater(desk.instruments[0]!.index);
  expect(desk.plan().unchanged).toBe(0);
  desk.decide(10);
  expect(desk.plan().unchanged).toBe(1);
});

test("a contradiction of the venue is explained by a whole fill, or when nothing is left that could explain it", () => {
  const contradicted = (): ExecutionDesk => {
    const desk = new ExecutionDesk();
    const trail = { kind: "amount", amount: 5 } as const;
    desk.decide(5, { protection: { stopPrice: 90, trail, takeProfitPrice: 120 } });
    desk.plan();
    desk.fill(1);
    // The venue says that the position is gone, and our books do not: the trail or the target may have filled.
    desk.end(2, "position_closed");
    return desk;
  };
  const filled = contradicted();
  filled.fill(3);
  filled.decide(8);
  expect(filled.story()).toEqual(["buy 8"]);

  const ended = contradicted();
  ended.decide(8);
  expect(ended.story()).toEqual([]);
  ended.end(3, "on_request");
  expect(ended.story()).toEqual([]);
  ended.end(4, "on_request");
  expect(ended.story()).toContain("buy 3");
});

test("a holding that is no multiple of a lot is closed whole", () => {
  const desk = new ExecutionDesk();
  desk.fillForeign("buy", 2.5, 7);
  desk.decide(0);
  expect(desk.story()).toEqual(["sell 2.5 reduce"]);
});

test("an exit that is larger than what a stop has left of the holding ends at flat, on either side", () => {
  for (const [side, stop] of [
    ["sell", 1],
    ["buy", -1],
  ] as const) {
    const desk = holding(stop * 8);
    desk.decide(0);
    expect(desk.story()).toEqual([`${side} 8 reduce`]);
    // Somebody else has closed a part.
    desk.fillForeign(side, 3, 7);
    desk.decide(0);
    expect(desk.story()).toEqual([]);
  }
});

test("what a venue fills beyond an order is given back", () => {
  const desk = new ExecutionDesk();
  desk.decide(5);
  desk.plan();
  desk.fill(1, 7);
  expect(desk.story()).toEqual(["sell 2 reduce"]);
});

test("whatever becomes of an order that no target asked for, nothing is planned for it", () => {
  const desk = new ExecutionDesk();
  const answer = { timeMs: 0, reason: "", code: "already_over" } as const;
  const ids = [1, 2, 3].map(() => desk.send({ quantity: 3 }));
  desk.hear({ kind: "cancel_rejected", orderId: ids[0]!, ...answer });
  for (const kind of ["cancel_rejected", "modify_rejected"] as const) {
    desk.tracker.cancelSent(desk.tracker.open(0 as never)[0]!.request);
    desk.hear({ kind, orderId: ids[0]!, ...answer });
  }
  desk.fill(ids[0]!);
  desk.end(ids[1]!, "unavailable", "rejected");
  desk.end(ids[2]!, "on_request");
  const split = { ratio: 2, quantityAfter: 6, tickSize: 0.01 };
  const charge = { chargeId: 1, kind: "split", instrument: 0 as never, amount: 0, timeMs: 0, split } as const;
  desk.hear({ kind: "charged", charge });
  expect([desk.held, desk.wanted, desk.story()]).toEqual([6, undefined, []]);
  // Nor after a margin call.
  desk.fillForeign("sell", 6, -1);
  expect([desk.held, desk.wanted, desk.story()]).toEqual([0, undefined, []]);
});

test("what somebody else trades is booked, and what is wanted stands", () => {
  const desk = holding(5);
  // Orders of others have no number of ours.
  desk.fillForeign("sell", 2, 0);
  expect([desk.held, desk.wanted, desk.tracker.surprises]).toEqual([3, 5, []]);
  const word = { kind: "canceled", orderId: 0 as never, timeMs: 0, cumulativeQuantity: 0 } as const;
  desk.hear({ ...word, code: "on_request", reason: "" });
  expect(desk.tracker.surprises).toEqual([]);
});

test("a part of a unit gets its new stop while more is bought, as any other holding does", () => {
  const desk = holding(0.5, { lotSize: 0.25 });
  desk.decide(0.75, { entry: { kind: "limit", price: 90 } });
  expect(desk.story()).toEqual(["buy 0.25 limit"]);
  desk.decide(0.75, { entry: { kind: "limit", price: 90 }, protection: { stopPrice: 80 } });
  expect(desk.story()).toContain("sell 0.5 close stop_market");
});

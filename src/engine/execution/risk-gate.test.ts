import { expect, test } from "vitest";
import { ExecutionDesk } from "../../../test/execution-desk.ts";
import { barsFrom } from "../../../test/plugin-tools.ts";
import { marketOrder, sliceAt } from "../../../test/risk-harness.ts";
import type { InstrumentIndex } from "../../domain/instrument.ts";
import type { OrderId, OrderRequest } from "../../domain/order.ts";
import {
  approve,
  type RiskAlarm,
  type RiskContext,
  type RiskRule,
  type RiskVerdict,
} from "../../ports/risk.ts";
import { emptyPlan } from "./plan.ts";
import { RiskGate, type NamedRule } from "./risk-gate.ts";

const second = 1 as InstrumentIndex;

/** What a rule was told of an order; the context is one object for all. */
type Seen = Pick<RiskContext, "quantityAfter" | "grossAfter" | "price" | "lastBarTimeMs"> & {
  readonly inPlay: readonly number[];
};

/** A gate of two instruments at 100, over a desk, with rules by their answers. */
function gateOf(desk: ExecutionDesk, ...rules: readonly RiskRule[]) {
  const { instruments } = desk;
  const bars = instruments.map(() => barsFrom([[100, 100, 100, 100]]));
  const named = rules.map((rule, k): NamedRule => ({ name: `rule ${k + 1}`, rule }));
  const gate = new RiskGate({ instruments, bars }, () => named);
  let id = 0;
  const order = (change: Partial<OrderRequest>): OrderRequest =>
    marketOrder({ id: (id += 100) as OrderId, quantity: 10, ...change });
  const review = (orders: readonly Partial<OrderRequest>[], changes: readonly OrderRequest[] = []) => {
    const plan = { ...emptyPlan(), orders: orders.map(order), changes: [...changes] };
    const { approved, refused, trimmed, changed } = gate.review(plan, desk.portfolio, desk.tracker, 5_000);
    return {
      approved: approved.map(
        ({ side, quantity, reduceOnly }) => `${side} ${quantity}${reduceOnly ? " reduce" : ""}`,
      ),
      refused: refused.map(({ ruleName }) => ruleName),
      trimmed: trimmed.map(({ order: wanted, quantity }) => [wanted.quantity, quantity]),
      changed: changed.length,
    };
  };
  return { gate, review };
}

/** A rule that approves and keeps what it was told. */
function watcher(): RiskRule & { readonly seen: Seen[] } {
  const seen: Seen[] = [];
  return {
    seen,
    check: (_order, context) => {
      const { quantityAfter, grossAfter, price, lastBarTimeMs } = context;
      seen.push({ quantityAfter, grossAfter, price, lastBarTimeMs, inPlay: context.inPlay() });
      return approve;
    },
  };
}

/** A rule that lets so many units of an order through. */
function most(quantityMax: number, value = 2): RiskRule {
  return {
    check: ({ quantity }): RiskVerdict =>
      quantity <= quantityMax
        ? approve
        : { kind: "refuse", reason: "too much", limit: 1, value, quantityMax },
  };
}

function holding(quantity: number, count = 2): ExecutionDesk {
  const desk = new ExecutionDesk({}, count);
  desk.decide(quantity);
  desk.plan();
  desk.fill(1);
  return desk;
}

test("a rule is told what would be held after the order, with all that works on its side and was just approved", () => {
  const desk = holding(3);
  desk.send({ quantity: 4 });
  desk.send({ side: "sell", quantity: 50 });
  desk.send({ quantity: 2, instrument: second });
  const rule = watcher();
  const { review } = gateOf(desk, rule);
  review([{ quantity: 10 }, { quantity: 1 }, { side: "sell", quantity: 5 }]);
  // 3 held and 4 on the way. Of the other symbol two are on the way, and all that is sold here may come to 47 short.
  expect(rule.seen.map(({ quantityAfter }) => quantityAfter)).toEqual([17, 18, -41]);
  expect(rule.seen.map(({ grossAfter }) => grossAfter)).toEqual([1_900, 2_000, 4_300]);
  expect(rule.seen[0]!.inPlay).toEqual([0, 1]);
  expect(rule.seen[0]!.price).toBe(100);
});

test("an order is valued at the price that it waits for", () => {
  const rule = watcher();
  const { review } = gateOf(new ExecutionDesk({}, 2), rule);
  review([{ terms: { type: "limit", limitPrice: 90 } }, { terms: { type: "stop_market", stopPrice: 110 } }]);
  expect(rule.seen.map(({ price }) => price)).toEqual([90, 110]);
  expect(rule.seen[0]!.grossAfter).toBe(900);
});

test("a single unit that is held counts once, and a symbol that never had a price counts at that of its order", () => {
  const rule = watcher();
  const desk = holding(1);
  desk.portfolio.ledger.lastPrice[second] = Number.NaN;
  const { review } = gateOf(desk, rule);
  review([{}, { instrument: second, terms: { type: "limit", limitPrice: 90 } }]);
  expect(rule.seen.map(({ grossAfter }) => grossAfter)).toEqual([1_100, 2_000]);
});

test("the last bar is that of the instrument, and unknown before the first", () => {
  const rule = watcher();
  const desk = new ExecutionDesk({}, 2);
  const { gate, review } = gateOf(desk, rule);
  gate.observe(sliceAt(7_000, 0), desk.portfolio);
  review([{}, { instrument: second }]);
  expect(rule.seen.map(({ lastBarTimeMs }) => lastBarTimeMs)).toEqual([7_000, Number.NaN]);
});

test("what reduces passes first and without being asked, and makes room", () => {
  const rule = watcher();
  const { review } = gateOf(holding(10), rule);
  const { approved } = review([{ instrument: second }, { side: "sell", quantity: 10, reduceOnly: true }]);
  expect(approved).toEqual(["sell 10 reduce", "buy 10"]);
  expect(rule.seen).toHaveLength(1);
  expect(rule.seen[0]!.grossAfter).toBe(1_000);
});

test("a limit lets as many whole lots through as fit, and refuses where none does", () => {
  const { review } = gateOf(new ExecutionDesk({ lotSize: 2 }, 2), most(7.5));
  expect(review([{ quantity: 10 }])).toMatchObject({ approved: ["buy 6"], trimmed: [[10, 6]], refused: [] });
  expect(gateOf(new ExecutionDesk({ lotSize: 2 }, 2), most(1.9)).review([{}])).toMatchObject({
    approved: [],
    refused: ["rule 1"],
  });
  expect(gateOf(new ExecutionDesk({}, 2), most(0)).review([{}])).toMatchObject({
    approved: [],
    refused: ["rule 1"],
  });
});

test("two limits are both kept, and the first is named", () => {
  const { review } = gateOf(new ExecutionDesk({}, 2), most(8), most(5));
  expect(review([{}])).toMatchObject({ approved: ["buy 5"], trimmed: [[10, 5]] });
});

test("twenty times a limit is ambition, and more is a mistake of which nothing passes", () => {
  expect(gateOf(new ExecutionDesk({}, 2), most(5, 20)).review([{}]).approved).toEqual(["buy 5"]);
  expect(gateOf(new ExecutionDesk({}, 2), most(5, 20.01)).review([{}])).toMatchObject({
    approved: [],
    refused: ["rule 1"],
  });
});

test("of a refused order that would turn a position around the closing part passes, and so it does of a trimmed one", () => {
  const turn = { side: "sell", quantity: 15 } as const;
  expect(gateOf(holding(10), most(3)).review([turn])).toMatchObject({
    approved: ["sell 10 reduce"],
    refused: ["rule 1"],
  });
  expect(gateOf(holding(10), most(10)).review([turn]).approved).toEqual(["sell 10 reduce"]);
  expect(gateOf(holding(10), most(12)).review([turn])).toMatchObject({ approved: ["sell 12"], refused: [] });
  expect(gateOf(holding(10), most(3)).review([{ side: "sell", quantity: 4 }]).approved).toEqual([
    "sell 4 reduce",
  ]);
  expect(gateOf(holding(10), most(3)).review([{ quantity: 15 }]).approved).toEqual(["buy 3"]);
  expect(gateOf(holding(1), most(0)).review([turn]).approved).toEqual(["sell 1 reduce"]);
});

test("protection goes with its entry: it stays where the entry is refused", () => {
  const { review } = gateOf(new ExecutionDesk({}, 2), most(0));
  const child = (parentId: number) =>
    ({ side: "sell", reduceOnly: true, closePosition: true, parentId: parentId as OrderId }) as const;
  expect(review([{ id: 1 as OrderId }, child(1), child(77)]).approved).toEqual(["sell 10 reduce"]);
  // Another day.
  expect(review([child(1)]).approved).toEqual(["sell 10 reduce"]);
});

test("the smallest order of a venue is worth exactly its minimum", () => {
  const desk = () => new ExecutionDesk({ notionalMin: 1_000, contractMultiplier: 2 }, 2);
  expect(gateOf(desk()).review([{ quantity: 5 }]).approved).toEqual(["buy 5"]);
  expect(gateOf(desk()).review([{ quantity: 4 }]).refused).toEqual(["notional-min"]);
  expect(
    gateOf(desk()).review([{ quantity: 5, terms: { type: "limit", limitPrice: 99 } }]).refused,
  ).toHaveLength(1);
});

test("a stop or a target at the price of its entry protects nothing, one a tick away does", () => {
  const says = (side: "buy" | "sell", terms: OrderRequest["terms"]) => {
    const entry = { id: 1 as OrderId, side, quantity: 5 } as const;
    const leg = { side: side === "buy" ? "sell" : "buy", reduceOnly: true, closePosition: true } as const;
    return gateOf(new ExecutionDesk({}, 2)).review([entry, { ...leg, parentId: 1 as OrderId, terms }])
      .refused;
  };
  const stop = (stopPrice: number) => ({ type: "stop_market", stopPrice }) as const;
  const target = (limitPrice: number) => ({ type: "limit", limitPrice }) as const;
  expect([says("buy", stop(100)), says("buy", stop(99.99))]).toEqual([["protection"], []]);
  expect([says("sell", stop(100)), says("sell", stop(100.01))]).toEqual([["protection"], []]);
  expect([says("buy", target(100)), says("buy", target(100.01))]).toEqual([["protection"], []]);
  expect([says("sell", target(100)), says("sell", target(99.99))]).toEqual([["protection"], []]);
});

test("a change passes whole or is refused, and one that only reduces is not asked about", () => {
  const desk = new ExecutionDesk({}, 2);
  const id = desk.send({ quantity: 10 });
  const change = (more: Partial<OrderRequest>) => marketOrder({ id, quantity: 12, ...more });
  expect(gateOf(desk, most(11)).review([], [change({})])).toMatchObject({ changed: 0, refused: ["rule 1"] });
  expect(gateOf(desk, most(12)).review([], [change({})])).toMatchObject({ changed: 1, refused: [] });
  expect(gateOf(desk, most(11)).review([], [change({ reduceOnly: true })])).toMatchObject({ changed: 1 });
  // Its own old size does not count beside the new one.
  const rule = watcher();
  gateOf(desk, rule).review([], [change({})]);
  expect(rule.seen).toMatchObject([{ quantityAfter: 12, grossAfter: 1_200 }]);
});

test("of several alarms the gravest counts, of two as grave the first, and it refuses what opens", () => {
  const alarm = (kind: "pause" | "flatten", reason: string): RiskRule => ({
    observe: (): RiskAlarm => ({ kind, reason, limit: 1, value: 2 }),
  });
  const calm: RiskRule = { observe: () => ({ kind: "clear" }) };
  const after = (...rules: readonly RiskRule[]) => {
    const desk = new ExecutionDesk({}, 2);
    const { gate, review } = gateOf(desk, ...rules);
    gate.observe(sliceAt(0, 0), desk.portfolio);
    const told = gate.alarm.kind === "clear" ? "" : gate.alarm.reason;
    return [told, review([{}, { side: "sell", reduceOnly: true }])] as const;
  };
  expect(after(calm)).toMatchObject(["", { refused: [], approved: ["sell 10 reduce", "buy 10"] }]);
  expect(after(calm, alarm("pause", "p"), calm)).toMatchObject([
    "p",
    { refused: ["rule 2"], approved: ["sell 10 reduce"] },
  ]);
  expect(after(alarm("pause", "p"), alarm("flatten", "f"))[0]).toBe("f");
  expect(after(alarm("flatten", "f"), alarm("pause", "p"))[0]).toBe("f");
  expect(after(alarm("pause", "p"), alarm("pause", "q"))).toMatchObject(["p", { refused: ["rule 1"] }]);
  expect(gateOf(new ExecutionDesk({}, 2), calm).gate.isWatching).toBe(true);
  expect(gateOf(new ExecutionDesk({}, 2), most(1)).gate.isWatching).toBe(false);
});

test("rules that count are told of all that goes, at its time", () => {
  const told: string[] = [];
  const counter: RiskRule = { passed: ({ quantity }, timeMs) => told.push(`${quantity} at ${timeMs}`) };
  const desk = new ExecutionDesk({}, 2);
  const id = desk.send({});
  const { review } = gateOf(desk, counter, most(10));
  review(
    [{ quantity: 4 }, { quantity: 50 }, { quantity: 3, reduceOnly: true }],
    [marketOrder({ id, quantity: 9 })],
  );
  expect(told).toEqual(["9 at 5000", "3 at 5000", "4 at 5000", "10 at 5000"]);
});

test("with one symbol alone it is always in play", () => {
  const rule = watcher();
  gateOf(new ExecutionDesk(), rule).review([{}]);
  expect(rule.seen).toMatchObject([{ inPlay: [0], quantityAfter: 10, grossAfter: 1_000 }]);
});

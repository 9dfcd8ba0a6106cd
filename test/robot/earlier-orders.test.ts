import { expect, test } from "vitest";
import type { OrderTerms, Side } from "../../src/domain/order.ts";
import { hours, scripted, type Script } from "../scripted-run.ts";
import { RobotBench, type BenchOptions } from "./robot-bench.ts";

const flat = (count: number): readonly number[] => Array.from({ length: count }, () => 100);
const stop: OrderTerms = { type: "stop_market", stopPrice: 90 };

/** An account with 30 AAA and a stop that a session before this one has left for them; then a session starts on it. */
async function takenOver(script: Script, options: Partial<BenchOptions> = {}): Promise<RobotBench> {
  const at = new RobotBench({
    tape: [hours(flat(12), "AAA")],
    strategy: scripted(script),
    parts: { isEarlierSession: (tag) => tag === "older" },
    ...options,
  });
  for (at.row = 0; at.row < 2; at.row++) {
    at.world.nowMs = at.closeMs;
    at.exchange.advance();
    if (at.row === 0) at.side.tradeByHand("AAA", "buy", 30);
  }
  at.row -= 1;
  leave(at, "oldero7", "sell", 30, stop);
  at.world.nowMs += 1;
  await at.start();
  return at;
}

function leave(
  at: RobotBench,
  clientOrderId: string,
  side: Side,
  quantity: number,
  terms: OrderTerms,
  reduceOnly = side === "sell" && at.link.capabilities.reduceOnly,
): void {
  const life = { timeInForce: "gtc", expireTimeMs: Infinity, postOnly: false } as const;
  at.side.submit({ clientOrderId, symbol: "AAA", side, quantity, terms, reduceOnly, ...life });
}

const working = (at: RobotBench) =>
  at.side.openOrders().map(({ clientOrderId, quantity }) => `${clientOrderId} ${quantity}`);
const said = (at: RobotBench) => at.incidents.map(({ gravity, message }) => `${gravity}: ${message}`);

test.each([true, false])(
  "a stop of a session before this one stands until this one sends an order in its symbol, and goes first (reduce-only: %s)",
  async (reduceOnly) => {
    const at = await takenOver({ 6: [1, { stopPrice: 95 }] }, { capabilities: { reduceOnly } });
    await at.bars(3);
    expect(working(at)).toEqual(["oldero7 30"]);
    expect(at.robot!.status().positions).toMatchObject([{ quantity: 30, blocked: null }]);
    expect(at.robot!.status().strangers).toMatchObject([
      { symbol: "AAA", earlierSession: "older", order: "sell 30 AAA stop market 90 (oldero7)" },
    ]);
    expect(said(at)).toContainEqual(
      "notice: sell 30 AAA stop market 90 (oldero7) is of the session older, which is over: it works until this " +
        "session sends an order in AAA, and is withdrawn before that goes",
    );
    const sellingMost = { quantity: 0 };
    at.side.listen({
      onOrder() {
        const selling = at.side.openOrders().filter(({ side }) => side === "sell");
        const sum = selling.reduce((total, order) => total + order.quantity - order.filledQuantity, 0);
        sellingMost.quantity = Math.max(sellingMost.quantity, sum - Math.max(0, at.side.held("AAA")));
      },
      onFill() {},
    });
    await at.bars(4);
    expect(at.link.canceled[0]).toBe("oldero7");
    expect(at.link.sent.length).toBeGreaterThan(0);
    expect(working(at).every((line) => line.startsWith("bench"))).toBe(true);
    expect(at.side.held("AAA")).toBeGreaterThan(400);
    expect(at.side.openOrders().map(({ side, quantity }) => [side, quantity])).toEqual([
      ["sell", at.side.held("AAA")],
    ]);
    expect(sellingMost.quantity).toBe(0);
    expect(at.robot!.status().strangers).toEqual([]);
  },
);

test("what an earlier session's stop fills while it is being withdrawn is booked before an exit of this one goes", async () => {
  const at = await takenOver({ 4: [0] }, { capabilities: { reduceOnly: false } });
  // It fills at the very moment when it is to be taken back, and the venue tells of the order before it tells of the fill.
  const first = (await at.link.order("oldero7"))!;
  const [bought] = await at.link.fillsSince(0);
  at.link.cancel = async (clientOrderId) => {
    at.link.canceled.push(clientOrderId);
    const filled = { status: "filled", filledQuantity: 30, venueTimeMs: at.world.nowMs } as const;
    at.link.order = async () => ({ ...first, ...filled });
    at.link.openOrders = async () => ({ kind: "whole", orders: [] });
    at.link.listener!.onOrder({ ...first, ...filled });
    return { kind: "rejected", code: "already_over", reason: "filled" };
  };
  await at.bars(2);
  await at.pass(4_000);
  expect(at.link.canceled).toContain("oldero7");
  expect(at.link.sent).toEqual([]);
  const { clientOrderId, venueOrderId, side } = first;
  const about = { clientOrderId, venueOrderId, side, price: 90, fillId: "late", venueTimeMs: at.world.nowMs };
  at.link.listener!.onFill({ ...bought!, ...about });
  await at.pass(2_000);
  expect(at.robot!.holding("AAA")).toBe(0);
  expect(at.robot!.status().strangers).toEqual([]);
  expect(at.link.sent).toEqual([]);
});

test("an earlier session's order that would open something is withdrawn at the start", async () => {
  const at = await takenOver({});
  leave(at, "oldero9", "buy", 5, { type: "limit", limitPrice: 80 });
  await at.rest();
  expect(at.link.canceled).toEqual(["oldero9"]);
  expect(working(at)).toEqual(["oldero7 30"]);
  expect(said(at)).toContainEqual(
    "notice: buy 5 AAA limit 80 (oldero9) of the session older is withdrawn: it would open what this session has not decided on",
  );
});

test.each([true, false])(
  "both halves of a turn that an earlier session had begun do not both fill: what would open is withdrawn (reduce-only: %s)",
  async (reduceOnly) => {
    const at = await takenOver({}, { capabilities: { reduceOnly } });
    const [closing, opening] = ["oldero10", "oldero11"];
    leave(at, closing, "sell", 30, { type: "limit", limitPrice: 120 });
    leave(at, opening, "sell", 25, { type: "limit", limitPrice: 121 }, false);
    await at.rest();
    // Where exits may open, 30 and 30 and 25 of 30 held are too much: the stop stays alone.
    expect(at.link.canceled).toEqual(reduceOnly ? [opening] : [closing, opening]);
    expect(working(at)).toEqual(reduceOnly ? ["oldero7 30", `${closing} 30`] : ["oldero7 30"]);
    expect(at.side.held("AAA")).toBe(30);
  },
);

test("what an order of an earlier session fills is explained: it blocks nothing, and older news of it is no order", async () => {
  const at = await takenOver({ 6: [1] }, { tape: [hours([100, 100, 100, 88, ...flat(8)], "AAA")] });
  const asItWorked = (await at.link.order("oldero7"))!;
  await at.bars(2);
  expect(at.side.held("AAA")).toBe(0);
  expect(at.robot!.holding("AAA")).toBe(0);
  expect(at.robot!.status().strangers).toEqual([]);
  at.link.listener!.onOrder(asItWorked);
  await at.rest();
  expect(at.robot!.status().strangers).toEqual([]);
  await at.bars(4);
  expect(at.side.held("AAA")).toBeGreaterThan(400);
  expect(said(at).filter((line) => line.startsWith("alarm"))).toEqual([]);
});

test("where the venue does not take it back nothing is opened, exits that only reduce go, and a person is told once", async () => {
  const at = await takenOver({ 3: [1], 6: [0] });
  at.link.cancel = async () => ({ kind: "rejected", code: "other", reason: "not now" });
  await at.bars(3);
  expect(at.link.sent).toEqual([]);
  await at.pass(60_000);
  await at.bars(3);
  expect(at.link.sent.every(({ side, reduceOnly }) => side === "sell" && reduceOnly)).toBe(true);
  expect(at.side.held("AAA")).toBe(0);
  const alarms = said(at).filter((line) => line.startsWith("alarm: nothing is opened in AAA"));
  expect(alarms).toEqual([
    expect.stringMatching(
      /sell 30 AAA stop market 90 \(oldero7\) of the session older still works, 30 ?s after it was asked to end \(not now\)\. kiwi paper orders --cancel oldero7/,
    ),
  ]);
});

test("a restart in the middle of taking over goes on with it, and the journal comes out the same", async () => {
  const at = await takenOver({ 4: [1, { stopPrice: 95 }] });
  const asUsual = at.link.cancel.bind(at.link);
  at.link.cancel = async () => ({ kind: "unknown", reason: "timeout" });
  await at.bars(2);
  expect(at.link.sent).toEqual([]);
  await at.robot!.stop();
  at.link.cancel = asUsual;
  await at.start();
  await at.bars(2);
  expect(working(at).map((line) => line.slice(0, 5))).toEqual(["bench"]);
  expect(at.side.held("AAA")).toBeGreaterThan(400);
});

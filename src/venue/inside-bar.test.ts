import { expect, test } from "vitest";
import { hourMs } from "../base/time.ts";
import type { OrderRequest, OrderTerms } from "../domain/order.ts";
import { VenueHarness, type Quad } from "../../test/venue-harness.ts";

const flat: Quad = [100, 100, 100, 100];
const limit = (limitPrice: number): OrderTerms => ({ type: "limit", limitPrice });
const stop = (stopPrice: number): OrderTerms => ({ type: "stop_market", stopPrice });
const trail = (amount: number): OrderTerms => ({
  type: "trailing_stop_market",
  trail: { kind: "amount", amount },
});

function opened(options: ConstructorParameters<typeof VenueHarness>[0] = {}): VenueHarness {
  const harness = new VenueHarness(options);
  harness.bar(flat);
  return harness;
}

/** An account that holds so many units. */
function holding(quantity: number, options = {}): VenueHarness {
  const harness = opened(options);
  harness.send({ side: quantity > 0 ? "buy" : "sell", quantity: Math.abs(quantity) });
  harness.bar(flat);
  return harness;
}

test("without a position the nearest order is met first, and of two as near the one above", () => {
  const met = (...orders: readonly Partial<OrderRequest>[]): readonly string[] => {
    const harness = opened();
    for (const order of orders) harness.send(order);
    return harness.story([100, 106, 94, 100]);
  };
  const above = { terms: stop(105) };
  expect(met({ terms: limit(95) }, above)).toEqual(["#2 1@105", "#1 1@95"]);
  expect(met({ terms: limit(96) }, above)).toEqual(["#1 1@96", "#2 1@105"]);
  expect(met({ terms: limit(95) }, { terms: stop(104) })).toEqual(["#2 1@104", "#1 1@95"]);
  expect(met({ terms: limit(96) }, { terms: limit(95) })).toEqual(["#1 1@96", "#2 1@95"]);
  expect(met({ terms: limit(95) }, { terms: limit(96) })).toEqual(["#2 1@96", "#1 1@95"]);
  expect(met({ terms: stop(105) }, { terms: stop(104) })).toEqual(["#2 1@104", "#1 1@105"]);
});

test("with a position the way against it comes first, on either side, and both ends within reach are an assumption", () => {
  const leg = { reduceOnly: true, quantity: 2 } as const;
  const long = holding(2);
  long.send({ ...leg, side: "sell", terms: limit(101), ocoGroup: 1 });
  long.send({ ...leg, side: "sell", terms: stop(91), ocoGroup: 1 });
  expect(long.story([100, 102, 90, 100])[0]).toBe("#3 2@91");
  expect(long.assumedFills).toBe(1);
  const short = holding(-2);
  short.send({ ...leg, terms: limit(99), ocoGroup: 1 });
  short.send({ ...leg, terms: stop(109), ocoGroup: 1 });
  expect(short.story([100, 110, 98, 100])[0]).toBe("#3 2@109");
  expect(short.assumedFills).toBe(1);
  const one = holding(2);
  one.send({ ...leg, side: "sell", terms: stop(91) });
  one.send({ terms: stop(101), quantity: 1 });
  one.story([100, 102, 90, 100]);
  // The other order opens: it is no second end of the position.
  expect(one.assumedFills).toBe(0);
});

test("at one price what closes comes before what opens, and then the older order", () => {
  const harness = holding(5, { leverage: 1 });
  harness.send({ side: "sell", quantity: 1, terms: stop(95) });
  harness.send({ side: "sell", quantity: 2, terms: stop(95) });
  harness.send({ side: "sell", quantity: 3, terms: stop(95), reduceOnly: true });
  expect(harness.story([100, 100, 94, 95])).toEqual(["#4 3@95", "#2 1@95", "#3 2@95"]);
  const upward = opened();
  upward.send({ terms: stop(105) });
  upward.send({ quantity: 2, terms: stop(105) });
  expect(upward.story([100, 106, 100, 105])).toEqual(["#1 1@105", "#2 2@105"]);
});

test("stops of what was opened inside the bar are met nearest first, those of a short one from below", () => {
  const inside = (side: "buy" | "sell", entry: number, stops: readonly [number, number], bar: Quad) => {
    const harness = opened();
    const parentId = harness.send({ side, quantity: 2, terms: limit(entry) });
    const leg = { side: side === "buy" ? "sell" : "buy", reduceOnly: true, parentId } as const;
    for (const price of stops) harness.send({ ...leg, terms: stop(price) });
    return [...harness.story(bar), harness.assumedFills];
  };
  const long = inside("buy", 98, [91, 95], [100, 100, 90, 100]);
  // The entry was met on the way down: what is below it surely came after.
  expect(long).toEqual(["#1 2@98", "#3 1@95", "#2 1@91", 0]);
  expect(inside("sell", 102, [109, 105], [100, 110, 100, 100])).toEqual([
    "#1 2@102",
    "#3 1@105",
    "#2 1@109",
    0,
  ]);
  expect(inside("buy", 98, [95, 95], [100, 100, 95, 100])).toEqual(["#1 2@98", "#2 1@95", "#3 1@95", 0]);
  expect(inside("buy", 98, [94, 94], [100, 100, 95, 100])).toEqual(["#1 2@98", 0]);
});

test("a stop whose entry was a stop itself may have been before or after it: that is assumed, and a trail waits", () => {
  const after = (terms: OrderTerms) => {
    const harness = opened();
    const parentId = harness.send({ terms: stop(102) });
    harness.send({ side: "sell", reduceOnly: true, parentId, terms });
    return [harness.story([100, 103, 95, 100]), harness.assumedFills];
  };
  expect(after(stop(97))).toEqual([["#1 1@102", "#2 1@97"], 1]);
  // A trail of 1 behind 102 stands at 101. The low may have been before it; the close was not.
  expect(after(trail(1))).toEqual([["#1 1@102", "#2 1@100"], 1]);
});

test("a trailing stop of the bar's own making is met at its close, exactly on the level as well", () => {
  const closes = (close: number) => {
    const harness = holding(1);
    harness.send({ side: "sell", reduceOnly: true, terms: trail(10) });
    return harness.story([100, 115, 100, close]);
  };
  expect(closes(105)).toEqual(["#2 1@105"]);
  expect(closes(105.01)).toEqual([]);
  const short = (close: number) => {
    const harness = holding(-1);
    harness.send({ reduceOnly: true, terms: trail(10) });
    return harness.story([100, 100, 85, close]);
  };
  expect(short(95)).toEqual(["#2 1@95"]);
  expect(short(94.99)).toEqual([]);
});

test("a trailing stop that still waits for its parent is not told as triggered, however little is traded", () => {
  // A tenth of a volume of 10 is less than the two that the stop would need.
  const harness = opened({ volumeShareMax: 0.1 });
  const parentId = harness.send({ quantity: 2, terms: limit(50) });
  harness.send({ side: "sell", quantity: 2, reduceOnly: true, parentId, terms: trail(10) });
  expect(harness.bar([100, 100, 80, 80, 10])).toEqual([{ kind: "accepted", orderId: 1, timeMs: hourMs }]);
});

test("a market order that arrives inside the bar pays the part of the way that it missed, a seller downwards", () => {
  const harness = opened({ latencyMs: hourMs / 4 });
  harness.send({ side: "sell" });
  expect(harness.story([100, 108, 92, 100])).toEqual(["#1 1@98"]);
});

test("what arrives with the end of a bar meets the next one", () => {
  const harness = opened({ latencyMs: hourMs });
  harness.send({});
  expect(harness.story([100, 108, 92, 100])).toEqual([]);
  expect(harness.story([103, 108, 92, 100])).toEqual(["#1 1@103"]);
  const waiting = harness.send({ terms: limit(50) });
  harness.bar(flat);
  harness.bar(flat);
  harness.cancel(waiting);
  // It arrives as the bar ends: the bar itself was still its own.
  expect(harness.story(flat)).toEqual(["#2 canceled: canceled on request"]);
});

test("a cancel or a change that arrives inside a bar leaves the order to that bar, and takes effect after it", () => {
  const harness = opened({ latencyMs: hourMs / 2 });
  const id = harness.send({ terms: limit(50) });
  harness.bar(flat);
  harness.bar(flat);
  harness.modify(id, { terms: limit(101) });
  expect(harness.bar(flat)).toMatchObject([{ kind: "modified" }]);
  expect(harness.story(flat)).toEqual(["#1 1@100"]);
});

test("an order that only reduces goes when the position has gone, at the end of the bar", () => {
  const harness = holding(1);
  harness.send({ side: "sell", reduceOnly: true, terms: limit(120) });
  harness.bar(flat);
  harness.send({ side: "sell" });
  expect(harness.story(flat)).toEqual(["#3 1@100", "#2 canceled: no position left to reduce"]);
});

test("an order says once that it works, and when it began to", () => {
  const harness = opened();
  harness.send({ terms: limit(50) });
  expect(harness.bar(flat)).toMatchObject([{ kind: "accepted", orderId: 1, timeMs: hourMs }]);
  expect(harness.bar(flat)).toEqual([]);
});

test("an order whose cancel arrives with the close of its first bar is not said to work", () => {
  const harness = opened({ latencyMs: hourMs });
  const id = harness.send({ terms: limit(50) });
  harness.bar(flat);
  harness.cancel(id);
  expect(harness.bar(flat).map(({ kind }) => kind)).toEqual(["canceled"]);
});

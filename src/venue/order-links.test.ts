import { expect, test } from "vitest";
import type { OrderRequest } from "../domain/order.ts";
import { VenueHarness, type Quad } from "../../test/venue-harness.ts";

const at = (price: number, volume?: number): Quad =>
  volume === undefined ? [price, price, price, price] : [price, price, price, price, volume];

/** An account that has bought so many units at a price, and nothing since. */
function holding(quantity: number, price = 100): VenueHarness {
  const harness = new VenueHarness();
  harness.bar(at(price));
  harness.send({ quantity });
  harness.bar(at(price));
  return harness;
}

const closing: Partial<OrderRequest> = { side: "sell", reduceOnly: true, closePosition: true };
const trailing = (amount: number): OrderRequest["terms"] => ({
  type: "trailing_stop_market",
  trail: { kind: "amount", amount },
});

test("a child never fills more than it was sent for, though its parent goes on filling", () => {
  const harness = new VenueHarness({ volumeShareMax: 0.01 });
  harness.bar(at(100));
  const parent = harness.send({ quantity: 10, terms: { type: "limit", limitPrice: 100 } });
  harness.send({ side: "sell", quantity: 8, terms: { type: "limit", limitPrice: 105 }, parentId: parent });
  // A hundredth of 600, all six of which the child sells; then the other four come, of which it sells two.
  expect(harness.story(at(100, 600))).toEqual(["#1 6@100"]);
  expect(harness.story(at(105, 100_000))).toEqual(["#2 6@105"]);
  expect(harness.story(at(100, 100_000))).toEqual(["#1 4@100"]);
  expect(harness.story(at(105, 100_000))).toEqual(["#2 2@105"]);
});

test("a fill shrinks its own group, and no other", () => {
  const harness = holding(10);
  const limit = (limitPrice: number, quantity: number, ocoGroup: number): void =>
    void harness.send({
      side: "sell",
      quantity,
      terms: { type: "limit", limitPrice },
      ocoGroup,
      reduceOnly: true,
    });
  limit(110, 4, 1);
  limit(120, 4, 1);
  limit(121, 3, 2);
  limit(122, 2, 0);
  expect(harness.story(at(110))).toEqual(["#2 4@110", "#3 canceled: its sibling filled"]);
  expect(harness.story(at(122))).toEqual(["#4 3@122", "#5 2@122"]);
});

test("a part of a group's fill leaves its siblings the rest", () => {
  const harness = new VenueHarness({ volumeShareMax: 0.01 });
  harness.bar(at(100));
  harness.send({ quantity: 10 });
  harness.bar(at(100));
  for (const limitPrice of [110, 120])
    harness.send({ side: "sell", quantity: 10, terms: { type: "limit", limitPrice }, ocoGroup: 1 });
  expect(harness.story(at(110, 300))).toEqual(["#2 3@110"]);
  expect(harness.story(at(120, 100_000))).toEqual(["#2 7@120", "#3 canceled: its sibling filled"]);
});

test("what closes the position goes with it, and says so, though a sibling closed it", () => {
  const harness = holding(10);
  harness.send({ ...closing, terms: { type: "limit", limitPrice: 110 }, ocoGroup: 1, quantity: 10 });
  harness.send({ ...closing, terms: { type: "stop_market", stopPrice: 90 }, ocoGroup: 1, quantity: 10 });
  expect(harness.story(at(110))).toEqual(["#2 10@110", "#3 canceled: no position left to close"]);
});

test("protection of an order that only closed what was there has nothing to wait for", () => {
  const harness = holding(10);
  const exit = harness.send({ side: "sell", quantity: 10 });
  harness.send({
    side: "buy",
    quantity: 10,
    terms: { type: "stop_market", stopPrice: 110 },
    reduceOnly: true,
    closePosition: true,
    parentId: exit,
  });
  expect(harness.story(at(100))).toEqual(["#2 10@100", "#3 canceled: it opened nothing to protect"]);
});

test("a trailing stop that takes another's place goes on from its best price", () => {
  const harness = holding(10);
  harness.send({ ...closing, terms: trailing(20), quantity: 10 });
  for (const price of [110, 120, 118]) harness.bar(at(price));
  harness.send({ ...closing, terms: trailing(5), quantity: 10 });
  expect(harness.story(at(116))).toEqual([]);
  // Five below 120.
  expect(harness.story(at(115))).toEqual(["#3 10@115", "#2 canceled: no position left to close"]);
});

test("a short position's goes on from the lowest price", () => {
  const harness = new VenueHarness();
  harness.bar(at(100));
  harness.send({ side: "sell", quantity: 10 });
  harness.bar(at(100));
  const cover = { ...closing, side: "buy", quantity: 10 } as const;
  harness.send({ ...cover, terms: trailing(20) });
  for (const price of [90, 80, 82]) harness.bar(at(price));
  harness.send({ ...cover, terms: trailing(5) });
  expect(harness.story(at(84))).toEqual([]);
  expect(harness.story(at(85))).toEqual(["#3 10@85", "#2 canceled: no position left to close"]);
});

test("a best price of long ago counts, too: a new stop that is behind it goes at once", () => {
  const harness = holding(10);
  harness.send({ ...closing, terms: trailing(50), quantity: 10 });
  harness.bar(at(90));
  harness.send({ ...closing, terms: trailing(5), quantity: 10 });
  // The best so far is the 100 of the start, and 95 is far above: it goes at once.
  expect(harness.story(at(90))).toEqual(["#3 10@90", "#2 canceled: no position left to close"]);
});

test("a trailing stop that takes nobody's place begins at the present price", () => {
  const free = holding(10);
  free.send({ ...closing, terms: trailing(20), quantity: 10 });
  for (const price of [110, 120, 118]) free.bar(at(price));
  // It sells a part and closes nothing: it is an order of its own.
  free.send({ side: "sell", quantity: 4, terms: trailing(5), reduceOnly: true });
  expect(free.story(at(114))).toEqual([]);
  expect(free.story(at(113))).toEqual(["#3 4@113"]);

  const beside = holding(10, 130);
  // A stop that does not follow, and a trailing one that still waits for its entry: both were sent at 130.
  beside.send({ ...closing, terms: { type: "stop_market", stopPrice: 50 }, quantity: 10 });
  const entry = beside.send({ terms: { type: "limit", limitPrice: 40 } });
  beside.send({ ...closing, terms: trailing(5), parentId: entry });
  beside.bar(at(118));
  beside.send({ ...closing, terms: trailing(5), quantity: 10 });
  expect(beside.story(at(114))).toEqual([]);
  expect(beside.story(at(113))[0]).toBe("#5 10@113");
});

test("protection of the other side is no predecessor", () => {
  const harness = holding(10, 130);
  harness.send({ ...closing, side: "buy", terms: trailing(5), quantity: 10 });
  harness.bar(at(118));
  harness.send({ ...closing, terms: trailing(5), quantity: 10 });
  expect(harness.story(at(114))).toEqual([]);
  expect(harness.story(at(113))[0]).toBe("#3 10@113");
});

test("protection that has closed the part of an entry that filled waits for the rest of it", () => {
  const harness = new VenueHarness({ volumeShareMax: 0.01 });
  harness.bar(at(100));
  const entry = harness.send({ quantity: 10, terms: { type: "limit", limitPrice: 100 } });
  const child = { ...closing, quantity: 10, parentId: entry, ocoGroup: 1 };
  harness.send({ ...child, terms: { type: "stop_market", stopPrice: 90 } });
  harness.send({ ...child, terms: { type: "limit", limitPrice: 110 } });
  expect(harness.story(at(100, 600))).toEqual(["#1 6@100"]);
  // The target sells the six; neither it nor the stop is over, for four are still to come.
  expect(harness.story(at(110, 100_000))).toEqual(["#3 6@110"]);
  expect(harness.story(at(100, 100_000))).toEqual(["#1 4@100"]);
  expect(harness.story(at(90, 100_000))).toEqual(["#2 4@90", "#3 canceled: no position left to close"]);
});

import { expect, test } from "vitest";
import { VenueHarness, type Quad } from "../../test/venue-harness.ts";

/** Every price below is reckoned by hand from the four prices of the bar and docs/reference/fills.md. */
const first: Quad = [100, 100, 100, 100];

function after(order: Parameters<VenueHarness["send"]>[0], bar: Quad): readonly string[] {
  const harness = new VenueHarness();
  harness.bar(first);
  harness.send(order);
  return harness.story(bar);
}

test("a market order fills at the open of the next bar", () => {
  expect(after({}, [101, 105, 99, 103])).toEqual(["#1 1@101"]);
});

test("an order never fills on the bar that caused it", () => {
  const harness = new VenueHarness();
  expect(harness.story(first)).toEqual([]);
  harness.send({});
  expect(harness.story([90, 91, 89, 90])).toEqual(["#1 1@90"]);
});

test("a buy limit fills at its price when the bar trades through it, not when it only touches", () => {
  const order = { terms: { type: "limit", limitPrice: 98 } } as const;
  expect(after(order, [100, 101, 97.99, 99])).toEqual(["#1 1@98"]);
  expect(after(order, [100, 101, 98, 99])).toEqual([]);
});

test("a buy limit fills at a better open", () => {
  expect(after({ terms: { type: "limit", limitPrice: 98 } }, [95, 99, 94, 96])).toEqual(["#1 1@95"]);
});

test("a sell limit is a buy limit in a mirror", () => {
  const order = { side: "sell", terms: { type: "limit", limitPrice: 102 } } as const;
  expect(after(order, [100, 102.01, 99, 101])).toEqual(["#1 1@102"]);
  expect(after(order, [100, 102, 99, 101])).toEqual([]);
  expect(after(order, [104, 105, 103, 104])).toEqual(["#1 1@104"]);
});

test("a stop fills at its price inside the bar and at the open when the price gaps through it", () => {
  const order = { side: "sell", terms: { type: "stop_market", stopPrice: 95 } } as const;
  expect(after(order, [100, 101, 94, 96])).toEqual(["#1 1@95"]);
  expect(after(order, [90, 92, 88, 91])).toEqual(["#1 1@90"]);
  expect(after(order, [100, 101, 95.01, 96])).toEqual([]);
});

test("a buy stop is a sell stop in a mirror", () => {
  const order = { terms: { type: "stop_market", stopPrice: 105 } } as const;
  expect(after(order, [100, 106, 99, 101])).toEqual(["#1 1@105"]);
  expect(after(order, [110, 112, 108, 111])).toEqual(["#1 1@110"]);
});

test("a stop-limit waits at its limit once triggered", () => {
  const order = { side: "sell", terms: { type: "stop_limit", stopPrice: 95, limitPrice: 94 } } as const;
  expect(after(order, [100, 101, 93, 96])).toEqual(["#1 1@95"]);
  const harness = new VenueHarness();
  harness.bar(first);
  harness.send(order);
  expect(harness.story([90, 91, 88, 89])).toEqual([]); // Gapped through the limit: it is on the book and unfilled.
  expect(harness.story([90, 95, 89, 94])).toEqual(["#1 1@94"]);
});

test("a stop-limit says when it was triggered", () => {
  const harness = new VenueHarness();
  harness.bar(first);
  harness.send({ side: "sell", terms: { type: "stop_limit", stopPrice: 95, limitPrice: 94 } });
  expect(harness.bar([100, 101, 96, 99]).map(({ kind }) => kind)).toEqual(["accepted"]);
  expect(harness.bar([90, 91, 88, 89]).map(({ kind }) => kind)).toEqual(["triggered"]);
  expect(harness.bar([90, 95, 89, 94]).map(({ kind }) => kind)).toEqual(["filled"]);
});

test("a take-profit that is touched fills as a market order", () => {
  const order = { side: "sell", terms: { type: "market_if_touched", triggerPrice: 105 } } as const;
  expect(after(order, [100, 105, 99, 101])).toEqual(["#1 1@105"]);
  expect(after(order, [108, 109, 107, 108])).toEqual(["#1 1@108"]);
});

test("a trailing stop follows the best price of earlier bars", () => {
  const harness = new VenueHarness();
  harness.bar(first);
  harness.send({
    side: "sell",
    terms: { type: "trailing_stop_market", trail: { kind: "amount", amount: 5 } },
  });
  expect(harness.story([100, 110, 99, 109])).toEqual([]); // 100 - 5 held; the level is 105 from here on.
  expect(harness.story([109, 111, 104, 110])).toEqual(["#1 1@105"]);
});

test("a trailing stop that its own bar moved fills at the close when the close lies beyond the new level", () => {
  const harness = new VenueHarness();
  harness.bar(first);
  harness.send({
    side: "sell",
    terms: { type: "trailing_stop_market", trail: { kind: "fraction", fraction: 0.1 } },
  });
  expect(harness.story([100, 120, 99, 105])).toEqual(["#1 1@105"]); // 120 less 10 % is 108: the close is below it.
});

test("stop before target when a bar touches both", () => {
  const harness = new VenueHarness();
  harness.bar(first);
  const entry = harness.send({ quantity: 2 });
  const leg = { side: "sell", quantity: 2, reduceOnly: true, parentId: entry, ocoGroup: 1 } as const;
  harness.send({ ...leg, terms: { type: "limit", limitPrice: 104 } });
  harness.send({ ...leg, terms: { type: "stop_market", stopPrice: 96 } });
  expect(harness.story([100, 105, 95, 100])).toEqual([
    "#1 2@100",
    "#3 2@96",
    "#2 canceled: its sibling filled",
  ]);
});

test("a target may fill in the bar that opened the position at its open", () => {
  const harness = new VenueHarness();
  harness.bar(first);
  const entry = harness.send({});
  harness.send({
    side: "sell",
    reduceOnly: true,
    parentId: entry,
    terms: { type: "limit", limitPrice: 104 },
  });
  expect(harness.story([100, 105, 99, 101])).toEqual(["#1 1@100", "#2 1@104"]);
});

test("what opened inside the bar may be stopped in it but not reach its target in it", () => {
  const harness = new VenueHarness();
  harness.bar(first);
  const entry = harness.send({ terms: { type: "stop_market", stopPrice: 102 } });
  const leg = { side: "sell", reduceOnly: true, parentId: entry, ocoGroup: 1 } as const;
  harness.send({ ...leg, terms: { type: "limit", limitPrice: 104 } });
  harness.send({ ...leg, terms: { type: "stop_market", stopPrice: 90 } });
  expect(harness.story([100, 106, 91, 105])).toEqual(["#1 1@102"]);
  expect(harness.story([105, 106, 104, 105])).toEqual(["#2 1@105", "#3 canceled: its sibling filled"]);
  const again = new VenueHarness();
  again.bar(first);
  const parent = again.send({ terms: { type: "stop_market", stopPrice: 102 } });
  again.send({
    side: "sell",
    reduceOnly: true,
    parentId: parent,
    terms: { type: "stop_market", stopPrice: 95 },
  });
  expect(again.story([100, 106, 94, 105])).toEqual(["#1 1@102", "#2 1@95"]);
});

test("slippage never takes a limit order beyond its limit", () => {
  const harness = new VenueHarness({ slippage: { fraction: () => 0.01, rate: () => 0 } });
  harness.bar(first);
  harness.send({ terms: { type: "limit", limitPrice: 100 } });
  expect(harness.story([99.99, 100, 99, 99.5])).toEqual(["#1 1@100"]);
});

test("a trailing stop that replaces another goes on from its best price", () => {
  const harness = new VenueHarness();
  harness.bar(first);
  harness.send({});
  const leg = { side: "sell", reduceOnly: true, closePosition: true } as const;
  harness.bar(first);
  const old = harness.send({
    ...leg,
    terms: { type: "trailing_stop_market", trail: { kind: "amount", amount: 10 } },
  });
  harness.bar([100, 120, 100, 115]);
  harness.send({ ...leg, terms: { type: "trailing_stop_market", trail: { kind: "amount", amount: 9 } } });
  harness.cancel(old);
  expect(harness.story([115, 116, 110.5, 112])).toEqual(["#2 canceled: canceled on request", "#3 1@111"]);
});

import { expect, test } from "vitest";
import type { OrderTerms } from "../domain/order.ts";
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

test("a price that is met exactly at the open counts, for every kind of order and on both sides", () => {
  const kinds = [
    ["buy", { type: "stop_market", stopPrice: 105 }, 105],
    ["sell", { type: "stop_market", stopPrice: 95 }, 95],
    ["buy", { type: "limit", limitPrice: 95 }, 95],
    ["sell", { type: "limit", limitPrice: 105 }, 105],
    ["buy", { type: "market_if_touched", triggerPrice: 95 }, 95],
    ["sell", { type: "market_if_touched", triggerPrice: 105 }, 105],
    ["buy", { type: "limit_if_touched", triggerPrice: 95, limitPrice: 95 }, 95],
    ["sell", { type: "stop_limit", stopPrice: 95, limitPrice: 95 }, 95],
    ["buy", { type: "stop_limit", stopPrice: 105, limitPrice: 105 }, 105],
  ] as const;
  for (const [side, terms, price] of kinds) {
    expect(after({ side, terms }, [price, price, price, price])).toEqual([`#1 1@${price}`]);
  }
});

test("inside a bar a stop and a trigger are met at a touch", () => {
  expect(after({ terms: { type: "stop_market", stopPrice: 105 } }, [100, 105, 100, 100])).toEqual([
    "#1 1@105",
  ]);
  expect(after({ terms: { type: "market_if_touched", triggerPrice: 95 } }, [100, 100, 95, 100])).toEqual([
    "#1 1@95",
  ]);
  expect(after({ terms: { type: "market_if_touched", triggerPrice: 95 } }, [100, 100, 95.01, 100])).toEqual(
    [],
  );
});

test("a limit behind its trigger fills at the trigger, or where the close proves that the price went", () => {
  // Triggered at 105, a limit of 103: a close under 103 shows that it was passed, at 103 itself it may have been touched.
  const order = { terms: { type: "stop_limit", stopPrice: 105, limitPrice: 103 } } as const;
  expect(after(order, [100, 106, 100, 102.99])).toEqual(["#1 1@103"]);
  expect(after(order, [100, 106, 100, 103])).toEqual([]);
  const seller = { side: "sell", terms: { type: "stop_limit", stopPrice: 95, limitPrice: 97 } } as const;
  expect(after(seller, [100, 100, 94, 97.01])).toEqual(["#1 1@97"]);
  expect(after(seller, [100, 100, 94, 97])).toEqual([]);
  const touched = { terms: { type: "limit_if_touched", triggerPrice: 95, limitPrice: 96 } } as const;
  expect(after(touched, [100, 100, 94, 100])).toEqual(["#1 1@95"]);
});

test("a stop that arrives when the price is beyond it pays the price of that moment", () => {
  const harness = new VenueHarness();
  harness.bar(first);
  const parentId = harness.send({ side: "sell", quantity: 1, terms: { type: "limit", limitPrice: 104 } });
  // A stop of the short one below its own entry: it is met at once, at 104 and not at its 102.
  harness.send({ reduceOnly: true, parentId, terms: { type: "stop_market", stopPrice: 102 } });
  expect(harness.story([100, 105, 100, 101])).toEqual(["#1 1@104", "#2 1@104"]);
});

test("a trailing stop of a buyer follows the lows, by an amount or by a share of the best price", () => {
  const trailing = (trail: { kind: "amount"; amount: number } | { kind: "fraction"; fraction: number }) => {
    const harness = new VenueHarness();
    harness.bar(first);
    harness.send({ terms: { type: "trailing_stop_market", trail } });
    const story = [...harness.story([100, 101, 80, 81]), ...harness.story([81, 89, 81, 85])];
    return [...story, harness.assumedFills];
  };
  // 80 and 8 more, or a tenth: the level is 88 in the bar after. Whether the first bar was above it after its low is assumed.
  expect(trailing({ kind: "amount", amount: 8 })).toEqual(["#1 1@88", 1]);
  expect(trailing({ kind: "fraction", fraction: 0.1 })).toEqual(["#1 1@88", 1]);
});

test("where the bar's best price might have moved the level first, the fill of a trailing stop is assumed", () => {
  const assumed = (bar: Quad): number => {
    const harness = new VenueHarness();
    harness.bar(first);
    harness.send({
      side: "sell",
      terms: { type: "trailing_stop_market", trail: { kind: "amount", amount: 5 } },
    });
    expect(harness.story(bar)).toEqual(["#1 1@95"]);
    return harness.assumedFills;
  };
  expect(assumed([100, 100, 94, 96])).toBe(0);
  expect(assumed([100, 101, 94, 96])).toBe(1);
});

test("where somebody quoted a spread, a limit needs the other side of it at the open, and a trigger its price alone", () => {
  const spread = { within: () => 1, known: () => 1 };
  const opened = (terms: OrderTerms, side: "buy" | "sell" = "buy"): readonly string[] => {
    const harness = new VenueHarness({ halfSpreads: [spread] });
    harness.bar([100, 100, 100, 100]);
    harness.send({ side, terms });
    return harness.story([100, 100, 100, 100]);
  };
  expect(opened({ type: "limit", limitPrice: 100.99 })).toEqual([]);
  expect(opened({ type: "limit", limitPrice: 101 })).toHaveLength(1);
  expect(opened({ type: "limit", limitPrice: 99.01 }, "sell")).toEqual([]);
  expect(opened({ type: "limit", limitPrice: 99 }, "sell")).toHaveLength(1);
  // The market is below the trigger: it fills at the open, which is the better price.
  expect(opened({ type: "market_if_touched", triggerPrice: 100.5 })).toEqual(["#1 1@100"]);
  expect(opened({ type: "market_if_touched", triggerPrice: 99.99 })).toEqual([]);
  expect(opened({ type: "stop_market", stopPrice: 100 })).toHaveLength(1);
});

test("where a spread was quoted, the close proves that a triggered limit was met only from the other side of it", () => {
  const story = (close: number): readonly string[] => {
    const harness = new VenueHarness({ halfSpreads: [{ within: () => 1, known: () => 1 }] });
    harness.bar(first);
    harness.send({ terms: { type: "stop_limit", stopPrice: 105, limitPrice: 104 } });
    return harness.story([100, 106, 100, close]);
  };
  expect(story(103.01)).toEqual([]);
  expect(story(102.99)).toEqual(["#1 1@104"]);
});

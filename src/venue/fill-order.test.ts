import { expect, test } from "vitest";
import type { ExecutionReport, Fill } from "../domain/order.ts";
import { VenueHarness, type Quad } from "../../test/venue-harness.ts";

const flat: Quad = [100, 100, 100, 100];

function opened(...rest: ConstructorParameters<typeof VenueHarness>): VenueHarness {
  const harness = new VenueHarness(...rest);
  harness.bar(flat);
  return harness;
}

function fillOf(reports: readonly ExecutionReport[]): Fill {
  const report = reports.find(({ kind }) => kind === "filled");
  if (report?.kind !== "filled") throw new Error("nothing filled");
  return report.fill;
}

test("what slippage costs is told of buys and of sells, and of a maker it is nothing", () => {
  const options = { slippage: { fraction: () => 0.01, rate: () => 0 } };
  const harness = opened(options, 10_000, { contractMultiplier: 10 });
  harness.send({ quantity: 2 });
  // One worse on each of two contracts of ten.
  expect(fillOf(harness.bar(flat))).toMatchObject({ price: 101, slippageCost: 20, liquidity: "taker" });
  harness.send({ side: "sell", quantity: 2 });
  expect(fillOf(harness.bar(flat))).toMatchObject({ price: 99, slippageCost: 20 });
  harness.send({ terms: { type: "limit", limitPrice: 99 } });
  expect(fillOf(harness.bar([100, 100, 98, 99]))).toMatchObject({ slippageCost: 0, liquidity: "maker" });
});

test("slippage takes no limit beyond its price, for buyers and for sellers", () => {
  const options = { slippage: { fraction: () => 0.05, rate: () => 0 } };
  const buyer = opened(options);
  buyer.send({ terms: { type: "limit", limitPrice: 102 } });
  expect(buyer.story(flat)).toEqual(["#1 1@102"]);
  const seller = opened(options);
  seller.send({ side: "sell", terms: { type: "limit", limitPrice: 98 } });
  expect(seller.story(flat)).toEqual(["#1 1@98"]);
  const free = opened({ slippage: { fraction: () => 0.01, rate: () => 0 } });
  free.send({ terms: { type: "limit", limitPrice: 102 } });
  expect(free.story(flat)).toEqual(["#1 1@101"]);
});

test("the volume of a bar is there once, for all orders together, in whole lots", () => {
  const harness = opened({ volumeShareMax: 0.1 });
  harness.send({ quantity: 6 });
  harness.send({ quantity: 6 });
  expect(harness.story([100, 100, 100, 100, 109])).toEqual(["#1 6@100", "#2 4@100"]);
  expect(harness.story([100, 100, 100, 100, 1_000])).toEqual(["#2 2@100"]);
});

test("fill or kill fills where the volume is exactly enough", () => {
  const harness = opened({ volumeShareMax: 0.1 });
  harness.send({ quantity: 15, timeInForce: "fok" });
  expect(harness.story([100, 100, 100, 100, 150])).toEqual(["#1 15@100"]);
});

test("an order by weight is as large as what is missing at its fill, of either sign, after costs", () => {
  const costs = {
    commission: { fee: (_q: number, notional: number) => notional * 0.01, rate: () => 0.01 },
    slippage: { fraction: () => 0, rate: () => 0.01 },
  };
  const harness = opened(costs);
  harness.send({ quantity: 100, weightAtFill: 1 });
  // 10,000 over 100 and 2 % of it.
  expect(harness.story(flat)).toEqual(["#1 98@100"]);
  const short = opened();
  short.send({ side: "sell", quantity: 1, weightAtFill: -0.505 });
  expect(short.story(flat)).toEqual(["#1 50@100"]);
  short.send({ side: "sell", quantity: 1, weightAtFill: -0.75 });
  expect(short.story(flat)).toEqual(["#2 25@100"]);
  short.send({ side: "sell", quantity: 1, weightAtFill: -0.75 });
  expect(short.story(flat)).toEqual(["#3 canceled: already at the wanted weight"]);
  // What is more than wanted by now is not the business of a seller.
  short.send({ side: "sell", quantity: 1, weightAtFill: -0.5 });
  expect(short.story(flat)).toEqual(["#4 canceled: already at the wanted weight"]);
});

test("each part of an order says how much of it has filled, and the last one that it is complete", () => {
  const harness = opened({ volumeShareMax: 0.1 });
  harness.send({ quantity: 15 });
  const parts = [100, 100].map((volume) => harness.bar([100, 100, 100, 100, volume]));
  const told = parts
    .flat()
    .flatMap((report) =>
      report.kind === "filled"
        ? [[report.fill.fillId, report.fill.cumulativeQuantity, report.isComplete]]
        : [],
    );
  expect(told).toEqual([
    [1, 10, false],
    [2, 15, true],
  ]);
});

test("a stop that the volume fills in part says that it was triggered, and one that fills whole does not", () => {
  const kinds = (volume: number) => {
    const harness = opened({ volumeShareMax: 0.1 });
    harness.send({ quantity: 10, terms: { type: "stop_market", stopPrice: 105 } });
    return harness.bar([100, 106, 100, 105, volume]).map(({ kind }) => kind);
  };
  expect(kinds(100)).toEqual(["filled"]);
  expect(kinds(99)).toContain("triggered");
});

test("a change and a cancel that come too late are both answered", () => {
  const harness = opened({ latencyMs: 1_000 });
  const id = harness.send({ terms: { type: "limit", limitPrice: 95 } });
  harness.bar(flat);
  harness.modify(id, { terms: { type: "limit", limitPrice: 94 } });
  harness.cancel(id);
  expect(harness.story([90, 90, 90, 90])).toEqual([
    "#1 1@90",
    "#1 cancel_rejected: the order has filled before",
    "#1 modify_rejected: the order has filled before",
  ]);
});

test("an order that only reduces and finds nothing is canceled, one that finds no money is refused", () => {
  const harness = opened({ leverage: 1 }, 50);
  harness.send({ side: "sell", reduceOnly: true });
  expect(harness.bar(flat)[0]).toMatchObject({ kind: "canceled", code: "nothing_to_reduce" });
  harness.send({});
  expect(harness.bar(flat)[0]).toMatchObject({ kind: "rejected", code: "buying_power" });
  const cash = opened({ accountKind: "cash" });
  cash.send({ side: "sell" });
  expect(cash.bar(flat)[0]).toMatchObject({ kind: "rejected", code: "long_only" });
});

test("the last bits of a sum are nothing that is left of an order", () => {
  const harness = new VenueHarness({ volumeShareMax: 0.003 }, 10_000, { lotSize: 0.1 });
  harness.bar([100, 100, 100, 100]);
  // A little more than 0.3, of which a bar of a hundred units offers 0.3.
  harness.send({ quantity: 0.1 + 0.2 });
  const reports = harness.bar([100, 100, 100, 100, 100]);
  expect(reports.find(({ kind }) => kind === "filled")).toMatchObject({ isComplete: true });
  expect(harness.story([100, 100, 100, 100, 100])).toEqual([]);
});

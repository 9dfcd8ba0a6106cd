import { expect, test } from "vitest";
import type { OrderRequest } from "../domain/order.ts";
import { VenueHarness, type Quad } from "../../test/venue-harness.ts";

// Bar n closes at hour n, and funding is due at the hours 8 and 16. Ten units at 100 are 1,000; a hundredth of it is 10.

const flat: Quad = [100, 100, 100, 100];

/** An account at this hour with an order on its way. */
function at(hour: number, order: Partial<OrderRequest>, options = {}): VenueHarness {
  const harness = new VenueHarness({ fundingRate: 0.01, ...options });
  for (let k = 1; k <= hour; k++) harness.bar(flat);
  harness.send({ quantity: 10, ...order });
  return harness;
}

test("who opens in the hour before funding pays it, who opens at that very moment does not", () => {
  expect(at(7, {}).story(flat)).toEqual(["#1 10@100", "funding 10"]);
  const late = at(8, {});
  expect(late.story(flat)).toEqual(["#1 10@100"]);
  for (let hour = 10; hour <= 15; hour++) expect(late.story(flat)).toEqual([]);
  expect(late.story(flat)).toEqual(["funding 10"]);
});

test("a short position receives what a long one pays, and a negative rate turns both around", () => {
  const short = at(7, { side: "sell" });
  expect(short.story(flat)).toEqual(["#1 10@100", "funding -10"]);
  expect(short.ledger.equity()).toBe(10_010);
  expect(at(7, { side: "sell" }, { fundingRate: -0.01 }).story(flat)).toEqual(["#1 10@100", "funding 10"]);
});

test("who leaves at the open of the hour before funding does not pay it, who leaves inside of it does", () => {
  const atOpen = at(6, {});
  atOpen.bar(flat);
  atOpen.send({ side: "sell", quantity: 10 });
  expect(atOpen.story(flat)).toEqual(["#2 10@100"]);
  const inside = at(6, {});
  inside.bar(flat);
  inside.send({ side: "sell", quantity: 10, terms: { type: "limit", limitPrice: 101 } });
  // At the price of the moment the ten are worth 1,010.
  expect(inside.story([100, 102, 100, 100])).toEqual(["funding 10.1", "#2 10@101"]);
});

test("who leaves inside the hour of a funding that he would receive does not receive it", () => {
  const harness = at(6, { side: "sell" });
  harness.bar(flat);
  harness.send({ quantity: 10, terms: { type: "limit", limitPrice: 99 } });
  expect(harness.story([100, 100, 98, 100])).toEqual(["#2 10@99"]);
});

test("a pair that is its own rate is worth the same at every price, and so is a share of it", () => {
  // Ten dollars against yen: a hundredth of them is ten cents, however far the yen has fallen within the hour.
  const yen = { symbol: "USDJPY", quoteCurrency: "JPY" };
  const harness = new VenueHarness({ fundingRate: 0.01 }, 10_000, yen);
  for (let k = 1; k <= 7; k++) harness.bar(flat);
  harness.send({ quantity: 10 });
  harness.bar([100, 150, 100, 150]);
  expect(harness.ledger.equity()).toBeCloseTo(10_000 + (10 * 50) / 150 - 0.1, 9);
});

test("the position of before pays for what was before: what is added later pays from then on", () => {
  const harness = at(6, {});
  harness.bar(flat);
  harness.send({ quantity: 10 });
  expect(harness.story(flat)).toEqual(["#2 10@100", "funding 20"]);
});

test("a borrow fee is charged for the hours that were held, to the hour, and by the value of the position", () => {
  // 87.6 % a year are a hundredth of a hundredth each hour: 0.1 of 1,000.
  const harness = at(1, { side: "sell" }, { fundingRate: 0, borrowRate: 0.876 });
  expect(harness.bar(flat).filter(({ kind }) => kind === "charged")).toHaveLength(1);
  expect(harness.ledger.chargesPaid).toBeCloseTo(0.1, 12);
  harness.bar([200, 200, 200, 200]);
  expect(harness.ledger.chargesPaid).toBeCloseTo(0.3, 12);
  const long = at(1, {}, { fundingRate: 0, borrowRate: 0.876 });
  long.bar(flat);
  expect(long.ledger.chargesPaid).toBe(0);
});

test("rates as they were take the place of the constant ones", () => {
  const asked: [number, number][] = [];
  const rate = (fromMs: number, toMs: number): number => {
    asked.push([fromMs / 3_600_000, toMs / 3_600_000]);
    return 0.02;
  };
  const short = at(1, { side: "sell" }, { fundingRate: 0, borrowed: [rate] });
  expect(short.story(flat)).toEqual(["#1 10@100", "borrow 20"]);
  const long = at(1, {}, { fundingRate: 0, funded: [rate] });
  expect(long.story(flat)).toEqual(["#1 10@100", "funding 20"]);
  expect(asked).toEqual([
    [1, 2],
    [1, 2],
  ]);
});

test("a contract of several units pays for all of them", () => {
  const harness = new VenueHarness({ fundingRate: 0.01 }, 10_000, { contractMultiplier: 5 });
  for (let hour = 1; hour <= 7; hour++) harness.bar(flat);
  harness.send({ quantity: 2 });
  expect(harness.story(flat)).toEqual(["#1 2@100", "funding 10"]);
});

test("what is added inside the hour of funding to less than one unit pays with the rest at its end", () => {
  const harness = new VenueHarness({ fundingRate: 0.01 }, 10_000, { lotSize: 0.1 });
  for (let hour = 1; hour <= 6; hour++) harness.bar(flat);
  harness.send({ quantity: 0.5 });
  harness.bar(flat);
  harness.send({ quantity: 0.5, terms: { type: "limit", limitPrice: 99 } });
  expect(harness.story([100, 100, 98, 100])).toEqual(["#2 0.5@99", "funding 1"]);
});

test("a part of a unit that is held long borrows nothing, and of nothing no fee is told", () => {
  const costs = { fundingRate: 0, borrowRate: 0.876 };
  const long = new VenueHarness(costs, 10_000, { lotSize: 0.1 });
  long.bar(flat);
  long.send({ quantity: 0.5 });
  expect([long.story(flat), long.story(flat)]).toEqual([["#1 0.5@100"], []]);
  // To sell what is not held yet costs from then on, and the moment itself nothing more.
  const short = at(1, { side: "sell" }, costs);
  expect(short.story(flat)).toHaveLength(2);
  expect(short.heartbeat(0)).toEqual([]);
});

test("a small payment is one as well, for who leaves inside the hour", () => {
  const harness = new VenueHarness({ fundingRate: 0.001 }, 10_000, { lotSize: 0.1 });
  for (let hour = 1; hour <= 6; hour++) harness.bar(flat);
  harness.send({ quantity: 0.5 });
  harness.bar(flat);
  harness.send({ side: "sell", quantity: 0.5, terms: { type: "limit", limitPrice: 100.5 } });
  // Half a unit at 100.5, and a thousandth of that.
  expect(harness.story([100, 102, 100, 100])).toEqual(["funding 0.05025", "#2 0.5@100.5"]);
});

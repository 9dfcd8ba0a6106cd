import { expect, test } from "vitest";
import { VenueHarness, type Quad } from "../../test/venue-harness.ts";

const flat: Quad = [100, 100, 100, 100];

/** An account whose order has lived through bars that were far from its price: from then on they are passed over. */
function waitingFor(side: "buy" | "sell", stopPrice: number): VenueHarness {
  const harness = new VenueHarness();
  harness.bar(flat);
  harness.send({ side, terms: { type: "stop_market", stopPrice } });
  for (let bar = 0; bar < 3; bar++) expect(harness.story([100, 101, 99, 100])).toEqual([]);
  return harness;
}

test("a bar that reaches a price exactly is not passed over, and one that falls short of it by a tick is", () => {
  expect(waitingFor("buy", 110).story([100, 110, 100, 105])).toEqual(["#1 1@110"]);
  expect(waitingFor("buy", 110).story([100, 109.99, 100, 105])).toEqual([]);
  expect(waitingFor("sell", 90).story([100, 100, 90, 95])).toEqual(["#1 1@90"]);
  expect(waitingFor("sell", 90).story([100, 100, 90.01, 95])).toEqual([]);
});

test("a bar that opens at a price exactly is not passed over either", () => {
  expect(waitingFor("buy", 110).story([110, 110, 105, 105])).toEqual(["#1 1@110"]);
  expect(waitingFor("sell", 90).story([90, 95, 90, 95])).toEqual(["#1 1@90"]);
});

test("who borrows pays: a short position does, a long one does not", () => {
  const held = (side: "buy" | "sell"): readonly string[] => {
    // 8.76 % a year of 100 are a thousandth of it an hour.
    const harness = new VenueHarness({ borrowRate: 0.0876 });
    harness.bar(flat);
    harness.send({ side });
    harness.bar(flat);
    return [...harness.story(flat), ...harness.story(flat)].map((line) => line.slice(0, 12));
  };
  expect(held("buy")).toEqual([]);
  // 100 * 0.0876 / 8760 hours, and the bar on which it was sold.
  expect(held("sell").length).toBeGreaterThanOrEqual(2);
  for (const line of held("sell")) expect(line).toMatch(/^borrow 0\.00[12]/);
});

test("an order by weight leaves room for what it costs", () => {
  const harness = new VenueHarness({ commission: { fee: () => 0, rate: () => 0.01 } });
  harness.bar(flat);
  harness.send({ quantity: 100, weightAtFill: 1 });
  // 10,000 / (100 * 1.01) = 99.0099.
  expect(harness.story(flat)).toEqual(["#1 99@100"]);
});

test("after the venue has closed a position, the account trades on", () => {
  const harness = new VenueHarness({ leverage: 4, maintenanceMargin: 0.2 }, 1_000);
  harness.bar(flat);
  harness.send({ quantity: 40 });
  harness.bar(flat);
  // 1000 + 40 (p - 100) = 0.2 * 40 p at p = 93.75.
  expect(harness.story([100, 100, 93, 93])).toEqual(["#-1 40@93.75"]);
  for (const quantity of [1, 2]) harness.send({ quantity });
  expect(harness.story([93, 93, 93, 93])).toEqual(["#2 1@93", "#3 2@93"]);
});

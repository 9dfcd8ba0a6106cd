import { expect, test } from "vitest";
import type { OrderId } from "../domain/order.ts";
import { VenueHarness, type Quad } from "../../test/venue-harness.ts";

const flat: Quad = [100, 100, 100, 100];
const buyAt = (limitPrice: number) => ({ type: "limit", limitPrice }) as const;

function opened(options: ConstructorParameters<typeof VenueHarness>[0] = {}): VenueHarness {
  const harness = new VenueHarness(options);
  harness.bar(flat);
  return harness;
}

test("a larger quantity waits with what is missing, a smaller one with what is left", () => {
  const harness = opened({ volumeShareMax: 0.1 });
  const id = harness.send({ quantity: 30, terms: buyAt(99) });
  expect(harness.story([100, 100, 98, 98, 100])).toEqual(["#1 10@99"]);
  harness.modify(id, { quantity: 40 });
  expect(harness.story([98, 98, 98, 98, 150])).toEqual(["#1 15@98"]);
  harness.modify(id, { quantity: 27 });
  expect(harness.story([98, 98, 98, 98, 1_000])).toEqual(["#1 2@98"]);
  expect(harness.ledger.quantity[0]).toBe(27);
});

test("a change to exactly what has filled ends the order, and to less is refused", () => {
  const harness = opened({ volumeShareMax: 0.1 });
  const id = harness.send({ quantity: 30, terms: buyAt(99) });
  harness.story([100, 100, 98, 98, 100]);
  harness.modify(id, { quantity: 9 });
  expect(harness.answer).toMatchObject({ kind: "rejected", code: "bad_number" });
  harness.modify(id, { quantity: 10 });
  expect(harness.story([98, 98, 98, 98, 1_000])).toContain("#1 canceled: changed to what has filled");
  expect(harness.ledger.quantity[0]).toBe(10);
});

test("a change to what others of its group have filled already leaves nothing of an order", () => {
  const harness = opened({ volumeShareMax: 0.01 });
  for (const limitPrice of [110, 120])
    harness.send({ side: "sell", quantity: 10, terms: { type: "limit", limitPrice }, ocoGroup: 1 });
  expect(harness.story([110, 110, 110, 110, 300])).toEqual(["#1 3@110"]);
  harness.modify(2 as OrderId, { quantity: 4 });
  expect(harness.story([110, 110, 100, 100, 0])).toEqual([]);
  harness.modify(2 as OrderId, { quantity: 3 });
  expect(harness.story([110, 110, 100, 100, 0])).toEqual(["#2 canceled: nothing is left of it"]);
});

test("a child whose quantity changes while its parent has filled in part works for that part, and for more with the next", () => {
  for (const [quantity, sold] of [
    [20, 20],
    [40, 25],
    [7, 7],
  ] as const) {
    const harness = opened({ volumeShareMax: 0.1 });
    const parent = harness.send({ quantity: 25, terms: buyAt(99) });
    const child = harness.send({
      side: "sell",
      quantity: 30,
      terms: { type: "limit", limitPrice: 110 },
      parentId: parent,
    });
    expect(harness.story([100, 100, 98, 98, 100])).toEqual(["#1 10@99"]);
    harness.modify(child, { quantity, terms: { type: "limit", limitPrice: 109 } });
    // Not more than what has been bought, and not less.
    const first = Math.min(10, quantity);
    expect(harness.story([110, 110, 110, 110, 1_000])).toContain(`#2 ${first}@110`);
    harness.story([98, 98, 98, 98, 1_000]);
    harness.story([110, 110, 110, 110, 1_000]);
    expect(harness.ledger.quantity[0]).toBe(25 - sold);
  }
});

test("a change of side or of type is refused, and the order works on as it was", () => {
  const harness = opened();
  const id = harness.send({ terms: buyAt(99) });
  harness.modify(id, { side: "sell" });
  expect(harness.answer).toMatchObject({ kind: "rejected", code: "other" });
  harness.modify(id, { side: "buy", terms: { type: "stop_market", stopPrice: 101 } });
  expect(harness.answer).toMatchObject({ kind: "rejected", code: "other" });
  expect(harness.story([100, 100, 98, 98])).toContain("#1 1@99");
});

test("a price that is marketable after the change takes at the next open", () => {
  const harness = opened();
  const id = harness.send({ terms: buyAt(90) });
  harness.bar(flat);
  harness.modify(id, { terms: buyAt(105) });
  expect(harness.story([101, 102, 100, 100])).toEqual(["#1 1@101"]);
});

test("an order that has been triggered can no longer be changed", () => {
  const harness = opened();
  const id = harness.send({ terms: { type: "stop_limit", stopPrice: 102, limitPrice: 101 } });
  harness.bar([100, 103, 100, 103]);
  harness.modify(id, { terms: { type: "stop_limit", stopPrice: 110, limitPrice: 109 } });
  expect(harness.answer).toMatchObject({ kind: "rejected", code: "already_over" });
});

test("an order that closes a short position covers all of it, whatever quantity a change names", () => {
  const harness = opened();
  harness.send({ side: "sell", quantity: 8 });
  harness.bar(flat);
  const stop = harness.send({
    quantity: 8,
    terms: { type: "stop_market", stopPrice: 110 },
    reduceOnly: true,
    closePosition: true,
  });
  harness.send({ side: "sell", quantity: 4 });
  harness.bar(flat);
  harness.modify(stop, { quantity: 5, terms: { type: "stop_market", stopPrice: 105 } });
  expect(harness.story([100, 106, 100, 106])).toEqual(["#2 12@105"]);
  expect(harness.ledger.quantity[0]).toBe(0);
});

test("a change that is on its way when its order ends is refused on arrival", () => {
  const harness = opened({ latencyMs: 1_000 });
  const id = harness.send({ terms: buyAt(99) });
  harness.bar(flat);
  harness.modify(id, { terms: buyAt(98) });
  const story = harness.story([97, 97, 97, 97]);
  expect(story[0]).toBe("#1 1@97");
  harness.modify(id, { terms: buyAt(95) });
  expect(harness.story(flat)).toEqual(["#1 modify_rejected: the order is over"]);
});

test("a changed order that has waited through quiet bars at its new price is a maker again", () => {
  const harness = opened({ slippage: { fraction: () => 0.01, rate: () => 0 } });
  const id = harness.send({ terms: buyAt(80) });
  harness.bar(flat);
  harness.modify(id, { terms: buyAt(95) });
  harness.bar(flat);
  harness.bar(flat);
  // A gap down to 94: who was in the book gets it, without slippage.
  expect(harness.story([94, 95, 94, 95])).toEqual(["#1 1@94"]);
});

test("a change to less than what has filled until it arrives is refused then, and the order works on", () => {
  const harness = opened({ volumeShareMax: 0.1, latencyMs: 1_000 });
  const id = harness.send({ quantity: 30, terms: buyAt(99) });
  harness.bar(flat);
  harness.modify(id, { quantity: 8 });
  expect(harness.answer).toEqual({ kind: "underway" });
  expect(harness.story([99, 99, 98, 98, 100])).toEqual([
    "#1 10@99",
    "#1 modify_rejected: less than what has filled already",
  ]);
  expect(harness.story([98, 98, 98, 98, 1_000])).toEqual(["#1 20@98"]);
});

test("after a change the order has a place in the queue no more: where its limit is marketable it takes", () => {
  const harness = opened();
  const id = harness.send({ terms: buyAt(90) });
  harness.bar(flat);
  harness.modify(id, { terms: buyAt(105) });
  const liquidity = harness
    .bar(flat)
    .flatMap((report) => (report.kind === "filled" ? [report.fill.liquidity] : []));
  expect(liquidity).toEqual(["taker"]);
});

test("an answer to a change waits at once, so that whoever asks need not wait for the next bar", () => {
  const harness = opened();
  const id = harness.send({ terms: buyAt(90) });
  harness.bar(flat);
  expect(harness.venue.hasAnswers).toBe(false);
  harness.modify(id, { terms: buyAt(91) });
  expect(harness.venue.hasAnswers).toBe(true);
});

test("a cancel that needs time arrives without a bar", () => {
  const harness = opened({ latencyMs: 1_000 });
  const id = harness.send({ terms: buyAt(90) });
  harness.bar(flat);
  harness.cancel(id);
  expect(harness.heartbeat(999)).toEqual([]);
  expect(harness.heartbeat(1_000)).toEqual(["#1 canceled: canceled on request"]);
});

import { expect, test } from "vitest";
import { hourMs } from "../base/time.ts";
import { VenueDesk } from "../../test/venue-desk.ts";
import { VenueHarness, type Quad } from "../../test/venue-harness.ts";

const flat: Quad = [100, 100, 100, 100];

function opened(options: ConstructorParameters<typeof VenueHarness>[0] = {}, cash = 10_000): VenueHarness {
  const harness = new VenueHarness(options, cash);
  harness.bar(flat);
  return harness;
}

test("slippage makes takers pay more and receive less, rounded to the tick against them", () => {
  const harness = opened({ slippage: { fraction: () => 0.00123, rate: () => 0 } });
  harness.send({});
  expect(harness.story(flat)).toEqual(["#1 1@100.13"]);
  harness.send({ side: "sell" });
  expect(harness.story(flat)).toEqual(["#2 1@99.87"]);
});

test("a limit order pays no slippage", () => {
  const harness = opened({ slippage: { fraction: () => 0.01, rate: () => 0 } });
  harness.send({ terms: { type: "limit", limitPrice: 99 } });
  expect(harness.story([100, 100, 98, 99])).toEqual(["#1 1@99"]);
});

test("fees leave the cash", () => {
  const harness = opened({
    commission: { fee: (_quantity, notional) => notional * 0.001, rate: () => 0.001 },
  });
  harness.send({ quantity: 10 });
  harness.bar(flat);
  expect(harness.ledger.cash).toBe(10_000 - 1_000 - 1);
  expect(harness.ledger.equity()).toBe(9_999);
});

test("a cash account fills what its cash covers and cancels the rest with a reason", () => {
  const harness = opened({
    accountKind: "cash",
    commission: { fee: (_q, notional) => notional * 0.01, rate: () => 0.01 },
  });
  harness.send({ quantity: 100 });
  expect(harness.story(flat)).toEqual(["#1 99@100", "#1 canceled: the cash does not cover the whole order"]);
  expect(harness.ledger.cash).toBeCloseTo(10_000 - 9_900 - 99, 9);
});

test("a cash account is long only", () => {
  const harness = opened({ accountKind: "cash" });
  harness.send({ side: "sell" });
  expect(harness.story(flat)).toEqual(["#1 rejected: a cash account is long only"]);
  harness.send({ quantity: 3 });
  harness.bar(flat);
  harness.send({ side: "sell", quantity: 5 });
  expect(harness.story(flat)).toEqual(["#3 3@100", "#3 canceled: a cash account is long only"]);
});

test("a margin account opens no more than its leverage carries, and always closes", () => {
  const harness = opened({ leverage: 2 }, 1_000);
  harness.send({ side: "sell", quantity: 30 });
  expect(harness.story(flat)).toEqual([
    "#1 20@100",
    "#1 canceled: the leverage limit does not cover the whole order",
  ]);
  harness.send({ quantity: 20 });
  expect(harness.story(flat)).toEqual(["#2 20@100"]);
});

test("what is held already takes up leverage", () => {
  const harness = opened({ leverage: 2 }, 1_000);
  harness.send({ quantity: 15 });
  harness.bar(flat);
  harness.send({ quantity: 15 });
  expect(harness.story(flat)).toEqual([
    "#2 5@100",
    "#2 canceled: the leverage limit does not cover the whole order",
  ]);
});

test("a margin call closes at the price at which the maintenance margin is reached", () => {
  const harness = opened({ leverage: 4, maintenanceMargin: 0.2 }, 1_000);
  harness.send({ quantity: 40 });
  harness.bar(flat);
  // 1000 + 40 (p - 100) = 0.2 * 40 p at p = 93.75, although the close is back at 100.
  expect(harness.story([100, 100, 90, 100])).toEqual(["#-1 40@93.75"]);
  expect(harness.ledger.equity()).toBe(1_000 - 40 * 6.25);
});

test("orders take no more than their share of the bar's volume and go on with the rest", () => {
  const harness = opened({ volumeShareMax: 0.1 });
  harness.send({ quantity: 15 });
  expect(harness.story([100, 100, 100, 100, 100])).toEqual(["#1 10@100"]);
  expect(harness.story([101, 101, 101, 101, 100])).toEqual(["#1 5@101"]);
});

test("fill or kill fills whole or not at all", () => {
  const harness = opened({ volumeShareMax: 0.1 });
  harness.send({ quantity: 15, timeInForce: "fok" });
  expect(harness.story([100, 100, 100, 100, 100])).toEqual(["#1 canceled: fok: not enough volume"]);
});

test("immediate or cancel takes what is there", () => {
  const harness = opened({ volumeShareMax: 0.1 });
  harness.send({ quantity: 15, timeInForce: "ioc" });
  expect(harness.story([100, 100, 100, 100, 100])).toEqual([
    "#1 10@100",
    "#1 canceled: ioc: not filled at once",
  ]);
});

test("an immediate limit does not wait inside the bar", () => {
  const harness = opened();
  harness.send({ timeInForce: "ioc", terms: { type: "limit", limitPrice: 98 } });
  expect(harness.story([100, 100, 95, 97])).toEqual(["#1 canceled: ioc: not filled at once"]);
});

test("a day order ends with its trading day", () => {
  const harness = opened();
  harness.send({ timeInForce: "day", terms: { type: "limit", limitPrice: 50 } });
  for (let hour = 2; hour <= 24; hour++) expect(harness.story(flat)).toEqual([]);
  expect(harness.story(flat)).toEqual(["#1 expired: end of the trading day"]);
});

test("a good-till-date order ends when its time has passed", () => {
  const harness = opened();
  harness.send({ timeInForce: "gtd", expireTimeMs: 3 * hourMs, terms: { type: "limit", limitPrice: 50 } });
  expect(harness.story(flat)).toEqual([]);
  expect(harness.story(flat)).toEqual([]);
  expect(harness.story(flat)).toEqual(["#1 expired: good till date has passed"]);
});

test("a post-only order is canceled rather than taking", () => {
  const harness = opened();
  harness.send({ postOnly: true, terms: { type: "limit", limitPrice: 102 } });
  expect(harness.story(flat)).toEqual(["#1 canceled: post-only: would take liquidity"]);
  harness.send({ postOnly: true, terms: { type: "limit", limitPrice: 99 } });
  expect(harness.story([100, 100, 98, 99])).toEqual(["#2 1@99"]);
});

test("a reduce-only order never opens and never turns a position around", () => {
  const harness = opened();
  harness.send({ side: "sell", reduceOnly: true });
  expect(harness.story(flat)[0]).toMatch(/^#1 canceled: reduce-only/);
  harness.send({ quantity: 2 });
  harness.bar(flat);
  harness.send({ side: "sell", quantity: 5, reduceOnly: true });
  expect(harness.story(flat)).toEqual(["#3 2@100", "#3 canceled: reduce-only: nothing more to reduce"]);
});

test("a partly filled target shrinks the stop beside it", () => {
  const harness = opened({ volumeShareMax: 0.1 });
  const entry = harness.send({ quantity: 10 });
  const leg = { side: "sell", quantity: 10, reduceOnly: true, parentId: entry, ocoGroup: 1 } as const;
  harness.send({ ...leg, terms: { type: "limit", limitPrice: 104 } });
  harness.send({ ...leg, terms: { type: "stop_market", stopPrice: 96 } });
  harness.bar([100, 101, 99, 100, 1_000]);
  expect(harness.story([103, 105, 102, 104, 60])).toEqual(["#2 6@104"]);
  expect(harness.story([100, 101, 95, 96, 1_000])).toEqual(["#3 4@96", "#2 canceled: its sibling filled"]);
});

test("children of an order that never filled go with it", () => {
  const harness = opened();
  const entry = harness.send({ terms: { type: "limit", limitPrice: 90 } });
  harness.send({
    side: "sell",
    reduceOnly: true,
    parentId: entry,
    terms: { type: "stop_market", stopPrice: 80 },
  });
  harness.cancel(entry);
  expect(harness.story(flat)).toEqual([
    "#1 canceled: canceled on request",
    "#2 canceled: its parent did not fill",
  ]);
});

test("with latency a market order pays the move it may have missed", () => {
  const harness = opened({ latencyMs: hourMs / 4 });
  harness.send({});
  expect(harness.story([100, 108, 99, 104])).toEqual(["#1 1@102"]); // A quarter of the way from 100 to 108.
});

test("with latency a cancel may come too late", () => {
  const harness = opened({ latencyMs: hourMs / 2 });
  const order = harness.send({ terms: { type: "limit", limitPrice: 95 } });
  expect(harness.story(flat)).toEqual([]);
  harness.cancel(order);
  expect(harness.story([96, 97, 94, 96])).toEqual([
    "#1 1@95",
    "#1 cancel_rejected: the order has filled before",
  ]);
});

test("shorts pay the borrow fee in proportion to time", () => {
  const harness = opened({ borrowRate: 0.0365 });
  harness.send({ side: "sell", quantity: 10 });
  harness.bar(flat);
  // 1000 of stock at 3.65 % a year is 0.1 a day; two hours have passed since the last slice before the fill.
  expect(harness.ledger.chargesPaid).toBeCloseTo(0.1 / 24, 12);
});

test("longs pay funding at every eighth hour", () => {
  const harness = opened({ fundingRate: 0.0001 });
  harness.send({ quantity: 10 });
  for (let hour = 2; hour <= 16; hour++) harness.bar(flat);
  expect(harness.ledger.chargesPaid).toBeCloseTo(2 * 1_000 * 0.0001, 12);
});

test("sized at the fill, an order buys what the weight is worth at that very price", () => {
  const harness = opened();
  harness.send({ quantity: 100, weightAtFill: 1 });
  expect(harness.story([99, 99, 99, 99])).toEqual(["#1 101@99"]); // floor(10000 / 99)
});

test("protection grows with each part of its entry, and what it has sold is not sold again", () => {
  const harness = opened({ volumeShareMax: 0.1 });
  const parentId = harness.send({ quantity: 10, terms: { type: "limit", limitPrice: 100 } });
  const leg = { side: "sell", quantity: 10, reduceOnly: true, parentId } as const;
  harness.send({ ...leg, terms: { type: "limit", limitPrice: 104 } });
  expect(harness.story([100, 100, 99, 100, 40])).toEqual(["#1 4@100"]);
  expect(harness.story([105, 105, 104, 105, 1_000])).toEqual(["#2 4@105"]);
  expect(harness.story([100, 100, 99, 100, 30])).toEqual(["#1 3@100"]);
  expect(harness.story([105, 105, 104, 105, 20])).toEqual(["#2 2@105"]);
  expect(harness.story([100, 100, 99, 100, 1_000])).toEqual(["#1 3@100"]);
  expect(harness.story([105, 105, 104, 105, 1_000])).toEqual(["#2 4@105"]);
  expect(harness.ledger.quantity[0]).toBe(0);
});

test("orders that close the position are as large as it is, after every fill", () => {
  const harness = opened();
  harness.send({ quantity: 4 });
  harness.bar(flat);
  const close = { side: "sell", reduceOnly: true, closePosition: true } as const;
  harness.send({ ...close, quantity: 4, terms: { type: "stop_market", stopPrice: 90 } });
  harness.send({ quantity: 3 });
  harness.bar(flat);
  harness.send({ side: "sell", quantity: 2 });
  harness.bar(flat);
  expect(harness.story([89, 89, 89, 89])).toEqual(["#2 5@89"]);
});

test("a trailing stop of a buyer that replaces another goes on from its best price, and from no other order's", () => {
  const trail = (amount: number) =>
    ({ type: "trailing_stop_market", trail: { kind: "amount", amount } }) as const;
  const close = { reduceOnly: true, closePosition: true } as const;
  const harness = opened();
  harness.send({ side: "sell", quantity: 2 });
  harness.bar(flat);
  const old = harness.send({ ...close, terms: trail(10) });
  harness.bar([100, 100, 80, 85]);
  harness.send({ ...close, terms: trail(9) });
  harness.cancel(old);
  // 80 and 9: the last close was 85.
  expect(harness.story([85, 89.5, 84, 86])).toEqual(["#2 canceled: canceled on request", "#3 2@89"]);
  const fresh = opened();
  fresh.send({ side: "sell", quantity: 2 });
  fresh.bar([100, 100, 80, 85]);
  fresh.send({ ...close, terms: trail(9) });
  expect(fresh.story([85, 90, 85, 86])).toEqual([]);
});

test("an entry that turns a position around protects only what it opens", () => {
  const harness = opened({ volumeShareMax: 0.1 });
  harness.send({ quantity: 5 });
  harness.bar(flat);
  const parentId = harness.send({ side: "sell", quantity: 10 });
  const close = { reduceOnly: true, closePosition: true, parentId } as const;
  harness.send({ ...close, quantity: 5, terms: { type: "stop_market", stopPrice: 110 } });
  // Four of the five held go; nothing is short yet.
  expect(harness.story([100, 100, 100, 100, 40])).toEqual(["#2 4@100"]);
  expect(harness.story([120, 120, 120, 120, 1_000])).toEqual(["#2 6@120", "#3 5@120"]);
});

/** Ten dollars' worth of yen, of which 100 are a dollar at first; the bar of row 0 has been shown, or none of three. */
function yen(isShown: boolean, options = {}) {
  const instrument = { symbol: "USDJPY", quoteCurrency: "JPY" } as const;
  const rig = new VenueDesk(({ inner }) => inner, { instrument, options });
  if (isShown) rig.pass(100);
  else
    for (let day = 1; day <= 3; day++) rig.behind.bars[0]!.append(day * 24 * hourMs, 100, 100, 100, 100, 1);
  return rig;
}

test("what a pair that is its own rate costs is a share of its own money, though a bar was passed over", () => {
  const rig = yen(true, { fundingRate: 0.01 });
  rig.send({ quantity: 10 });
  rig.pass(100);
  expect(rig.behind.ledger.chargesPaid).toBeCloseTo(0.3, 12);
  // The next day passes unseen and leaves 200 yen for a dollar: ten dollars stay ten dollars.
  rig.skip(200);
  rig.pass(150);
  expect(rig.behind.ledger.chargesPaid).toBeCloseTo(0.3 + 0.6, 12);
});

test("before a bar was shown nothing is known of a rate, whatever the tables hold", () => {
  const unseen = yen(false);
  unseen.day = 3;
  unseen.send({ quantity: 10 });
  expect(unseen.story(100)).toEqual(["rejected 1"]);
  const seen = yen(true);
  seen.send({ quantity: 10 });
  expect(seen.story(100)).toEqual(["fill 1 10@100"]);
});

test("a refusal takes as long as the way to the venue", () => {
  const harness = opened({ latencyMs: 1.5 * hourMs });
  harness.send({ quantity: 0.5 });
  expect(harness.answer).toEqual({ kind: "underway" });
  expect(harness.story(flat)).toEqual([]);
  expect(harness.story(flat)).toHaveLength(1);
});

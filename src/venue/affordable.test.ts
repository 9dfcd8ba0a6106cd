import { expect, test } from "vitest";
import type { InstrumentIndex } from "../domain/instrument.ts";
import type { OrderId } from "../domain/order.ts";
import { VenueHarness, type Quad } from "../../test/venue-harness.ts";

const flat: Quad = [100, 100, 100, 100];
const second = 1 as InstrumentIndex;
const lowCash = "the cash does not cover the whole order";
const lowMargin = "the leverage limit does not cover the whole order";

function opened(...rest: ConstructorParameters<typeof VenueHarness>): VenueHarness {
  const harness = new VenueHarness(...rest);
  harness.bar(...(rest[3] ?? ["TEST"]).map(() => flat));
  return harness;
}

test("the last cent of a cash account may be spent, and not one more", () => {
  const harness = opened({ accountKind: "cash" }, 1_000);
  harness.send({ quantity: 10 });
  expect(harness.story(flat)).toEqual(["#1 10@100"]);
  expect(harness.ledger.cash).toBe(0);
  const short = opened({ accountKind: "cash" }, 999.99);
  short.send({ quantity: 10 });
  expect(short.story(flat)).toEqual(["#1 9@100", `#1 canceled: ${lowCash}`]);
  const poor = opened({ accountKind: "cash" }, 99);
  poor.send({});
  expect(poor.story(flat)).toEqual([`#1 rejected: ${lowCash}`]);
});

test("cash that falls short by the last bits of a sum buys a lot less, and not nothing", () => {
  const harness = opened({ accountKind: "cash" }, 1_000 - 1e-10);
  harness.send({ quantity: 10 });
  expect(harness.story(flat)).toEqual(["#1 9@100", `#1 canceled: ${lowCash}`]);
});

test("a fee with a minimum is money, too", () => {
  const commission = { fee: () => 5, rate: () => 0 };
  const harness = opened({ accountKind: "cash", commission }, 1_000);
  harness.send({ quantity: 10 });
  expect(harness.story(flat)[0]).toBe("#1 9@100");
  expect(harness.ledger.cash).toBe(95);
  const enough = opened({ accountKind: "cash", commission }, 1_005);
  enough.send({ quantity: 10 });
  expect(enough.story(flat)).toEqual(["#1 10@100"]);
  // The fee alone is more than there is.
  const poor = opened({ accountKind: "cash", commission: { fee: () => 2_000, rate: () => 0 } }, 1_000);
  poor.send({ quantity: 10 });
  expect(poor.story(flat)).toEqual([`#1 rejected: ${lowCash}`]);
});

test("a fee that takes nearly all there is leaves the parts of a unit that the rest pays for", () => {
  const commission = { fee: () => 90, rate: () => 0 };
  const harness = opened({ accountKind: "cash", commission }, 100, { lotSize: 1e-6 });
  harness.send({ quantity: 1e6 });
  expect(harness.story(flat)).toEqual(["#1 0.1@100", `#1 canceled: ${lowCash}`]);
  // What a fee that is no number leaves, nobody knows.
  const unknown = opened({ accountKind: "cash", commission: { fee: () => Number.NaN, rate: () => 0 } }, 100);
  unknown.send({});
  expect(unknown.story(flat)).toEqual([`#1 rejected: ${lowCash}`]);
});

test("where a lot is less than the last digit of an order, what does not fit is refused, and the trying ends", () => {
  // The next number below 3e16 x 7, of which no lot can be taken away.
  const harness = new VenueHarness({ accountKind: "cash" }, 209_999_999_999_999_970);
  const seven: Quad = [7, 7, 7, 7];
  harness.bar(seven);
  harness.send({ quantity: 3e16 });
  expect(harness.story(seven)).toEqual([`#1 rejected: ${lowCash}`]);
});

test("what is short may be bought back, whatever the cash", () => {
  const harness = opened({ accountKind: "cash" }, 1_000);
  harness.ledger.book({
    fillId: 1,
    orderId: 77 as OrderId,
    instrument: 0 as InstrumentIndex,
    side: "sell",
    quantity: 5,
    cumulativeQuantity: 5,
    price: 100,
    fee: 0,
    slippageCost: 0,
    liquidity: "taker",
    timeMs: 0,
  });
  harness.ledger.cash = 0;
  harness.send({ quantity: 5 });
  expect(harness.story(flat)).toEqual(["#1 5@100"]);
});

test("contracts of several units, and fees of the value of all of them", () => {
  const commission = { fee: (_quantity: number, notional: number) => notional / 100, rate: () => 0 };
  const harness = opened({ accountKind: "cash", commission }, 10_000, { contractMultiplier: 10 });
  harness.send({ quantity: 10 });
  // Each contract costs 1,000 and 10.
  expect(harness.story(flat)[0]).toBe("#1 9@100");
  expect(harness.ledger.cash).toBe(10_000 - 9 * 1_010);
});

test("a margin account carries exactly its leverage, in whole lots", () => {
  const harness = opened({ leverage: 2 }, 1_000, { lotSize: 2 });
  harness.send({ quantity: 20 });
  expect(harness.story(flat)).toEqual(["#1 20@100"]);
  const odd = opened({ leverage: 2.1 }, 1_000, { lotSize: 2 });
  odd.send({ quantity: 22 });
  expect(odd.story(flat)).toEqual(["#1 20@100", `#1 canceled: ${lowMargin}`]);
});

test("what an account lacks in the last digits of a sum does not cost an order its last lot", () => {
  const within = (cash: number): string => {
    const harness = opened({ leverage: 1 }, cash);
    harness.send({ quantity: 10 });
    return harness.story(flat)[0]!;
  };
  expect(within(1_000 - 1e-7)).toBe("#1 10@100");
  expect(within(1_000 - 1e-5)).toBe("#1 9@100");
});

test("of an order that turns a position around, the closing part needs no margin", () => {
  const harness = opened({ leverage: 2 }, 1_000);
  harness.send({ quantity: 10 });
  harness.bar(flat);
  harness.send({ side: "sell", quantity: 40 });
  // Ten close, and 2,000 carry twenty short.
  expect(harness.story(flat)).toEqual(["#2 30@100", `#2 canceled: ${lowMargin}`]);
  expect(harness.ledger.quantity[0]).toBe(-20);
});

test("what is held is judged at the price of the moment", () => {
  const harness = opened({ leverage: 2 }, 1_000);
  harness.send({ quantity: 10 });
  harness.bar(flat);
  harness.send({ quantity: 20 });
  // At 150 the equity is 1,500 and carries 3,000; ten are worth 1,500, so ten more fit.
  expect(harness.story([150, 150, 150, 150])[0]).toBe("#2 10@150");
});

test("other positions take up room at their own prices, short ones as well", () => {
  const harness = opened({ leverage: 2 }, 1_000, {}, ["A", "B"]);
  harness.send({ side: "sell", quantity: 5, instrument: second });
  harness.bar(flat, flat);
  harness.send({ quantity: 20 });
  // 500 short of B leave 1,500.
  expect(harness.story(flat, flat)[0]).toBe("#2 15@100");
});

test("an account that is over its leverage may close and not open", () => {
  const harness = opened({ leverage: 2 }, 1_000);
  harness.send({ quantity: 20 });
  harness.bar(flat);
  // At 60 the equity is 200, which carries 400; the position alone is worth 1,200.
  harness.send({ quantity: 1 });
  expect(harness.story([60, 60, 60, 60])).toEqual([`#2 rejected: ${lowMargin}`]);
  harness.send({ side: "sell", quantity: 25 });
  // All twenty close; equity of 200 carries six more at 60.
  expect(harness.story([60, 60, 60, 60])).toEqual(["#3 25@60"]);
});

test("what comes free inside a bar buys nothing of another symbol in it, and of its own it does", () => {
  for (const accountKind of ["cash", "margin"] as const) {
    const harness = opened({ accountKind, leverage: 1 }, 1_000, {}, ["A", "B"]);
    harness.send({ quantity: 10 });
    harness.bar(flat, flat);
    harness.send({ side: "sell", quantity: 10, reduceOnly: true, terms: { type: "limit", limitPrice: 101 } });
    harness.send({ quantity: 10, instrument: second, terms: { type: "limit", limitPrice: 99 } });
    const story = harness.story([100, 102, 100, 100], [100, 100, 98, 100]);
    expect(story).toContain("#2 10@101");
    expect(story.filter((line) => line.startsWith("#3 1"))).toEqual([]);
    // At the next open it is there.
    harness.send({ quantity: 10, instrument: second });
    expect(harness.story(flat, flat)).toContain("#4 10@100");
  }
  const alone = opened({ accountKind: "cash" }, 1_000);
  alone.send({ quantity: 10 });
  alone.bar(flat);
  alone.send({ side: "sell", quantity: 10, reduceOnly: true, terms: { type: "limit", limitPrice: 101 } });
  alone.send({ quantity: 9, terms: { type: "stop_market", stopPrice: 102 } });
  expect(alone.story([100, 103, 100, 103])).toEqual(["#2 10@101", "#3 9@102"]);
});

test("of what is bought and sold inside a bar just the part that was sold is kept from the others in it", () => {
  const at = (limitPrice: number) => ({ type: "limit", limitPrice }) as const;
  const bought = opened({ accountKind: "cash" }, 990, {}, ["A", "B"]);
  bought.send({ quantity: 5, terms: at(99) });
  bought.send({ quantity: 5, terms: at(99), instrument: second });
  expect(bought.story([100, 100, 98, 100], [100, 100, 98, 100])).toEqual(["#1 5@99", "#2 5@99"]);
  // One of five is sold at 101: 1,005 less 404 that stay and 101 that come too late.
  const sold = opened({ leverage: 1 }, 1_000, {}, ["A", "B"]);
  sold.send({ quantity: 5 });
  sold.bar(flat, flat);
  sold.send({ side: "sell", terms: at(101) });
  sold.send({ quantity: 6, terms: at(99), instrument: second });
  const story = sold.story([100, 102, 100, 100], [100, 100, 98, 100]);
  expect(story.slice(0, 2)).toEqual(["#2 1@101", "#3 5@99"]);
  // A short position that is bought back makes room as late as a long one that is sold.
  const covered = opened({ leverage: 1 }, 1_000, {}, ["A", "B"]);
  covered.send({ side: "sell", quantity: 10 });
  covered.bar(flat, flat);
  covered.send({ quantity: 10, terms: at(99) });
  covered.send({ quantity: 10, terms: at(99), instrument: second });
  expect(covered.story([100, 100, 98, 100], [100, 100, 98, 100])).toEqual([
    "#2 10@99",
    `#3 rejected: ${lowMargin}`,
  ]);
});

test("an order of which nearly all fitted ends with crumbs, and one that lacked more says what was missing", () => {
  const crumbs = opened({ accountKind: "cash" }, 999.5, { lotSize: 0.001 });
  crumbs.send({ quantity: 10 });
  expect(crumbs.story(flat)).toEqual([
    "#1 9.995@100",
    "#1 canceled: the last crumbs did not fit the account",
  ]);
  const missing = opened({ accountKind: "cash" }, 999, { lotSize: 0.001 });
  missing.send({ quantity: 10 });
  expect(missing.story(flat)[1]).toBe(`#1 canceled: ${lowCash}`);
});

test("half of one unit of money buys what costs a tenth of it", () => {
  const cheap: Quad = [0.1, 0.1, 0.1, 0.1];
  const harness = new VenueHarness({ leverage: 1 }, 0.55);
  harness.bar(cheap);
  harness.send({ quantity: 10 });
  expect(harness.story(cheap)).toEqual(["#1 5@0.1", `#1 canceled: ${lowMargin}`]);
});

test("what came free in an earlier bar is nobody's any more: it does not count against what comes free in this one", () => {
  const harness = new VenueHarness({ accountKind: "cash" }, 2_000, {}, ["A", "B"]);
  harness.bar(flat, flat);
  harness.send({ quantity: 10 });
  harness.send({ quantity: 10, instrument: second });
  harness.bar(flat, flat);
  // Ten of A are sold inside a bar, and the money goes into B at the next open.
  harness.send({ side: "sell", quantity: 10, terms: { type: "limit", limitPrice: 110 } });
  expect(harness.story([100, 111, 100, 100], flat)).toEqual(["#3 10@110"]);
  harness.send({ quantity: 11, instrument: second });
  expect(harness.story(flat, flat)).toEqual(["#4 11@100"]);
  // Now B is sold inside a bar: what it brings buys no A in that bar.
  harness.send({ side: "sell", quantity: 10, terms: { type: "limit", limitPrice: 110 }, instrument: second });
  harness.send({ quantity: 5, terms: { type: "limit", limitPrice: 90 } });
  expect(harness.story([100, 100, 89, 100], [100, 111, 100, 100])).toEqual([
    "#5 10@110",
    `#6 rejected: ${lowCash}`,
  ]);
});

import { expect, test } from "vitest";
import type { InstrumentIndex, Instrument } from "../domain/instrument.ts";
import { dayMs } from "../base/time.ts";
import { VenueDesk } from "../../test/venue-desk.ts";
import { VenueHarness, type Quad } from "../../test/venue-harness.ts";

const flat: Quad = [100, 100, 100, 100];
const second = 1 as InstrumentIndex;

/** Holds `quantity` of one symbol on 1,000 of equity with a maintenance margin of 20 %. */
function holding(quantity: number, instrument: Partial<Instrument> = {}): VenueHarness {
  const harness = new VenueHarness({ leverage: 4, maintenanceMargin: 0.2 }, 1_000, instrument);
  harness.bar(flat);
  harness.send({ side: quantity > 0 ? "buy" : "sell", quantity: Math.abs(quantity) });
  harness.bar(flat);
  return harness;
}

test("a short position is called at the high of the bar, and where the account just carries it, it is not", () => {
  // 1000 - 40 (p - 100) = 0.2 * 40 p at p = 104.1666...
  expect(holding(-40).story([100, 104.16, 100, 100])).toEqual([]);
  expect(holding(-40).story([100, 104.17, 100, 100])).toEqual(["#-1 40@104.17"]);
});

test("a long position on exactly the maintenance margin is kept", () => {
  expect(holding(40).story([100, 100, 93.75, 100])).toEqual([]);
  expect(holding(40).story([100, 100, 93.74, 100])).toEqual(["#-1 40@93.75"]);
});

test("a bar that opens below the maintenance margin is closed at its open", () => {
  expect(holding(40).story([90, 95, 85, 95])).toEqual(["#-1 40@90"]);
});

test("a stop of the position that the bar reaches first ends it before the margin call", () => {
  const harness = holding(40);
  harness.send({
    side: "sell",
    quantity: 40,
    terms: { type: "stop_market", stopPrice: 97 },
    reduceOnly: true,
    closePosition: true,
  });
  expect(harness.story([100, 100, 90, 95])).toEqual(["#2 40@97"]);
});

test("a stop behind the price of the margin call does not keep the position alive", () => {
  const harness = holding(40);
  harness.send({
    side: "sell",
    quantity: 40,
    terms: { type: "stop_market", stopPrice: 91 },
    reduceOnly: true,
    closePosition: true,
  });
  expect(harness.story([100, 100, 90, 95])[0]).toBe("#-1 40@93.75");
});

test("a limit order of the other side is no stop and keeps nothing alive", () => {
  const harness = holding(40);
  harness.send({
    side: "sell",
    quantity: 40,
    terms: { type: "limit", limitPrice: 120 },
    reduceOnly: true,
    closePosition: true,
  });
  expect(harness.story([100, 100, 90, 95])[0]).toBe("#-1 40@93.75");
});

test("a margin call withdraws what would open and leaves what would reduce to its own end", () => {
  const harness = holding(40);
  harness.send({ quantity: 1, terms: { type: "limit", limitPrice: 50 } });
  const story = harness.story([100, 100, 90, 100]);
  expect(story).toContain("#2 canceled: margin call: what opens is withdrawn");
  expect(story).toContain("#-1 40@93.75");
  expect(harness.ledger.held).toHaveLength(0);
});

test("positions of two symbols are closed at one moment of the way to their worst prices", () => {
  const harness = new VenueHarness({ leverage: 4, maintenanceMargin: 0.2 }, 1_000, {}, ["A", "B"]);
  harness.bar(flat, flat);
  harness.send({ quantity: 20 });
  harness.send({ quantity: 20, instrument: second });
  harness.bar(flat, flat);
  // Both at 100 - 10 s: 1000 - 400 s = 0.2 * (4000 - 400 s) at s = 0.625, which is 93.75 for both.
  expect(harness.story([100, 100, 90, 100], [100, 100, 90, 100])).toEqual(["#-1 20@93.75", "#-2 20@93.75"]);
});

test("a symbol that stands still is closed with the one that fell, at its next open if its bar is not there", () => {
  const harness = new VenueHarness({ leverage: 4, maintenanceMargin: 0.2 }, 1_000, {}, ["A", "B"]);
  harness.bar(flat, flat);
  harness.send({ quantity: 30 });
  harness.send({ quantity: 10, instrument: second });
  harness.bar(flat, flat);
  // Only A has a bar: 1000 + 30 (p - 100) = 0.2 * (30 p + 1000) at p = 91.666..., rounded against the holder.
  expect(harness.story([100, 100, 85, 100])).toEqual(["#-1 30@91.66"]);
  expect(harness.story(flat, [98, 99, 97, 98])).toEqual(["#-2 10@98"]);
  expect(harness.ledger.held).toHaveLength(0);
});

test("where one symbol has no bar, exactly the maintenance margin is enough as well", () => {
  const harness = new VenueHarness({ leverage: 4, maintenanceMargin: 0.2 }, 1_000, {}, ["A", "B"]);
  harness.bar(flat, flat);
  harness.send({ quantity: 20 });
  harness.send({ quantity: 20, instrument: second });
  harness.bar(flat, flat);
  // At 87.5 for A there are 750 of equity for 3,750 that are held.
  expect(harness.story([100, 100, 87.5, 87.5])).toEqual([]);
  expect(harness.story([87.5, 100, 87.5, 100], flat)).toEqual([]);
});

test("an account without positions has nothing to be called for", () => {
  const harness = new VenueHarness({ leverage: 4, maintenanceMargin: 0.2 }, 1_000);
  harness.bar(flat);
  expect(harness.story([100, 100, 1, 50])).toEqual([]);
});

test("a call leaves what only reduces, and an account that has been called is dead to new entries in that bar", () => {
  const harness = holding(40);
  const exit = {
    side: "sell",
    quantity: 40,
    reduceOnly: true,
    terms: { type: "limit", limitPrice: 120 },
  } as const;
  harness.send(exit);
  const story = harness.story([100, 100, 90, 100]);
  expect(story[0]).toBe("#-1 40@93.75");
  expect(story).not.toContain("#2 canceled: margin call: what opens is withdrawn");
});

test("a stop of a short position that the bar reaches first ends it before the margin call, and a far one does not", () => {
  const stopped = (stopPrice: number): string | undefined => {
    const harness = holding(-40);
    const close = { reduceOnly: true, closePosition: true } as const;
    harness.send({ ...close, quantity: 40, terms: { type: "stop_market", stopPrice } });
    return harness.story([100, 110, 100, 105])[0];
  };
  expect(stopped(103)).toBe("#2 40@103");
  expect(stopped(106)).toBe("#-1 40@104.17");
  expect(stopped(111)).toBe("#-1 40@104.17");
});

test("a stop that cannot match in this bar yet keeps nothing alive", () => {
  const harness = new VenueHarness({ leverage: 4, maintenanceMargin: 0.2, latencyMs: 1_800_000 }, 1_000);
  harness.bar(flat);
  harness.send({ quantity: 40 });
  harness.bar(flat);
  const close = { side: "sell", quantity: 40, reduceOnly: true, closePosition: true } as const;
  harness.send({ ...close, terms: { type: "stop_market", stopPrice: 97 } });
  // It arrives in the middle of the bar: what the bar did before that, nobody knows.
  expect(harness.story([100, 100, 90, 95])[0]).toBe("#-1 40@93.75");
});

test("what was opened inside a bar is looked at with the rest of that bar", () => {
  const harness = new VenueHarness({ leverage: 4, maintenanceMargin: 0.2 }, 1_000);
  harness.bar(flat);
  harness.send({ quantity: 40, terms: { type: "limit", limitPrice: 98 } });
  const story = harness.story([100, 100, 85, 99]);
  expect(story[0]).toBe("#1 40@98");
  expect(story[1]).toMatch(/^#-1 40@/);
  expect(harness.ledger.held).toHaveLength(0);
});

test("what a stop opened inside a bar is called on the way from its fill, and not at the open before it", () => {
  const harness = new VenueHarness({ leverage: 4, maintenanceMargin: 0.2 }, 1_000);
  harness.bar(flat);
  harness.send({ side: "sell", quantity: 40, terms: { type: "stop_market", stopPrice: 90 } });
  // 1000 - 40 (p - 90) = 0.2 * 40 p at p = 95.833..., which lies between the fill and the open.
  expect(harness.story([100, 130, 85, 86])).toEqual(["#1 40@90", "#-1 40@95.84"]);
  expect(harness.ledger.equity()).toBeCloseTo(1_000 - 40 * 5.84, 6);
});

test("a pair that is its own rate is called at the very price, although its loss is no straight line", () => {
  // Five times 10,000 dollars: 10000 + 50000 (p - 100) / p = 0.1 * 50000 at p = 90.9090..., and short at 111.1111...
  const yen = { symbol: "USDJPY", quoteCurrency: "JPY" };
  const called = (quantity: number, bar: Quad) => {
    const harness = new VenueHarness({ leverage: 5, maintenanceMargin: 0.1 }, 10_000, yen);
    harness.bar(flat);
    harness.send({ side: quantity > 0 ? "buy" : "sell", quantity: Math.abs(quantity) });
    harness.bar(flat);
    return { story: harness.story(bar), equity: harness.ledger.equity() };
  };
  const long = called(50_000, [100, 100, 60, 99]);
  expect(long.story).toEqual(["#-1 50000@90.9"]);
  expect(long.equity).toBeCloseTo(10_000 + (50_000 * (90.9 - 100)) / 90.9, 6);
  const short = called(-50_000, [100, 140, 100, 100]);
  expect(short.story).toEqual(["#-1 50000@111.12"]);
  expect(short.equity).toBeCloseTo(10_000 - (50_000 * (111.12 - 100)) / 111.12, 6);
});

test("quiet bars are passed over up to the one that calls", () => {
  // The account just carries 93.75, whatever came before it.
  const harness = holding(40);
  for (const low of [99, 95, 93.75]) expect(harness.story([100, 100, low, 100])).toEqual([]);
  expect(harness.story([100, 100, 93.74, 100])).toEqual(["#-1 40@93.75"]);
});

/** Until which of the bars to come no margin call is possible for 400,000 of a symbol at 100, on 100,000 of equity. */
function uncalled(
  side: "buy" | "sell",
  bars: readonly (readonly [low: number, high: number, close?: number])[],
  instrument: Partial<Instrument> = {},
): number {
  const options = { leverage: 4, maintenanceMargin: 0.2 };
  const rig = new VenueDesk(({ inner }) => inner, { options, instrument });
  rig.pass(100);
  // A unit of USDJPY at 100 is worth a dollar.
  const quantity = instrument.quoteCurrency === "JPY" ? 400_000 : 4_000;
  rig.send({ side, quantity: quantity / (instrument.contractMultiplier ?? 1) });
  rig.pass(100);
  const table = rig.behind.bars[0]!;
  for (const [k, [low, high, close = 101]] of bars.entries())
    table.append((k + 3) * dayMs, 100, high, low, close, 1_000);
  const until = rig.desk.quietUntil(2, 2 + bars.length) - 2;
  // Only looked at: the books are those of the last bar that was shown.
  expect(rig.behind.ledger.equity()).toBe(100_000);
  expect(rig.desk.quietUntil(2, 2)).toBe(2);
  return until;
}

// A single contract is a holding as any other.
test.each([{}, { contractMultiplier: 10 }, { contractMultiplier: 4_000 }])(
  "bars are passed over up to the first that may call: %o",
  (instrument) => {
    // 100,000 + 4,000 (p - 100) = 0.2 * 4,000 p at p = 93.75, and of a short position at 104.1666...
    const near = [93.75, 104.16] as const;
    expect(uncalled("buy", [near, [99, 200], [93.74, 101], near], instrument)).toBe(2);
    expect(uncalled("sell", [near, [1, 101], [99, 104.17], near], instrument)).toBe(2);
    expect(uncalled("buy", [near, near, near], instrument)).toBe(3);
    expect(uncalled("sell", [near, near, near], instrument)).toBe(3);
    expect(uncalled("buy", [[90, 100], near], instrument)).toBe(0);
  },
);

test("where the price is its own rate, bars are passed over up to the first that calls as well", () => {
  const yen = { symbol: "USDJPY", quoteCurrency: "JPY" };
  // Of 100,000 dollars 80,000 must stay: 400,000 may lose 5 % of what they are worth at the rate of the loss.
  const near = [95.24, 111, 110] as const;
  expect(uncalled("buy", [near, near, near], yen)).toBe(3);
  expect(uncalled("buy", [near, near, [95.23, 111, 110]], yen)).toBe(2);
});

test("what funding takes from an account that could just carry two symbols withdraws its entries at once", () => {
  const options = { leverage: 4, maintenanceMargin: 0.2, fundingRate: 0.06 };
  const harness = new VenueHarness(options, 1_000, {}, ["A", "B"]);
  for (let hour = 1; hour <= 6; hour++) harness.bar(flat, flat);
  for (const instrument of [0 as InstrumentIndex, second]) harness.send({ quantity: 20, instrument });
  harness.bar(flat, flat);
  harness.send({ quantity: 1, terms: { type: "limit", limitPrice: 50 } });
  // 6 % of 4,000 leave 760, and 800 are wanted; B has no bar at that hour, so nothing can be closed in it.
  expect(harness.story(flat)).toEqual([
    "funding 120",
    "funding 120",
    "#3 canceled: margin call: what opens is withdrawn",
  ]);
  expect(harness.story(flat, flat)).toEqual(["#-1 20@100", "#-2 20@100"]);
});

test("an account of a single unit of money is called at the same price as a large one", () => {
  const harness = new VenueHarness({ leverage: 4, maintenanceMargin: 0.2 }, 1, { lotSize: 0.001 });
  harness.bar(flat);
  harness.send({ quantity: 0.04 });
  harness.bar(flat);
  // As 40 units on 1,000.
  expect(harness.story([100, 100, 90, 100])).toEqual(["#-1 0.04@93.75"]);
});

test("a single unit is called inside its bar, as any other holding is", () => {
  const harness = new VenueHarness({ leverage: 4, maintenanceMargin: 0.2 }, 30);
  harness.bar(flat);
  harness.send({});
  harness.bar(flat);
  // 30 - (100 - p) = 0.2 p at p = 87.5.
  expect(harness.story([100, 100, 85, 100])).toEqual(["#-1 1@87.5"]);
});

test("a rate that rises calls what has no bar, and a call that was made stands though the rate comes back", () => {
  const euros = { quoteCurrency: "EUR" };
  const harness = new VenueHarness({ leverage: 4, maintenanceMargin: 0.2 }, 1_000, euros, ["EURUSD", "B"]);
  harness.bar([1, 1, 1, 1], flat);
  harness.send({ quantity: 40, instrument: second });
  harness.bar([1, 1, 1, 1], flat);
  // 4,000 euros at 1.5 dollars want 1,200 of margin, and there are 1,000.
  expect(harness.story([1, 1.5, 1, 1.5])).toEqual([]);
  expect(harness.story([1.5, 1.5, 1, 1])).toEqual([]);
  expect(harness.story([1, 1, 1, 1], flat)).toEqual(["#-1 40@100"]);
});

test("a rate that rises withdraws at once what would open more of the only thing that is held", () => {
  const euros = { quoteCurrency: "EUR" };
  const harness = new VenueHarness({ leverage: 4, maintenanceMargin: 0.2 }, 1_000, euros, ["EURUSD", "B"]);
  harness.bar([1, 1, 1, 1], flat);
  harness.send({ quantity: 30, instrument: second });
  harness.bar([1, 1, 1, 1], flat);
  harness.send({ instrument: second, terms: { type: "limit", limitPrice: 50 } });
  // 3,000 euros want 1,200 dollars of margin when one costs two, and there are 1,000.
  expect(harness.story([1, 2, 1, 2])).toEqual(["#2 canceled: margin call: what opens is withdrawn"]);
});

test("a stop that rests does not keep a position without a bar from being closed, and the account goes on after it", () => {
  const harness = new VenueHarness({ leverage: 4, maintenanceMargin: 0.2 }, 1_000, {}, ["A", "B"]);
  harness.bar(flat, flat);
  harness.send({ quantity: 30 });
  harness.send({ quantity: 10, instrument: second });
  harness.bar(flat, flat);
  harness.send({
    side: "sell",
    quantity: 10,
    instrument: second,
    terms: { type: "stop_market", stopPrice: 50 },
    reduceOnly: true,
    closePosition: true,
  });
  expect(harness.story([100, 100, 85, 100])).toEqual(["#-1 30@91.66"]);
  expect(harness.story(flat, [98, 99, 97, 98])).toContain("#-2 10@98");
  // Nothing is left of all that: what is sent now is looked at in every bar.
  for (const _ of [1, 2]) harness.send({ quantity: 1 });
  expect(harness.story(flat, flat)).toEqual(["#4 1@100", "#5 1@100"]);
});

test("a limit order that the bar reaches on its way up keeps nothing alive on its way down", () => {
  const harness = holding(40);
  const exit = { side: "sell", quantity: 40, reduceOnly: true, closePosition: true } as const;
  harness.send({ ...exit, terms: { type: "limit", limitPrice: 105 } });
  expect(harness.story([100, 106, 90, 95])[0]).toBe("#-1 40@93.75");
});

import { expect, test } from "vitest";
import { dayMs, hourMs } from "../base/time.ts";
import type { InstrumentIndex } from "../domain/instrument.ts";
import type { OrderId, OrderTerms } from "../domain/order.ts";
import { VenueDesk } from "../../test/venue-desk.ts";
import { VenueHarness, type Quad } from "../../test/venue-harness.ts";

const flat: Quad = [100, 100, 100, 100];
const second = 1 as InstrumentIndex;
const limit = (limitPrice: number): OrderTerms => ({ type: "limit", limitPrice });
const stop = (stopPrice: number): OrderTerms => ({ type: "stop_market", stopPrice });

function opened(...rest: ConstructorParameters<typeof VenueHarness>): VenueHarness {
  const harness = new VenueHarness(...rest);
  harness.bar(...(rest[3] ?? ["TEST"]).map(() => flat));
  return harness;
}

test("a good-till-date order lives to the very millisecond without a bar, and ends by time alone after it", () => {
  const harness = opened();
  harness.send({ timeInForce: "gtd", expireTimeMs: 2 * hourMs, terms: limit(50) });
  expect(harness.heartbeat(hourMs)).toEqual([]);
  expect(harness.heartbeat(hourMs + 1)).toEqual(["#1 expired: good till date has passed"]);
  expect(harness.heartbeat(hourMs + 2)).toEqual([]);
});

test("a day order that has met a bar ends with its day, without another bar", () => {
  const harness = opened();
  harness.send({ timeInForce: "day", terms: limit(50) });
  harness.bar(flat);
  expect(harness.heartbeat(22 * hourMs)).toEqual([]);
  expect(harness.heartbeat(22 * hourMs + 1)).toEqual(["#1 expired: end of the trading day"]);
});

test("a cancel and a change that need time arrive without a bar, and not before their time", () => {
  const harness = opened({ latencyMs: 1_000 });
  const id = harness.send({ terms: limit(50) });
  const other = harness.send({ terms: limit(60) });
  harness.bar(flat);
  harness.cancel(id);
  harness.modify(other, { terms: limit(101) });
  expect(harness.heartbeat(999)).toEqual([]);
  expect(harness.heartbeat(1_000)).toEqual(["#1 canceled: canceled on request"]);
  expect(harness.story(flat)).toEqual(["#2 1@100"]);
});

test("what reduces comes before what opens, whoever was first", () => {
  const harness = opened({ leverage: 1 }, 1_000);
  harness.send({ quantity: 10 });
  harness.bar(flat);
  harness.send({ quantity: 10 });
  harness.send({ side: "sell", quantity: 10, reduceOnly: true });
  expect(harness.story(flat)).toEqual(["#3 10@100", "#2 10@100"]);
});

test("what only reduces waits at an open for what it is to reduce", () => {
  const harness = opened();
  harness.send({ side: "sell", quantity: 10, reduceOnly: true });
  harness.send({ quantity: 10 });
  expect(harness.story(flat)).toEqual(["#2 10@100", "#1 10@100"]);
});

test("the opens of two symbols are met by age and not by number, what reduces the one pays for the other", () => {
  const harness = opened({ accountKind: "cash" }, 1_000, {}, ["A", "B"]);
  harness.send({ quantity: 6, instrument: second });
  harness.send({ quantity: 6 });
  expect(harness.story(flat, flat)).toEqual([
    "#1 6@100",
    "#2 4@100",
    "#2 canceled: the cash does not cover the whole order",
  ]);
  harness.send({ quantity: 6 });
  harness.send({ side: "sell", quantity: 6, reduceOnly: true, instrument: second });
  expect(harness.story(flat, flat)).toEqual(["#4 6@100", "#3 6@100"]);
});

test("inside a bar symbols are met by the age of their oldest order", () => {
  const fills = (first: 0 | 1): readonly string[] => {
    const harness = opened({ accountKind: "cash" }, 1_000, {}, ["A", "B"]);
    const instruments = [first, 1 - first] as InstrumentIndex[];
    for (const instrument of instruments) harness.send({ quantity: 10, instrument, terms: limit(95) });
    return harness.story([100, 100, 94, 100], [100, 100, 94, 100]).filter((line) => line.includes("@"));
  };
  expect(fills(0)).toEqual(["#1 10@95"]);
  expect(fills(1)).toEqual(["#1 10@95"]);
});

test("what came free inside a bar pays for what is bought inside the next one, and not in the same", () => {
  const harness = opened({ accountKind: "cash" }, 1_000, {}, ["A", "B"]);
  harness.send({ quantity: 10 });
  harness.bar(flat, flat);
  harness.send({ side: "sell", quantity: 10, terms: limit(105) });
  harness.send({ quantity: 10, instrument: second, terms: limit(90) });
  harness.send({ quantity: 10, instrument: second, terms: limit(95) });
  expect(harness.story([100, 106, 100, 100], [100, 100, 94, 100])).toEqual([
    "#2 10@105",
    "#4 rejected: the cash does not cover the whole order",
  ]);
  expect(harness.story(flat, [100, 100, 89, 100])).toEqual(["#3 10@90"]);
});

test("a stop that the open gapped through closes what was added at that open, too", () => {
  const harness = opened();
  harness.send({ quantity: 2 });
  harness.bar(flat);
  harness.send({ side: "sell", quantity: 2, terms: stop(95), reduceOnly: true, closePosition: true });
  harness.send({ quantity: 3 });
  expect(harness.story([90, 91, 89, 90])).toEqual(["#3 3@90", "#2 5@90"]);
  // Where nothing is added the stop closes first and makes room.
  const alone = opened({}, 10_000, {}, ["A", "B"]);
  alone.send({ quantity: 2 });
  alone.bar(flat, flat);
  alone.send({ side: "sell", quantity: 2, terms: stop(95), reduceOnly: true, closePosition: true });
  alone.send({ quantity: 1, instrument: second });
  expect(alone.story([90, 91, 89, 90], flat)).toEqual(["#2 2@90", "#3 1@100"]);
});

test("an immediate order that is not reached ends with the open of its first bar", () => {
  for (const timeInForce of ["ioc", "fok"] as const) {
    const harness = opened();
    harness.send({ timeInForce, terms: limit(99) });
    expect(harness.story([100, 100, 98, 99])).toEqual([`#1 canceled: ${timeInForce}: not filled at once`]);
  }
});

test("prices that an order only waits for are met to the tick after any number of quiet bars", () => {
  const met = (side: "buy" | "sell", terms: OrderTerms, bar: Quad): readonly string[] => {
    const harness = opened();
    harness.send({ side, terms });
    for (let k = 0; k < 3; k++) expect(harness.story([100, 101, 99, 100])).toEqual([]);
    return harness.story(bar);
  };
  expect(met("sell", stop(95), [100, 100, 95, 100])).toEqual(["#1 1@95"]);
  expect(met("sell", stop(95), [100, 100, 95.01, 100])).toEqual([]);
  expect(met("buy", stop(105), [100, 105, 100, 100])).toEqual(["#1 1@105"]);
  expect(met("sell", limit(105), [105, 105, 100, 100])).toEqual(["#1 1@105"]);
  expect(met("buy", limit(95), [95, 100, 95, 100])).toEqual(["#1 1@95"]);
  // Bars that cannot be, as sources send them: an open outside of its own range counts.
  expect(met("sell", limit(105), [105, 101, 100, 100])).toEqual(["#1 1@105"]);
  expect(met("buy", limit(95), [95, 101, 100, 100])).toEqual(["#1 1@95"]);
});

test("two orders of which one is near and one is far: the near one is met", () => {
  const harness = opened();
  harness.send({ side: "sell", terms: stop(90) });
  harness.send({ side: "sell", terms: stop(95) });
  harness.send({ side: "sell", terms: limit(105) });
  harness.send({ side: "sell", terms: limit(110) });
  harness.bar(flat);
  harness.bar(flat);
  expect(harness.story([100, 106, 94, 100])).toEqual(["#3 1@105", "#2 1@95"]);
});

test("numbers are remembered however large they are, and none is used twice", () => {
  const harness = opened();
  for (const id of [63, 64, 65, 1_000, 129]) {
    harness.send({ id: id as OrderId, terms: limit(50) });
    expect(harness.answer).toEqual({ kind: "accepted" });
  }
  for (const id of [63, 64, 65, 1_000, 129]) {
    harness.send({ id: id as OrderId, terms: limit(50) });
    expect(harness.answer).toMatchObject({ kind: "rejected", code: "doubled_id" });
  }
  for (const id of [0, -1, 1.5, Number.NaN]) {
    harness.send({ id: id as OrderId });
    expect(harness.answer).toMatchObject({ kind: "rejected", code: "bad_number" });
  }
  harness.cancel(66 as OrderId);
  expect(harness.answer).toMatchObject({ code: "unknown_order" });
});

test("a child needs a parent that is known and lives, unless it closes whatever there is", () => {
  const harness = opened();
  harness.send({ parentId: 77 as OrderId, side: "sell", reduceOnly: true, terms: stop(90) });
  expect(harness.answer).toMatchObject({ code: "unknown_order" });
  const parentId = harness.send({});
  harness.bar(flat);
  harness.send({ parentId, side: "sell", reduceOnly: true, terms: stop(90) });
  expect(harness.answer).toMatchObject({ code: "parent_ended" });
  harness.send({ parentId, side: "sell", reduceOnly: true, closePosition: true, terms: stop(90) });
  expect(harness.answer).toEqual({ kind: "accepted" });
  expect(harness.story([100, 100, 89, 90])).toContain("#4 1@90");
});

test("an account without equity may close and not open; with a cent of it, it may", () => {
  const after = (price: number): VenueHarness => {
    const harness = opened({ leverage: 10 }, 1_000);
    harness.send({ quantity: 20 });
    harness.bar(flat);
    harness.bar([100, 100, price, price]);
    harness.send({ terms: limit(1) });
    return harness;
  };
  const ruined = after(50);
  expect(ruined.ledger.equity()).toBe(0);
  expect(ruined.answer).toMatchObject({ code: "buying_power" });
  ruined.send({ side: "sell", quantity: 20, reduceOnly: true });
  expect(ruined.story([50, 50, 50, 50])).toContain("#3 20@50");
  expect(after(50.01).answer).toEqual({ kind: "accepted" });
});

test("what has run out does not fill in the bar that begins after it", () => {
  const low: Quad = [40, 50, 40, 45];
  const day = opened();
  day.send({ timeInForce: "day", terms: limit(50) });
  for (let hour = 2; hour <= 24; hour++) day.bar(flat);
  expect(day.story(low)).toEqual(["#1 expired: end of the trading day"]);
  const dated = opened();
  dated.send({ timeInForce: "gtd", expireTimeMs: 2 * hourMs, terms: limit(50) });
  dated.bar(flat);
  expect(dated.story(low)).toEqual(["#1 expired: good till date has passed"]);
  const canceled = opened({ latencyMs: hourMs });
  const id = canceled.send({ terms: limit(50) });
  canceled.bar(flat);
  canceled.cancel(id);
  canceled.bar(flat);
  expect(canceled.story(low)).toEqual([]);
});

test("a day order of the last moment of a day lives through the next one", () => {
  const harness = opened();
  for (let hour = 2; hour <= 24; hour++) harness.bar(flat);
  harness.send({ timeInForce: "day", terms: limit(50) });
  for (let hour = 25; hour <= 48; hour++) expect(harness.story(flat)).toEqual([]);
  expect(harness.story(flat)).toEqual(["#1 expired: end of the trading day"]);
});

test("what arrived while there were no bars is done before the next one, which would have filled the order", () => {
  // Two days are to the millisecond when the bar after the gap opens.
  for (const [errand, latencyMs] of [
    ["cancel", 1],
    ["modify", 1],
    ["cancel", 2 * dayMs],
    ["modify", 2 * dayMs],
  ] as const) {
    const rig = new VenueDesk(({ inner }) => inner, { options: { latencyMs } });
    rig.pass(100);
    const order = rig.send({ terms: { type: "limit", limitPrice: 90 } });
    for (let day = 0; day < 3; day++) rig.pass(100);
    rig[errand](order, { terms: { type: "limit", limitPrice: 70 } });
    // The bars of two days are missing.
    rig.day += 2;
    expect(rig.story(80)).toEqual([errand === "cancel" ? "canceled 1" : "modified 1"]);
    expect(rig.held()).toBe(0);
  }
});

test("a day order lives through the first day on which it meets a bar, and not through the next", () => {
  const rig = new VenueDesk(({ inner }) => inner);
  rig.pass(100);
  rig.send({ terms: { type: "limit", limitPrice: 90 }, timeInForce: "day" });
  // Bars that close on day 5 at a fifth and at three fifths of it, and one early on day 6.
  const story = [5.2, 5.6, 6.1].map((close) => {
    rig.day = close - 1;
    return rig.story(100);
  });
  expect(story).toEqual([[], [], ["expired 1"]]);
});

test("an order that would turn a position round waits for its turn: it is not what reduces", () => {
  const harness = opened({}, 1_000, {}, ["A", "B"]);
  harness.send({ quantity: 10 });
  harness.bar(flat, flat);
  harness.send({ quantity: 5, instrument: second });
  harness.send({ side: "sell", quantity: 15 });
  expect(harness.story(flat, flat)).toEqual(["#2 5@100", "#3 15@100"]);
});

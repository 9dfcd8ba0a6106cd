import { expect, test } from "vitest";
import { VenueDesk } from "../../test/venue-desk.ts";
import { calendarNamed } from "../domain/calendar/calendar-named.ts";
import type { CorporateAction } from "../domain/corporate-action.ts";
import type { OrderRequest } from "../domain/order.ts";
import type { InstrumentIndex } from "../domain/instrument.ts";
import { ActionsDesk } from "./actions-desk.ts";

const split = (day: number, ratio: number): CorporateAction => ({ symbol: "A", day, kind: "split", ratio });
const dividend = (day: number, amount: number): CorporateAction => ({
  symbol: "A",
  day,
  kind: "dividend",
  amount,
});

type About = ConstructorParameters<typeof VenueDesk>[1];

/** A desk whose first instrument has these actions; of the others nobody knows any. */
function deskWith(actions: readonly CorporateAction[], about: About = {}): VenueDesk<ActionsDesk> {
  const calendar = calendarNamed("24/7");
  return new VenueDesk(
    ({ inner, ledger, instruments }) =>
      new ActionsDesk(
        inner,
        inner,
        ledger,
        instruments.map((instrument, k) => (k === 0 ? { instrument, calendar, actions } : undefined)),
      ),
    about,
  );
}

/** The same with so many units held since day 1, at 100: day 2 comes next. */
function holding(
  quantity: number,
  actions: readonly CorporateAction[],
  about: About = {},
): VenueDesk<ActionsDesk> {
  const rig = deskWith(actions, about);
  rig.pass(100);
  rig.send({ side: quantity > 0 ? "buy" : "sell", quantity: Math.abs(quantity) });
  expect(rig.story(100)).toEqual([`fill 1 ${Math.abs(quantity)}@100`]);
  return rig;
}

const stopAt = (stopPrice: number, quantity = 10): Partial<OrderRequest> => ({
  side: "sell",
  quantity,
  terms: { type: "stop_market", stopPrice },
  reduceOnly: true,
  closePosition: true,
});

const trailBy = (amount: number) =>
  ({ type: "trailing_stop_market", trail: { kind: "amount", amount } }) as const;

test("a split is told with what is held after it, and costs nothing where all of it is whole lots", () => {
  const rig = holding(10, [split(2, 2)]);
  expect(rig.pass(50)).toEqual([
    {
      kind: "charged",
      charge: {
        chargeId: 1,
        kind: "split",
        instrument: 0,
        amount: 0,
        split: { ratio: 2, quantityAfter: 20, tickSize: 0.01 },
        timeMs: 3 * 86_400_000,
      },
    },
  ]);
  expect(rig.held()).toBe(20);
  expect(rig.story(50)).toEqual([]);
});

test.each([
  // 7 x 0.3 are 2.1 at 100 / 0.3: a tenth of 333.33 is paid out, five times that for a contract of five units.
  { quantity: 7, ratio: 0.3, multiplier: 1, after: 2, paid: -100 / 3 },
  { quantity: 7, ratio: 0.3, multiplier: 5, after: 2, paid: -500 / 3 },
  { quantity: -7, ratio: 0.3, multiplier: 1, after: -2, paid: 100 / 3 },
  // Of one share a tenth is left: there is no whole lot to keep.
  { quantity: 1, ratio: 0.1, multiplier: 1, after: 0.1, paid: 0 },
])(
  "$quantity units are $after after a split of $ratio, and the rest is paid for",
  ({ quantity, ratio, multiplier, after, paid }) => {
    const rig = holding(quantity, [split(2, ratio)], { instrument: { contractMultiplier: multiplier } });
    const [told] = rig.pass(100 / ratio);
    expect(told).toMatchObject({
      kind: "charged",
      charge: { kind: "split", split: { quantityAfter: after } },
    });
    if (told!.kind === "charged") expect(told!.charge.amount).toBeCloseTo(paid, 9);
    expect(rig.held()).toBe(after);
  },
);

test("a dividend is paid for every unit of every contract, by a short position too, and not to who holds nothing", () => {
  const about = { instrument: { contractMultiplier: 5 } };
  expect(holding(10, [dividend(2, 0.5)], about).story(100)).toEqual(["dividend -25"]);
  expect(holding(-3, [dividend(2, 0.5)], about).story(100)).toEqual(["dividend 7.5"]);
  const flat = deskWith([dividend(1, 0.5)]);
  flat.pass(100);
  expect(flat.story(100)).toEqual([]);
});

test("charges of the desk and of the venue are counted together, from 1 on", () => {
  const rig = deskWith([dividend(2, 1), dividend(3, 1)], { options: { borrowRate: 3.65 } });
  rig.pass(100);
  rig.send({ side: "sell" });
  rig.pass(100);
  const ids = [rig.pass(100), rig.pass(100), rig.pass(100)].map((reports) =>
    reports.map((report) => report.kind === "charged" && [report.charge.kind, report.charge.chargeId]),
  );
  // On the day of the sale a day was borrowed, too.
  expect(ids).toEqual([
    [
      ["dividend", 2],
      ["borrow", 3],
    ],
    [
      ["dividend", 4],
      ["borrow", 5],
    ],
    [["borrow", 6]],
  ]);
});

test("what happened by the first bar is in its price, what happens with the second is done", () => {
  const early = deskWith([split(0, 4)]);
  early.send({ quantity: 10 });
  expect(early.story(100)).toEqual(["fill 1 10@100"]);
  expect(early.held()).toBe(10);
  const next = deskWith([split(1, 4)]);
  next.send({ quantity: 10 });
  expect(next.story(100)).toEqual(["fill 1 10@100"]);
  expect(next.story(25)).toEqual(["split 0"]);
  expect(next.held()).toBe(40);
});

test("several actions of one day are taken in their order, each once, and a day without a bar waits for the next", () => {
  const rig = holding(10, [split(2, 2), dividend(2, 1), split(3, 3)]);
  expect(rig.story(50)).toEqual(["split 0", "dividend -20"]);
  expect(rig.story(Number.NaN)).toEqual([]);
  expect(rig.story(50 / 3)).toEqual(["split 0"]);
  expect(rig.held()).toBe(60);
  expect(rig.story(50 / 3)).toEqual([]);
});

test("bars may be passed over when no action is to come, and not a day before", () => {
  const rig = deskWith([split(1, 2), dividend(2, 1)]);
  const quiet: number[] = [];
  for (let day = 0; day < 3; day++) {
    quiet.push(rig.desk.quietUntil(0, 5));
    rig.pass(100);
  }
  expect([...quiet, rig.desk.quietUntil(0, 5)]).toEqual([0, 0, 0, 5]);
  const none = new VenueDesk(({ inner, ledger }) => new ActionsDesk(inner, inner, ledger, [undefined]));
  expect(none.desk.quietUntil(0, 5)).toBe(5);
  const two = new VenueDesk(
    ({ inner, ledger, instruments: [instrument] }) =>
      new ActionsDesk(inner, inner, ledger, [
        undefined,
        { instrument: instrument!, calendar: calendarNamed("24/7"), actions: [split(1, 2)] },
      ]),
  );
  expect(two.desk.quietUntil(0, 5)).toBe(0);
});

test("prices of what closes the position follow every split, to the tick, and nobody hears of it", () => {
  const rig = holding(10, [split(2, 3), split(3, 2)]);
  rig.send(stopAt(90.1));
  // 90.1 / 3 is 30.03 to the cent, and half of that 15.02 (15.015 is rounded up).
  expect(rig.story(33)).toEqual(["split 0"]);
  expect(rig.story(16.5)).toEqual(["split 0"]);
  expect(rig.story(15.02)).toEqual(["fill 2 60@15.02"]);
});

test("what its sender has changed is what follows, and answers to the sender are passed on", () => {
  const rig = holding(10, [split(3, 2)]);
  const stop = rig.send(stopAt(90));
  rig.modify(stop, { terms: { type: "stop_market", stopPrice: 80 } });
  expect(rig.story(100)).toEqual(["modified 2"]);
  expect(rig.story(50)).toEqual(["split 0"]);
  // Half of 80 is not reached, half of 90 would be.
  expect(rig.story(44)).toEqual([]);
  rig.modify(stop, { terms: { type: "stop_market", stopPrice: 41 } });
  expect(rig.story(45)).toEqual(["modified 2"]);
  expect(rig.story(40.5)).toEqual(["fill 2 20@40.5"]);
});

test("an order that was canceled by its sender is gone before the split", () => {
  const rig = deskWith([split(2, 2)]);
  rig.pass(100);
  const order = rig.send({ terms: { type: "limit", limitPrice: 50 } });
  rig.cancel(order);
  expect(rig.desk.hasAnswers).toBe(true);
  expect(rig.story(100)).toEqual(["canceled 1"]);
  expect(rig.story(50)).toEqual([]);
});

test("of an order that ends before the split its sender hears the end, and not what the desk still asked for", () => {
  const rig = holding(10, [split(3, 2)]);
  const stop = rig.send(stopAt(90));
  rig.pass(100);
  rig.cancel(stop);
  expect(rig.story(50)).toEqual(["split 0", "canceled 2"]);
});

test("an entry that waits hears of a split, though nothing is held, and is withdrawn with what hangs on it", () => {
  const rig = deskWith([split(2, 2)]);
  rig.pass(100);
  const entry = rig.send({ quantity: 10, terms: { type: "limit", limitPrice: 80 } });
  rig.send({ ...stopAt(70), parentId: entry });
  expect(rig.story(100)).toEqual([]);
  expect(rig.story(50).slice(0, 3)).toEqual(["split 0", "canceled 1", "canceled 2"]);
  expect(rig.held()).toBe(0);
  const lone = deskWith([split(1, 2)]);
  lone.pass(100);
  lone.send({ terms: { type: "limit", limitPrice: 80 } });
  expect(lone.story(50)).toEqual(["split 0", "canceled 1"]);
});

test("protection of an entry that has filled stays, and what only reduces is withdrawn", () => {
  const rig = deskWith([split(2, 2)]);
  rig.pass(100);
  const entry = rig.send({ quantity: 10 });
  rig.send({ ...stopAt(70), parentId: entry });
  rig.pass(100);
  rig.send({ side: "sell", quantity: 5, terms: { type: "limit", limitPrice: 120 }, reduceOnly: true });
  expect(rig.story(50)).toEqual(["split 0", "canceled 3"]);
  expect(rig.story(35)).toEqual(["fill 2 20@35"]);
});

test("a trailing stop goes on from its best price, in new shares, and so does the stop beside it", () => {
  const rig = holding(10, [split(2, 2)]);
  const trailing = { ...stopAt(0), terms: trailBy(20) };
  rig.send(trailing);
  rig.send(stopAt(70));
  expect(rig.story(50)).toEqual(["split 0"]);
  // Ten below 50.
  expect(rig.story(40.5)).toEqual([]);
  expect(rig.story(40)).toEqual(["fill 2 20@40", "canceled 3"]);
});

test("a split needs no time to reach the venue", () => {
  const rig = deskWith([split(2, 2)], { options: { latencyMs: 1_000 } });
  rig.pass(100);
  rig.send({ quantity: 10 });
  rig.pass(100);
  rig.send(stopAt(90));
  rig.send({
    ...stopAt(0),
    terms: { type: "trailing_stop_market", trail: { kind: "fraction", fraction: 0.3 } },
  });
  const entry = rig.send({ quantity: 5 });
  rig.send({ ...stopAt(80), parentId: entry });
  rig.cancel(entry);
  expect(rig.story(50)).toEqual(["split 0", "canceled 4", "canceled 5", "cancel_rejected 4"]);
  expect(rig.story(46)).toEqual([]);
  expect(rig.story(44)).toEqual(["fill 2 20@44", "canceled 3"]);
});

test("the rest of an order that filled in part is withdrawn", () => {
  const rig = deskWith([split(2, 2)], { options: { volumeShareMax: 0.01 } });
  rig.pass(100);
  rig.send({ quantity: 15 });
  // A hundredth of 1,000.
  expect(rig.story(100)).toEqual(["fill 1 10@100"]);
  expect(rig.story(50)).toEqual(["split 0", "canceled 1"]);
  expect(rig.held()).toBe(20);
});

test.each([
  { how: "filled", order: {}, told: ["fill 1 1@100"] },
  { how: "rejected", order: { quantity: 0.5 }, told: ["rejected 1"] },
  {
    how: "expired",
    order: { terms: { type: "limit", limitPrice: 1 }, timeInForce: "gtd", expireTimeMs: 1 },
    told: ["expired 1"],
  },
] as const)("an order that is $how is no reason to tell of a split", ({ order, told }) => {
  const rig = deskWith([split(3, 2)]);
  rig.pass(100);
  rig.send(order as Partial<OrderRequest>);
  expect(rig.story(100)).toEqual(told);
  if (rig.held() !== 0) rig.send({ side: "sell" });
  rig.pass(100);
  expect(rig.held()).toBe(0);
  expect(rig.story(50)).toEqual([]);
});

test("orders and holdings of other instruments stay as they are", () => {
  const rig = deskWith([split(2, 2)], { symbols: 2 });
  const other = 1 as InstrumentIndex;
  rig.pass(100, 100);
  rig.send({ quantity: 10 });
  rig.send({ quantity: 10, instrument: other });
  rig.pass(100, 100);
  rig.send({ ...stopAt(90), instrument: other });
  expect(rig.story(50, 100)).toEqual(["split 0"]);
  expect(rig.held(1)).toBe(10);
  expect(rig.story(50, 90)).toEqual(["fill 3 10@90"]);
});

test("the stop of a short position closes all of the new shares after a split", () => {
  const rig = holding(-10, [split(2, 2)]);
  rig.send({ ...stopAt(110), side: "buy" });
  expect(rig.story(50)).toEqual(["split 0"]);
  expect(rig.story(55)).toEqual(["fill 2 20@55"]);
  expect(rig.held()).toBe(0);
});

test("a trailing stop that takes another's place at the same moment goes on from its best price", () => {
  const rig = holding(10, []);
  const order = { ...stopAt(0), terms: trailBy(5) } as const;
  const first = rig.send(order);
  rig.pass(120);
  rig.pass(118);
  rig.cancel(first);
  rig.send(order);
  expect(rig.story(114)).toEqual(["canceled 2", "fill 3 10@114"]);
});

import { expect, test } from "vitest";
import { VenueDesk } from "../../test/venue-desk.ts";
import type { Bars } from "../domain/bars.ts";
import type { InstrumentIndex } from "../domain/instrument.ts";
import { DelistingDesk } from "./delisting-desk.ts";

const none = Number.NaN;
const middle = 1 as InstrumentIndex;

type About = ConstructorParameters<typeof VenueDesk>[1];

/** Three instruments, each gone when it is in `gone`: holdings of it are closed at half its last close. */
function deskOver(gone: Set<number>, about: About = {}): VenueDesk<DelistingDesk> {
  return new VenueDesk(
    ({ inner, ledger, bars, shown }) =>
      new DelistingDesk(inner, ledger, bars, shown, {
        isGone: (index) => gone.has(index),
        priceOf: (_index, lastPrice) => lastPrice / 2,
      }),
    { symbols: 3, ...about },
  );
}

/** Ten of the one in the middle are held, which is gone after its third bar. */
function withHolding(about: About = {}): { rig: VenueDesk<DelistingDesk>; gone: Set<number> } {
  const gone = new Set<number>();
  const rig = deskOver(gone, about);
  rig.pass(100, 10, 200);
  rig.send({ instrument: middle, quantity: 10 });
  expect(rig.story(100, 10, 200)).toEqual(["fill 1 10@10"]);
  rig.pass(100, 8, 200);
  gone.add(1);
  return { rig, gone };
}

const close = { instrument: middle, side: "sell", quantity: 10 } as const;

test("who sells what is gone gets a part of its last close", () => {
  const { rig } = withHolding();
  rig.send(close);
  expect(rig.story(100, none, 200)).toEqual(["fill 2 10@4"]);
  expect(rig.held(1)).toBe(0);
});

test("the venue is shown a bar of it between the others, in their order, until nothing is held", () => {
  const { rig } = withHolding();
  rig.pass(101, none, 201);
  // Its own three bars, and after them the one at half of 8.
  const closing = [1, 3, 4];
  expect(rig.shownLast).toEqual([[0, 3, 101], closing, [2, 3, 201]]);
  rig.pass(none, none, 202);
  expect(rig.shownLast).toEqual([closing, [2, 4, 202]]);
  rig.pass(102, none, none);
  expect(rig.shownLast).toEqual([[0, 4, 102], closing]);
  rig.send(close);
  rig.pass(103, none, 203);
  expect(rig.shownLast).toEqual([[0, 5, 103], closing, [2, 5, 203]]);
  rig.pass(104, none, 204);
  expect(rig.shownLast).toEqual([
    [0, 6, 104],
    [2, 6, 204],
  ]);
});

test("of several that are gone each has its bar, in the order of instruments and not of purchases", () => {
  const gone = new Set<number>();
  const rig = deskOver(gone);
  rig.pass(100, 10, 200);
  for (const index of [2, 0]) rig.send({ instrument: index as InstrumentIndex });
  rig.pass(100, 10, 200);
  gone.add(2).add(0);
  rig.pass(none, 11, none);
  expect(rig.shownLast).toEqual([
    [0, 2, 50],
    [1, 2, 11],
    [2, 2, 100],
  ]);
});

test("the closing bar is of the present time, takes any quantity, and is put away again", () => {
  // A hundredth of 1,000 is all that a bar of the market has for us.
  const { rig, gone } = withHolding({ options: { volumeShareMax: 0.01 } });
  gone.clear();
  rig.send({ instrument: middle, quantity: 10 });
  rig.pass(100, 8, 200);
  gone.add(1);
  rig.send({ ...close, quantity: 20 });
  const fill = rig.pass(100, none, 200).find(({ kind }) => kind === "filled");
  expect(fill).toMatchObject({ isComplete: true, fill: { quantity: 20, price: 4 } });
  expect(rig.behind.shown).toEqual(rig.behind.bars);
  expect(rig.behind.shown[1]).toBe(rig.behind.bars[1]);
});

test("models that look back find the last two hundred bars before the closing one", () => {
  const gone = new Set<number>();
  let seen: readonly number[] = [];
  const slippage = {
    fraction: (bars: Bars, row: number) => {
      seen = [...bars.close.subarray(0, row + 1)];
      return 0;
    },
    rate: () => 0,
  };
  const rig = deskOver(gone, { options: { slippage } });
  for (let day = 1; day <= 210; day++) {
    if (day === 210) rig.send({ instrument: middle, quantity: 10 });
    rig.pass(100, day, 200);
  }
  gone.add(1);
  rig.send(close);
  rig.pass(100, none, 200);
  expect(seen).toEqual([...Array.from({ length: 200 }, (_, k) => 11 + k), 105]);
});

test("where a real bar comes again, the orders meet that one", () => {
  const { rig } = withHolding();
  rig.send(close);
  expect(rig.story(100, 9, 200)).toEqual(["fill 2 10@9"]);
  expect(rig.shownLast.map(([index]) => index)).toEqual([0, 1, 2]);
});

test("without any bar in the market there is none of what is gone either", () => {
  const { rig } = withHolding();
  rig.send(close);
  expect(rig.story(none, none, none)).toEqual([]);
  expect(rig.shownLast).toEqual([]);
  expect(rig.story(100, none, none)).toEqual(["fill 2 10@4"]);
});

test("with latency the closing bar waits for the order", () => {
  const gone = new Set<number>();
  const rig = deskOver(gone, { options: { latencyMs: 36 * 3_600_000 } });
  rig.send({ instrument: middle, quantity: 10 });
  for (let day = 1; day <= 3; day++) rig.pass(100, 10, 200);
  expect(rig.held(1)).toBe(10);
  gone.add(1);
  rig.send(close);
  // It arrives a day and a half later, inside the second day.
  expect(rig.story(100, none, 200)).toEqual([]);
  expect(rig.story(100, none, 200)).toEqual(["fill 2 10@5"]);
});

test("what is canceled or changed when its instrument is gone is answered, though nothing is held", () => {
  const gone = new Set<number>();
  const rig = deskOver(gone, { options: { latencyMs: 1 } });
  rig.pass(100, 10, 200);
  const order = rig.send({ instrument: middle, quantity: 10, terms: { type: "limit", limitPrice: 1 } });
  rig.pass(100, 10, 200);
  gone.add(1);
  rig.modify(order, { terms: { type: "limit", limitPrice: 2 } });
  expect(rig.story(100, none, 200)).toEqual(["modified 1"]);
  expect(rig.shownLast).toHaveLength(3);
  rig.pass(100, none, 200);
  expect(rig.shownLast).toHaveLength(2);
  rig.cancel(order);
  expect(rig.story(100, none, 200)).toEqual(["canceled 1"]);
  expect(rig.shownLast).toHaveLength(3);
  rig.pass(100, none, 200);
  expect(rig.shownLast).toHaveLength(2);
});

test("an order in what is gone finds a price, an order in what is not changes nothing", () => {
  const gone = new Set<number>();
  const rig = deskOver(gone);
  rig.pass(100, 10, 200);
  rig.send({ instrument: middle });
  rig.pass(100, none, 200);
  expect(rig.shownLast).toHaveLength(2);
  gone.add(1);
  rig.send({ instrument: middle, quantity: 2 });
  expect(rig.story(100, none, 200)).toEqual(["fill 1 1@5", "fill 2 2@5"]);
});

test("bars may be passed over while nobody waits for a closing bar", () => {
  const gone = new Set<number>();
  const rig = deskOver(gone, { symbols: 1 });
  rig.pass(100);
  expect(rig.desk.quietUntil(1, 5)).toBe(5);
  rig.send({});
  rig.pass(100);
  gone.add(0);
  rig.send({ side: "sell" });
  expect(rig.desk.hasAnswers).toBe(false);
  expect(rig.desk.quietUntil(2, 5)).toBe(2);
});

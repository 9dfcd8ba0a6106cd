import { expect, test } from "vitest";
import { VenueDesk } from "../../test/venue-desk.ts";
import { dayMs } from "../base/time.ts";
import type { OrderRequest } from "../domain/order.ts";
import type { Broker } from "../ports/broker.ts";
import type { VenueOptions } from "../venue/venue-options.ts";

// Rows 0 and 1 have been shown, at 100: the bars to come begin with row 2.

type Rig = VenueDesk<Broker>;

/** An account whose orders, and a purchase of so many units, have been through the bar of row 1. */
function resting(
  orders: readonly Partial<OrderRequest>[],
  { held = 0, options = {} }: { held?: number; options?: Partial<VenueOptions> } = {},
): Rig {
  const rig: Rig = new VenueDesk(({ inner }) => inner, { options });
  rig.pass(100);
  if (held !== 0) rig.send({ side: held > 0 ? "buy" : "sell", quantity: Math.abs(held) });
  for (const order of orders) rig.send(order);
  rig.pass(100);
  return rig;
}

/** Until which of the bars to come, from 0 on, nothing can happen: each is a low and a high, and opens in between. */
function quiet(rig: Rig, bars: readonly (readonly [low: number, high: number])[]): number {
  const table = rig.behind.bars[0]!;
  const from = table.length;
  for (const [k, [low, high]] of bars.entries()) {
    const middle = (low + high) / 2;
    table.append((from + k + 1) * dayMs, middle, high, low, middle, 1_000);
  }
  return rig.desk.quietUntil(from, from + bars.length) - from;
}

const flat = [100, 100] as const;
const buyStop = { terms: { type: "stop_market", stopPrice: 110 } } as const;
const buyLimit = { terms: { type: "limit", limitPrice: 90 } } as const;
const sellStop = { side: "sell", terms: { type: "stop_market", stopPrice: 90 } } as const;
const sellLimit = { side: "sell", terms: { type: "limit", limitPrice: 110 } } as const;

test.each([
  ["a buy stop", buyStop, [95, 110]],
  ["a sell limit", sellLimit, [95, 110]],
  ["a buy limit", buyLimit, [90, 105]],
  ["a sell stop", sellStop, [90, 105]],
  ["a buy if touched", { terms: { type: "market_if_touched", triggerPrice: 90 } }, [90, 105]],
  [
    "a stop that becomes a limit",
    { terms: { type: "stop_limit", stopPrice: 110, limitPrice: 120 } },
    [95, 110],
  ],
] as const)("%s waits for the first bar that touches its price", (_name, order, touching) => {
  expect(quiet(resting([order]), [flat, [90.01, 109.99], touching, flat])).toBe(2);
  // Nothing in reach: all of them may be passed over, and no more than were asked about.
  expect(quiet(resting([order]), [flat, flat])).toBe(2);
});

test("of several orders the nearest on each side counts", () => {
  const far = [
    { terms: { type: "limit", limitPrice: 80 } },
    { side: "sell", terms: { type: "limit", limitPrice: 120 } },
  ] as const;
  expect(quiet(resting([buyLimit, ...far, sellLimit]), [flat, [91, 109], [90, 100]])).toBe(2);
  expect(quiet(resting([...far, buyLimit, sellLimit]), [flat, [91, 109], [100, 110]])).toBe(2);
  expect(
    quiet(resting(far), [
      [81, 119],
      [100, 120],
    ]),
  ).toBe(1);
});

test("without orders every bar may be passed over, prices below nothing as well", () => {
  expect(quiet(resting([]), [flat, [-40, 0]])).toBe(2);
  expect(
    quiet(resting([buyStop]), [
      [-40, -10],
      [-40, 110],
    ]),
  ).toBe(1);
});

test("what sleeps until its parent fills is not waited for", () => {
  const rig = resting([]);
  const parent = rig.send(buyLimit);
  rig.send({ ...sellStop, terms: { type: "stop_market", stopPrice: 95 }, parentId: parent });
  rig.pass(100);
  expect(
    quiet(rig, [
      [94, 100],
      [90, 100],
    ]),
  ).toBe(1);
});

test.each([
  [
    "follows the price",
    { ...sellStop, terms: { type: "trailing_stop_market", trail: { kind: "amount", amount: 50 } } },
    1,
  ],
  ["ends with the day", { ...buyLimit, timeInForce: "day" }, 0],
  ["ends at a date", { ...buyLimit, timeInForce: "gtd", expireTimeMs: 99 * dayMs }, 0],
] as const)("an order that %s looks at every bar", (_name, order, held) => {
  expect(quiet(resting([order], { held }), [flat, flat])).toBe(0);
});

test("an order that has not been through a bar looks at the next one", () => {
  const rig = resting([]);
  rig.send(buyLimit);
  expect(quiet(rig, [flat, flat])).toBe(0);
});

test("what only reduces looks at every bar when there is nothing to reduce, and waits for its price when there is", () => {
  const reducing = { ...sellLimit, reduceOnly: true };
  expect(quiet(resting([reducing], { held: 1 }), [flat, [100, 110]])).toBe(1);
  expect(quiet(resting([reducing], { held: 2 }), [flat, [100, 110]])).toBe(1);
  const plain = resting([sellLimit]);
  expect(quiet(plain, [flat, [100, 110]])).toBe(1);
});

test("an order that will be canceled or changed looks at every bar until it is", () => {
  for (const errand of ["cancel", "modify"] as const) {
    const rig = resting([], { options: { latencyMs: 3 * dayMs } });
    const order = rig.send(buyLimit);
    for (let day = 0; day < 4; day++) rig.pass(100);
    expect(quiet(rig, [flat, flat])).toBe(2);
    const sent = rig.behind.bars[0]!.length;
    rig[errand](order, { terms: { type: "limit", limitPrice: 95 } });
    expect(rig.desk.quietUntil(sent - 2, sent)).toBe(sent - 2);
  }
});

test("a position pays for being held, whatever its orders do", () => {
  const costs = { options: { borrowRate: 0.1 } };
  expect(quiet(resting([], { held: -1, ...costs }), [flat, flat])).toBe(0);
  expect(quiet(resting([], { held: 1, ...costs }), [flat, flat])).toBe(2);
  expect(quiet(resting([], { held: 1, options: { fundingRate: 0.1 } }), [flat, flat])).toBe(0);
  expect(quiet(resting([], { held: 0, options: { fundingRate: 0.1 } }), [flat, flat])).toBe(2);
});

test("of several instruments no bar is passed over", () => {
  const rig: Rig = new VenueDesk(({ inner }) => inner, { symbols: 2 });
  rig.pass(100, 100);
  expect(rig.desk.quietUntil(1, 3)).toBe(1);
});

test("an answer that waits is heard first", () => {
  const rig = resting([buyLimit]);
  expect(quiet(rig, [flat])).toBe(1);
  rig.cancel(1 as never);
  expect(rig.desk.quietUntil(2, 3)).toBe(2);
});

import { expect, test } from "vitest";
import { eventsOf, plainAccount, runScript } from "../../../test/scripted-run.ts";

// A target that is stated again while the one before still waits or works. The account has 1,000, prices are near 100.

test("an entry that waits gets the levels that a second decision names, in the bar in which it fills", () => {
  const entry = { kind: "limit", price: 98 } as const;
  const session = runScript({ 2: [1, { entry }], 3: [1, { entry, stopPrice: 95 }] }, [
    100,
    100,
    100,
    [100, 100, 94, 96],
    96,
  ]);
  expect(eventsOf(session).filter((line) => line.includes(" fill "))).toEqual([
    "4 fill 10@98 maker",
    "4 fill -10@95 taker",
  ]);
});

test("levels of a reversal that never came are not given to the holding it was meant to turn round", () => {
  const entry = { kind: "limit", price: 90 } as const;
  const session = runScript({ 2: [-1], 4: [1, { entry, stopPrice: 85 }], 5: [-1] }, [
    100,
    100,
    100,
    100,
    100,
    [100, 104, 99, 102],
    102,
  ]);
  expect(session.portfolio.ledger.quantity[0]).toBe(-10);
  expect(eventsOf(session).filter((line) => line.startsWith("5 order"))).toEqual([]);
});

test("the stop of a holding still is its stop when a reversal is taken back", () => {
  const entry = { kind: "limit", price: 110 } as const;
  const session = runScript({ 2: [1, { stopPrice: 95 }], 4: [-1, { entry, stopPrice: 115 }], 5: [1] }, [
    100,
    100,
    100,
    100,
    100,
    [100, 100, 94, 94],
    94,
  ]);
  expect(eventsOf(session).filter((line) => line.includes(" fill "))).toEqual([
    "3 fill 10@100 taker",
    "6 fill -10@95 taker",
  ]);
});

test("a trailing stop goes on from its best price when a target or a stop joins it", () => {
  const trail = { kind: "amount", amount: 5 } as const;
  const session = runScript({ 2: [1, { trail }], 4: [1, { trail, takeProfitPrice: 130 }] }, [
    100,
    100,
    100,
    [100, 112, 100, 109],
    [109, 109, 106, 108],
    108,
  ]);
  expect(eventsOf(session).filter((line) => line.includes(" fill "))).toEqual([
    "3 fill 10@100 taker",
    "5 fill -10@107 taker",
  ]);
});

test("the band holds too where an order on its way had to be withdrawn first", () => {
  const session = runScript(
    { 2: [1], 3: [0.5], 4: [1] },
    [100, 100, [100, 100, 100, 100, 100], [100, 100, 100, 100, 1], 100, 100],
    {
      ...plainAccount,
      account: { kind: "margin", cash: 10_000, leverage: 5 },
      costs: { ...plainAccount.costs, volumeShareMax: 1 },
    },
  );
  expect(session.portfolio.ledger.quantity[0]).toBe(99);
  expect(eventsOf(session).filter((line) => line.includes(" order "))).toEqual([
    "2 order 100 script",
    "3 order -50 script",
  ]);
});

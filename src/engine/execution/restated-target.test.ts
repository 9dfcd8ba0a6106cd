import { expect, test } from "vitest";
import type { InstrumentIndex } from "../../domain/instrument.ts";
import { eventsOf, plainAccount, runScript, type Script } from "../../../test/scripted-run.ts";

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

/** A stop at 95 sells three of ten in bar 4, for no more is traded; the decision `line` follows at the close of that bar. */
function overtaken(line: Script[number], latencyMs: number, close = 97) {
  const thin = [close, close + 1, close - 1, close, 3] as const;
  const session = runScript(
    { 2: [1, { stopPrice: 95 }], 4: line },
    [
      100,
      100,
      100,
      [100, 100, 94, close, 3],
      thin,
      thin,
      thin,
      thin,
      [close, close, close, close, 50],
      close,
    ],
    { ...plainAccount, costs: { ...plainAccount.costs, volumeShareMax: 1, latencyMs } },
  );
  const { orders, portfolio, targets } = session;
  const stops = orders.guards(0 as InstrumentIndex, 1).map(({ request }) => request.terms);
  const lines = eventsOf(session).filter((event) => Number.parseInt(event, 10) >= 4);
  const [held, wanted] = [portfolio.ledger.quantity[0], targets.of(0 as InstrumentIndex)!.quantity];
  return { held, wanted, stops, lines };
}

test("a stop that still sells its rest does not end what was decided after it had begun", () => {
  const at = (stopPrice: number) => [{ type: "stop_market", stopPrice }];
  for (const latencyMs of [0, 1_000]) {
    // The account is worth 964 at 97: twice that is 19, half of it 4.
    expect(overtaken([2], latencyMs)).toMatchObject({ held: 19, wanted: 19, stops: at(95) });
    expect(overtaken([2, { stopPrice: 90 }], latencyMs)).toMatchObject({ held: 19, stops: at(90) });
    expect(overtaken([1], latencyMs)).toMatchObject({ held: 9, wanted: 9, stops: at(95) });
    expect(overtaken([0.5], latencyMs)).toMatchObject({ held: 4, wanted: 4, stops: at(95) });
    expect(overtaken([0], latencyMs)).toMatchObject({ held: 0, wanted: 0, stops: [] });
    expect(overtaken([-0.5], latencyMs)).toMatchObject({ held: -4, wanted: -4, stops: [] });
  }
  // Nothing is bought while the stop still sells.
  expect(overtaken([2], 0).lines.slice(0, 5)).toEqual([
    "4 fill -3@95 taker",
    "4 canceled 2 canceled on request",
    "4 order 12 script",
    "4 order -7 stop-loss",
    "5 fill 3@97 taker",
  ]);
});

test("what is decided beyond the level of the stop that sells is refused, and the stop goes on", () => {
  for (const line of [[2], [2, { stopPrice: 95 }], [2, { stopPrice: 96 }]] as const) {
    const { held, wanted, lines } = overtaken(line, 0, 94);
    expect([held, wanted]).toEqual([0, 0]);
    expect(lines.filter((event) => event.includes(" refused "))).toEqual([
      `4 refused ${line[1]?.stopPrice ?? 95} protection: the stop-loss is on the wrong side of the entry`,
    ]);
    expect(lines.filter((event) => event.includes("order 1"))).toEqual([]);
  }
});

test("a position is closed although a new stop of it works, where a trail before that had begun to close it", () => {
  const thin = [96, 97, 95, 96, 3] as const;
  const session = runScript(
    { 2: [1, { trail: { kind: "amount", amount: 4 } }], 4: [2, { stopPrice: 90 }] },
    [100, 100, 100, [100, 100, 94, 96, 3], thin, thin, thin, thin, [96, 97, 95, 96, 50], 96],
    { ...plainAccount, costs: { ...plainAccount.costs, volumeShareMax: 1, latencyMs: 1_000 } },
  );
  expect(session.portfolio.ledger.quantity[0]).toBe(session.targets.of(0 as InstrumentIndex)!.quantity);
});

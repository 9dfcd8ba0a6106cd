import fc from "fast-check";
import { expect, test } from "vitest";
import { parseCsv } from "../../../test/parse-csv.ts";
import { reportRun } from "../../../test/report-run.ts";
import { dayMs } from "../../base/time.ts";
import { EventTable, eventCode } from "../../engine/decision-log/event-table.ts";
import { fillsCsv, lotsCsv } from "./tax-csv.ts";
import { fillRows, taxLots } from "./tax-lots.ts";

const input = reportRun();

/** A run of nothing but these fills, `[day, quantity, price, fee]`; a price of 0 is a split by the quantity. */
function fillsOf(rows: readonly (readonly [number, number, number, number])[]) {
  const events = new EventTable();
  for (const [day, quantity, price, fee] of rows) {
    if (price === 0) events.add(day * dayMs, 0, eventCode.charged, 0, quantity, Number.NaN, "split");
    else events.add(day * dayMs, 0, eventCode.fill, quantity, price, fee + 0.5, "taker", 0.5);
  }
  return { ...input, log: { ...input.log, events } };
}

test("the oldest lots are sold first, and fees belong to them", () => {
  const run = fillsOf([
    [1, 10, 100, 5],
    [2, 10, 110, 0],
    [3, -15, 120, 15],
  ]);
  const { closed, open } = taxLots(run);
  // 10 bought for 1,005, and 5 of those bought at 110; a fee of 15 is 1 for each of the 15 sold.
  expect(closed).toEqual([
    {
      instrument: 0,
      side: "long",
      quantity: 10,
      openedMs: dayMs,
      closedMs: 3 * dayMs,
      opened: 1_005,
      closed: 1_190,
      gain: 185,
    },
    {
      instrument: 0,
      side: "long",
      quantity: 5,
      openedMs: 2 * dayMs,
      closedMs: 3 * dayMs,
      opened: 550,
      closed: 595,
      gain: 45,
    },
  ]);
  expect(open).toEqual([{ instrument: 0, side: "long", quantity: 5, openedMs: 2 * dayMs, opened: 550 }]);
  expect(fillRows(run).map(({ fee, slippage }) => [fee, slippage])).toEqual([
    [5, 0.5],
    [0, 0.5],
    [15, 0.5],
  ]);
});

test("a short sale is a lot, too, and a reversal closes one side and opens the other", () => {
  const { closed, open } = taxLots(
    fillsOf([
      [1, -4, 50, 4],
      [2, 10, 40, 10],
    ]),
  );
  // Sold for 200 - 4, bought back for 160 + 4.
  expect(closed.map(({ side, opened, closed: back, gain }) => [side, opened, back, gain])).toEqual([
    ["short", 196, 164, 32],
  ]);
  expect(open).toEqual([{ instrument: 0, side: "long", quantity: 6, openedMs: 2 * dayMs, opened: 246 }]);
});

test("a split changes how much a lot holds, and not what it cost", () => {
  const { closed } = taxLots(
    fillsOf([
      [1, 10, 100, 0],
      [2, 2, 0, 0],
      [3, -20, 60, 0],
    ]),
  );
  expect(closed.map(({ quantity, opened, gain }) => [quantity, opened, gain])).toEqual([[20, 1_000, 200]]);
});

test("whatever is bought and sold, lots and fills agree: quantities to the last, money to the cent", () => {
  const fill = fc.tuple(
    fc.integer({ min: -20, max: 20 }).filter((quantity) => quantity !== 0),
    fc.integer({ min: 1, max: 500 }),
    fc.integer({ min: 0, max: 9 }),
  );
  fc.assert(
    fc.property(fc.array(fill, { maxLength: 40 }), (fills) => {
      const run = fillsOf(fills.map(([quantity, price, fee], k) => [k, quantity, price, fee] as const));
      const { closed, open } = taxLots(run);
      const signed = (lot: { side: string; quantity: number }) =>
        (lot.side === "long" ? 1 : -1) * lot.quantity;
      const bought = fills.reduce((sum, [quantity]) => sum + quantity, 0);
      expect(open.reduce((sum, lot) => sum + signed(lot), 0)).toBeCloseTo(bought, 9);
      const spent = fills.reduce((sum, [quantity, price, fee]) => sum + quantity * price + fee, 0);
      const gained = closed.reduce((sum, { gain }) => sum + gain, 0);
      const tied = open.reduce((sum, lot) => sum + (lot.side === "long" ? 1 : -1) * lot.opened, 0);
      expect(tied - gained).toBeCloseTo(spent, 6);
    }),
    { seed: 12 },
  );
});

test("the gains of a whole run are its profit, and the files have a row for every fill and lot", () => {
  const { closed, open } = taxLots(input);
  const traded = closed.reduce((sum, { gain }) => sum + gain, 0);
  const earned = input.trades.reduce((sum, { pnl }) => sum + pnl, 0);
  expect(input.trades.length).toBeGreaterThan(10);
  if (open.length === 0) expect(traded).toBeCloseTo(earned, 4);
  const [header, ...rows] = parseCsv(lotsCsv(input));
  expect(rows).toHaveLength(closed.length + open.length);
  expect(Number(rows[0]![header!.indexOf("realised_gain")])).toBe(closed[0]!.gain);
  const [names, ...fills] = parseCsv(fillsCsv(input));
  expect(fills).toHaveLength(input.funnel.fills);
  const fees = fills.reduce((sum, row) => sum + Number(row[names!.indexOf("fee")]), 0);
  expect(fees).toBeCloseTo(input.metrics.feesPaid, 6);
});

import { expect, test } from "vitest";
import { barsOf } from "../../domain/bars.ts";
import type { InstrumentIndex } from "../../domain/instrument.ts";
import { TradeTable } from "./trade-table.ts";

const hourMs = 3_600_000;
const low = [99, 97, 104, 103, 90];
const high = [101, 108, 106, 112, 113];
const bars = barsOf("WALK", "1h", {
  closeTimeMs: Float64Array.from(low, (_, row) => (row + 1) * hourMs),
  open: Float64Array.of(100, 100, 105, 105, 110),
  high: Float64Array.from(high),
  low: Float64Array.from(low),
  close: Float64Array.of(100, 105, 105, 110, 95),
  volume: new Float64Array(low.length).fill(1),
});
const index = 0 as InstrumentIndex;

function add(table: TradeTable, side: 1 | -1, entryHour: number, exitHour: number): void {
  const trade = {
    side,
    entryTimeMs: entryHour * hourMs,
    entryValue: 200,
    quantityMax: 2,
    fees: 1,
    slippage: 0.5,
    entryReason: "in",
  };
  table.add(index, trade, exitHour * hourMs, 100, 110, side * 20 - 1, "out");
}

test("a trade from the second to the fourth bar has seen the prices of the second and the third", () => {
  const table = new TradeTable([bars]);
  add(table, 1, 2, 4);
  // Lowest 97 and highest 108 of the two bars, the exit at 110; of the exit bar the low of 103 and the high of 112 are not known.
  expect(table.all).toEqual([
    {
      instrument: 0,
      side: "long",
      entryTimeMs: 2 * hourMs,
      exitTimeMs: 4 * hourMs,
      entryPrice: 100,
      exitPrice: 110,
      quantity: 2,
      pnl: 19,
      returnFraction: 19 / 200,
      feesPaid: 1,
      slippageCost: 0.5,
      mae: (100 - 97) / 100,
      mfe: (110 - 100) / 100,
      barsHeld: 2,
      entryReason: "in",
      exitReason: "out",
    },
  ]);
  add(table, -1, 2, 4);
  expect(table.all[1]).toMatchObject({ side: "short", mae: 0.1, mfe: 0.03, pnl: -21 });
});

test("what has been looked at stays the same object, and later trades come behind it", () => {
  const table = new TradeTable([bars]);
  add(table, 1, 1, 2);
  const [first] = table.all;
  for (let k = 0; k < 40; k++) add(table, 1, 3, 4);
  expect(table.all[0]).toBe(first);
  expect(table.all).toHaveLength(41);
  expect(table.all[40]!.barsHeld).toBe(1);
});

test("trades are counted by the moment at which they ended, the first moment left out", () => {
  const table = new TradeTable([bars]);
  for (const hour of [2, 3, 3, 4]) add(table, 1, 1, hour);
  expect(table.countWithin(-Infinity, 3 * hourMs)).toBe(3);
  expect(table.countWithin(2 * hourMs, 3 * hourMs)).toBe(2);
  expect(table.countWithin(3 * hourMs, 9 * hourMs)).toBe(1);
});

test("the first trades are still there when there are many", () => {
  const table = new TradeTable([bars]);
  for (let k = 0; k < 100; k++) add(table, k % 2 === 0 ? 1 : -1, 2, 4);
  expect(table.all.map(({ side, pnl, entryReason }) => [side, pnl, entryReason])).toEqual(
    Array.from({ length: 100 }, (_, k) => [k % 2 === 0 ? "long" : "short", k % 2 === 0 ? 19 : -21, "in"]),
  );
});

import { expect, test } from "vitest";
import { testInstrument } from "../../test/plugin-tools.ts";
import { freeVenue } from "../../test/venue-harness.ts";
import { hourMs } from "../base/time.ts";
import { BarTable } from "../domain/bar-table.ts";
import { calendarNamed } from "../domain/calendar/calendar-named.ts";
import { conversionsFor } from "../domain/currency.ts";
import type { InstrumentIndex } from "../domain/instrument.ts";
import { Ledger } from "../domain/ledger.ts";
import type { OrderId } from "../domain/order.ts";
import { accountState } from "./account-state.ts";
import { isFarFromCall } from "./margin-call.ts";

function book(ledger: Ledger, instrument: number, quantity: number): void {
  ledger.book({
    fillId: instrument + 1,
    orderId: (instrument + 1) as OrderId,
    instrument: instrument as InstrumentIndex,
    side: quantity > 0 ? "buy" : "sell",
    quantity: Math.abs(quantity),
    cumulativeQuantity: Math.abs(quantity),
    price: 100,
    fee: 0,
    slippageCost: 0,
    liquidity: "taker",
    timeMs: hourMs,
  });
}

/** Whether an account of 1,000 that holds units of several symbols, bought at 100, is far from its call in a slice. */
function isFar(held: readonly number[], lows: readonly (number | null)[]): boolean {
  const symbols = held.map((_, k) => `S${k}`);
  const instruments = symbols.map((_, k) => testInstrument(k, { lotSize: 1 }));
  const tables = symbols.map((symbol) => new BarTable(symbol, "1h"));
  const account = { kind: "margin", baseCurrency: "USD" } as const;
  const ledger = new Ledger(1_000, instruments, conversionsFor(instruments, "USD"), account);
  const calendars = symbols.map(() => calendarNamed("24/7"));
  const options = { ...freeVenue, leverage: 4, maintenanceMargin: 0.2 };
  const state = accountState({ instruments, bars: tables }, calendars, ledger, options);
  const all = { timeMs: hourMs, count: held.length, instruments: Int32Array.from(held.keys()) };
  for (const table of tables) table.append(hourMs, 100, 100, 100, 100, 1);
  for (const [k, quantity] of held.entries()) if (quantity !== 0) book(ledger, k, quantity);
  ledger.mark({ ...all, rows: new Int32Array(held.length) }, tables);
  const present = [...held.keys()].filter((k) => lows[k] !== null);
  for (const k of present) tables[k]!.append(2 * hourMs, 100, 200 - lows[k]!, lows[k]!, 100, 1);
  return isFarFromCall(state, {
    timeMs: 2 * hourMs,
    count: present.length,
    instruments: Int32Array.from(present),
    rows: new Int32Array(present.length).fill(1),
  });
}

test.each<[held: readonly number[], lows: readonly (number | null)[], isFar: boolean]>([
  [[40], [93.75], true],
  [[40], [93.74], false],
  // A bar is as high above 100 as it is low: 1,000 - 40 x 4.17 is too little for 40 x 104.17.
  [[-40], [95.84], true],
  [[-40], [95.83], false],
  [[1], [50], true],
  // What is not held may fall as it likes, and does not stand in for what is.
  [[40, 0], [93.75, 1], true],
  [[0, 40], [1, 93.74], false],
  [[20, 20], [93.75, 93.75], true],
  [[20, 20], [93.75, null], false],
  [[20, 20], [99, null], false],
  [[20, 20, 0], [99, null, 99], false],
])("an account that holds %j is passed over at lows of %j: %s", (held, lows, wanted) => {
  expect(isFar(held, lows)).toBe(wanted);
});

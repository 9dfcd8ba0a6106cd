import { expect, test } from "vitest";
import { reportRun } from "../../../test/report-run.ts";
import { barsOf } from "../../domain/bars.ts";
import { conversionsFor } from "../../domain/currency.ts";
import type { Instrument, InstrumentIndex } from "../../domain/instrument.ts";
import { EventTable } from "../../engine/decision-log/event-table.ts";
import { profitBySymbol } from "./profit-by-symbol.ts";

function instrument(index: number): Instrument {
  return {
    index: index as InstrumentIndex,
    symbol: `S${index}`,
    assetClass: "crypto",
    quoteCurrency: "USD",
    tickSize: 0.01,
    lotSize: 1,
    notionalMin: 0,
    contractMultiplier: 1,
    calendarName: "24/7",
  };
}

function barsAt(symbol: string, close: readonly number[]) {
  const column = Float64Array.from(close);
  return barsOf(symbol, "1h", {
    closeTimeMs: Float64Array.from(close, (_, row) => (row + 1) * 3_600_000),
    open: column,
    high: column,
    low: column,
    close: column,
    volume: new Float64Array(close.length).fill(1),
  });
}

test("two symbols bought at once share the commissions by what their fills cost", () => {
  const instruments = [instrument(0), instrument(1)];
  const valuation = {
    instruments,
    bars: [barsAt("S0", [10, 10, 12]), barsAt("S1", [20, 20, 17])],
    conversions: conversionsFor(instruments, "USD", {}),
    account: { kind: "cash", baseCurrency: "USD" } as const,
  };
  const events = new EventTable();
  // 10 of S0 at 10.1 and 5 of S1 at 20: costs of 3 and 1, of which slippage, 10 x 0.1 = 1, is in the price already.
  events.add(7_200_000, 0, "fill", 10, 10.1, 3, "taker");
  events.add(7_200_000, 1, "fill", 5, 20, 1, "taker");
  events.add(10_800_000, 1, "charged", 0.5, Number.NaN, Number.NaN, "borrow");
  const timeMs = Float64Array.of(3_600_000, 7_200_000, 10_800_000);
  // Equity 1000; then 1 of slippage and 3 of commissions are gone; then 10 x 2 - 5 x 3 - 0.5 is made.
  const equity = Float64Array.of(1000, 996, 1000.5);
  const [first, second] = profitBySymbol(valuation, { timeMs, equity, length: 3, events }, 1000);
  // Of the 3 of commissions S0 bears three quarters, and its own slippage.
  expect([...first!].map((value) => Number(value.toFixed(9)))).toEqual([0, -3.25, 20]);
  expect([...second!].map((value) => Number(value.toFixed(9)))).toEqual([0, -0.75, -15.5]);
});

test("on a margin account a future that stands still makes nothing of its currency, and the other makes all of it", () => {
  const dax: Instrument = { ...instrument(0), symbol: "DAX", quoteCurrency: "EUR" };
  const euro: Instrument = { ...instrument(1), symbol: "EURUSD" };
  const nikkei: Instrument = { ...instrument(2), symbol: "N225", quoteCurrency: "JPY" };
  const yen: Instrument = { ...instrument(3), symbol: "USDJPY", quoteCurrency: "JPY" };
  const instruments = [dax, euro, nikkei, yen];
  const valuation = {
    instruments,
    bars: [
      barsAt("DAX", [100, 100, 100]),
      barsAt("EURUSD", [1, 1, 1.2]),
      barsAt("N225", [1000, 1000, 1500]),
      barsAt("USDJPY", [100, 100, 150]),
    ],
    conversions: conversionsFor(instruments, "USD", {}),
    account: { kind: "margin", baseCurrency: "USD" } as const,
  };
  const events = new EventTable();
  for (const [index, quantity, price] of [
    [0, 10, 100],
    [1, 500, 1],
    [2, 2, 1000],
    [3, 30, 100],
  ] as const)
    events.add(7_200_000, index, "fill", quantity, price, 0, "taker");
  const timeMs = Float64Array.of(3_600_000, 7_200_000, 10_800_000);
  // 500 x 0.2; 2 x 500 yen and 30 x 50 yen at 150 yen a dollar: 6.67 and 10. The index of Germany made nothing.
  const profit = 100 + 1000 / 150 + 1500 / 150;
  const equity = Float64Array.of(1000, 1000, 1000 + profit);
  const profits = profitBySymbol(valuation, { timeMs, equity, length: 3, events }, 1000);
  expect(profits.map((values) => Number(values[2]!.toFixed(6)))).toEqual([0, 100, 6.666667, 10]);
  // Paid for whole, the same shares hold their currency: 10 x 100 x 0.2.
  const cash = { ...valuation, account: { kind: "cash", baseCurrency: "USD" } as const };
  const paid = profitBySymbol(
    cash,
    { timeMs, equity: Float64Array.of(1000, 1000, 1000), length: 3, events },
    1000,
  );
  expect(paid[0]![2]! - paid[1]![2]!).toBeCloseTo(200 - 100, 9);
});

test("over a run of three symbols it adds up to the equity on every bar, and to the trades of every symbol", () => {
  const input = reportRun({
    market: { symbols: 3, bars: 1500 },
    config: { account: { cash: 1e6 }, execution: { flattenAtEnd: true } },
  });
  const profits = profitBySymbol(input, input.log, input.metrics.startEquity);
  let before = input.metrics.startEquity;
  for (let row = 0; row < input.log.length; row++) {
    const made = profits.reduce((sum, values) => sum + values[row]!, 0);
    expect(made).toBeCloseTo(input.log.equity[row]! - before, 6);
    before = input.log.equity[row]!;
  }
  for (const [k, values] of profits.entries()) {
    const own = input.trades.filter((trade) => trade.instrument === k);
    expect(own.length).toBeGreaterThan(5);
    // The run ends flat, so everything that a symbol made is in its closed trades.
    const traded = own.reduce((sum, { pnl }) => sum + pnl, 0);
    const made = values.reduce((sum, value) => sum + value, 0);
    // Commissions are shared by commission and slippage together, which are nearly in proportion: to a millionth.
    expect(Math.abs(made - traded)).toBeLessThan(1e-5 * Math.abs(traded) + 0.1);
  }
});

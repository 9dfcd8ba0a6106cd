import { expect, test } from "vitest";
import { barsFrom } from "../../test/plugin-tools.ts";
import { conversionsFor, quoteCurrencies } from "./currency.ts";
import type { Instrument, InstrumentIndex } from "./instrument.ts";
import { Ledger } from "./ledger.ts";
import type { Fill, OrderId, Side } from "./order.ts";

function instrument(
  index: number,
  symbol: string,
  quoteCurrency = "USD",
  contractMultiplier = 1,
): Instrument {
  return {
    index: index as InstrumentIndex,
    symbol,
    assetClass: "unknown",
    quoteCurrency,
    tickSize: 0.01,
    lotSize: 1,
    notionalMin: 0,
    contractMultiplier,
    calendarName: "24/7",
  };
}

function fill(index: number, side: Side, quantity: number, price: number, fee = 0): Fill {
  return {
    fillId: 1,
    orderId: 1 as OrderId,
    instrument: index as InstrumentIndex,
    side,
    quantity,
    cumulativeQuantity: quantity,
    price,
    fee,
    slippageCost: 0,
    liquidity: "taker",
    timeMs: 0,
  };
}

function ledgerOf(...instruments: readonly Instrument[]): Ledger {
  return new Ledger(10_000, instruments, conversionsFor(instruments, "USD"));
}

function marginLedgerOf(...instruments: readonly Instrument[]): Ledger {
  const account = { kind: "margin", baseCurrency: "USD" } as const;
  return new Ledger(10_000, instruments, conversionsFor(instruments, "USD"), account);
}

/** Lets every instrument close at the given price. */
function close(ledger: Ledger, ...prices: readonly number[]): void {
  const bars = prices.map((price) => barsFrom([[price, price, price, price]]));
  const instruments = Int32Array.from(prices.keys());
  ledger.mark({ timeMs: 0, count: prices.length, instruments, rows: new Int32Array(prices.length) }, bars);
}

test("buying moves cash into the position at cost", () => {
  const ledger = ledgerOf(instrument(0, "A"));
  ledger.book(fill(0, "buy", 10, 100, 1));
  ledger.book(fill(0, "buy", 30, 120, 1));
  expect(ledger.cash).toBe(10_000 - 1_000 - 3_600 - 2);
  expect(ledger.quantity[0]).toBe(40);
  expect(ledger.averagePrice[0]).toBe(115);
});

test("selling part of it realises that part against the average", () => {
  const ledger = ledgerOf(instrument(0, "A"));
  ledger.book(fill(0, "buy", 40, 115));
  ledger.book(fill(0, "sell", 10, 125));
  expect(ledger.realizedPnl).toBe(100);
  expect(ledger.averagePrice[0]).toBe(115);
});

test("a reversal closes the old position and opens the new one at the fill price", () => {
  const ledger = ledgerOf(instrument(0, "A"));
  ledger.book(fill(0, "buy", 10, 100));
  ledger.book(fill(0, "sell", 25, 110));
  expect(ledger.quantity[0]).toBe(-15);
  expect(ledger.averagePrice[0]).toBe(110);
  expect(ledger.realizedPnl).toBe(100);
});

test("selling 0.3 after buying 0.1 and 0.2 leaves nothing", () => {
  const ledger = ledgerOf(instrument(0, "A"));
  ledger.book(fill(0, "buy", 0.1, 100));
  ledger.book(fill(0, "buy", 0.2, 100));
  ledger.book(fill(0, "sell", 0.3, 100));
  expect(ledger.quantity[0]).toBe(0);
  expect(ledger.held).toEqual([]);
});

test("a contract is worth its multiplier", () => {
  const ledger = ledgerOf(instrument(0, "FUT", "USD", 50));
  ledger.book(fill(0, "buy", 2, 100));
  ledger.book(fill(0, "sell", 2, 103));
  expect(ledger.cash).toBe(10_000 + 2 * 3 * 50);
});

test("fully paid shares hold their currency: its change is part of their profit", () => {
  const ledger = ledgerOf(instrument(0, "SAP", "EUR"), instrument(1, "EURUSD", "USD"));
  close(ledger, 100, 1.1);
  ledger.book(fill(0, "buy", 10, 100));
  expect(ledger.cash).toBeCloseTo(10_000 - 1_100, 9);
  close(ledger, 100, 1.2);
  expect(ledger.equity()).toBeCloseTo(10_000 - 1_100 + 1_200, 9);
  ledger.book(fill(0, "sell", 10, 100));
  // The share did not move, the euro did.
  expect(ledger.realizedPnl).toBeCloseTo(100, 9);
  expect(ledger.cash).toBeCloseTo(10_100, 9);
});

test("an inverse pair converts too, and a currency without any rate is refused", () => {
  const yen = ledgerOf(instrument(0, "SONY", "JPY"), instrument(1, "USDJPY", "USD"));
  close(yen, 15_000, 150);
  expect(yen.unitValue(0, 15_000)).toBeCloseTo(100, 9);
  expect(() => ledgerOf(instrument(0, "SAP", "EUR"))).toThrow(/CURRENCY_UNKNOWN/);
});

test("on margin the profit arises in the quote currency and is converted at the exit's rate", () => {
  const ledger = marginLedgerOf(instrument(0, "USDJPY", "JPY"));
  close(ledger, 120);
  ledger.book(fill(0, "buy", 9_000, 120));
  expect(ledger.cash).toBe(10_000);
  close(ledger, 150);
  // 9,000 x 30 yen = 270,000 yen; at 150 yen a dollar that is 1,800.
  expect(ledger.equity()).toBeCloseTo(11_800, 9);
  ledger.book(fill(0, "sell", 9_000, 150));
  expect(ledger.cash).toBeCloseTo(11_800, 9);
  expect(ledger.realizedPnl).toBeCloseTo(1_800, 9);
});

test("a pair of two foreign currencies is converted through a third", () => {
  const ledger = marginLedgerOf(instrument(0, "EURJPY", "JPY"), instrument(1, "USDJPY", "JPY"));
  close(ledger, 130, 100);
  ledger.book(fill(0, "sell", 1_000, 130));
  close(ledger, 110, 125);
  ledger.book(fill(0, "buy", 1_000, 110));
  expect(ledger.cash).toBeCloseTo(10_000 + (1_000 * 20) / 125, 9);
});

test("a contract in euro that does not move earns nothing from the euro, on any account", () => {
  for (const make of [ledgerOf, marginLedgerOf]) {
    const ledger = make(instrument(0, "FDAX", "EUR", 25), instrument(1, "EURUSD", "USD"));
    close(ledger, 100, 1);
    ledger.book(fill(0, "buy", 3, 100));
    close(ledger, 100, 1.3);
    expect(ledger.equity()).toBe(10_000);
    ledger.book(fill(0, "sell", 3, 100));
    expect(ledger.cash).toBe(10_000);
  }
});

test("fees by symbol are in base currency, in whatever currency they were taken", () => {
  const ledger = marginLedgerOf(instrument(0, "EURJPY", "JPY"), instrument(1, "USDJPY", "JPY"));
  close(ledger, 160, 125);
  ledger.book(fill(0, "buy", 1_000, 160, 250));
  expect(ledger.feesBy[0]).toBe(2);
  ledger.book({ ...fill(0, "buy", 1_000, 160, 3), feeCurrency: "USD" });
  expect(ledger.feesBy[0]).toBe(5);
  // Two euro at 160 yen, 125 yen a dollar.
  ledger.book({ ...fill(0, "buy", 1_000, 160, 2), feeCurrency: "EUR" });
  expect(ledger.feesBy[0]).toBeCloseTo(5 + (2 * 160) / 125, 12);
  expect(ledger.feesPaid).toBe(ledger.feesBy[0]);
  expect(() => ledger.book({ ...fill(0, "buy", 1, 160, 2), feeCurrency: "BNB" })).toThrow(/CURRENCY_UNKNOWN/);
});

test("a fee in a coin that stands for a dollar is a fee in dollars, and one that somebody has priced is not unknown", () => {
  const ledger = ledgerOf(instrument(0, "BTCUSDT"), instrument(1, "SOLUSDT"));
  ledger.book({ ...fill(0, "buy", 1, 100, 0.1), feeCurrency: "USDT" });
  expect(ledger.feesPaid).toBe(0.1);
  // Ten coins of another pair of the run, at their last close.
  close(ledger, 100, 20);
  ledger.book({ ...fill(0, "buy", 1, 100, 10), feeCurrency: "SOL" });
  expect(ledger.feesPaid).toBeCloseTo(200.1, 12);
  const account = { kind: "cash", baseCurrency: "USD", fixedRates: { BNB: 600 } } as const;
  const priced = new Ledger(1_000, [instrument(0, "BTCUSDT")], [{ kind: "fixed", rate: 1 }], account);
  priced.book({ ...fill(0, "buy", 1, 100, 0.01), feeCurrency: "BNB" });
  expect(priced.feesPaid).toBe(6);
});

test("a rebate is a fee below zero", () => {
  const ledger = ledgerOf(instrument(0, "A"));
  ledger.book(fill(0, "buy", 1, 100, -0.5));
  expect([ledger.cash, ledger.feesPaid]).toEqual([10_000 - 100 + 0.5, -0.5]);
});

test("two quote currencies in the names of a run are never added up as one", () => {
  const none = [undefined, undefined];
  expect(quoteCurrencies(["EURUSD", "USDJPY"], none, "USD")).toEqual(["USD", "JPY"]);
  expect(quoteCurrencies(["BTCUSDT", "ETHUSDC"], none, "USD")).toEqual(["USD", "USD"]);
  expect(quoteCurrencies(["BTCUSDT", "LTCBTC"], none, "USD")).toEqual(["USDT", "BTC"]);
  expect(quoteCurrencies(["AAPL", "MSFT"], none, "USD")).toEqual(["USD", "USD"]);
  expect(quoteCurrencies(["USDJPY"], [undefined], "USD")).toEqual(["USD"]);
  expect(quoteCurrencies(["EURGBP", "DAX"], [undefined, "EUR"], "USD")).toEqual(["GBP", "EUR"]);
});

test("coins that stand for a dollar are dollars, and other coins are converted through their pair", () => {
  const ledger = ledgerOf(instrument(0, "BTCUSDT", "USDT"), instrument(1, "LTCBTC", "BTC"));
  close(ledger, 50_000, 0.002);
  expect(ledger.unitValue(1, 0.002)).toBeCloseTo(100, 9);
});

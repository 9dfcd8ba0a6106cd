import { expect, test } from "vitest";
import { conversionsFor } from "./currency.ts";
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

test("profit in another currency is converted at the rate of the moment, through the pair that the run has", () => {
  const ledger = ledgerOf(instrument(0, "SAP", "EUR"), instrument(1, "EURUSD", "USD"));
  ledger.lastPrice[1] = 1.1;
  ledger.lastPrice[0] = 100;
  ledger.book(fill(0, "buy", 10, 100));
  expect(ledger.cash).toBeCloseTo(10_000 - 1_100, 9);
  ledger.lastPrice[1] = 1.2;
  expect(ledger.equity()).toBeCloseTo(10_000 - 1_100 + 1_200, 9);
  ledger.book(fill(0, "sell", 10, 100));
  // The share did not move, the euro did.
  expect(ledger.realizedPnl).toBeCloseTo(100, 9);
  expect(ledger.cash).toBeCloseTo(10_100, 9);
});

test("an inverse pair converts too, and a currency without any rate is refused", () => {
  const yen = ledgerOf(instrument(0, "SONY", "JPY"), instrument(1, "USDJPY", "USD"));
  yen.lastPrice[1] = 150;
  expect(yen.unitValue(0, 15_000)).toBeCloseTo(100, 9);
  expect(() => ledgerOf(instrument(0, "SAP", "EUR"))).toThrow(/CURRENCY_UNKNOWN/);
});

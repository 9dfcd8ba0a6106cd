import { expect, test } from "vitest";
import { parseFileName } from "./file-name.ts";

test.each([
  ["data/BTCUSDT-1h.csv.gz", "BTCUSDT", "1h"],
  ["BTCUSDT_BYBIT-5m.csv", "BTCUSDT_BYBIT", "5m"],
  ["BTCUSDT-1h-2024-01.zip", "BTCUSDT", "1h"],
  ["BTCUSDT-1m-2024-01-31.csv", "BTCUSDT", "1m"],
  ["BTCUSDT-1M.csv", "BTCUSDT", "1M"],
  ["SPY_1D.txt", "SPY", "1d"],
  ["spy_15min.csv", "spy", "15m"],
  ["EURUSD_H4.csv", "EURUSD", "4h"],
  ["EURUSD_M1_201901020000_201912312359.csv", "EURUSD", "1m"],
  ["XAUUSD_MN1.csv", "XAUUSD", "1M"],
  ["ibm_daily.csv.zip", "ibm", "1d"],
])("%s tells %s and %s", (path, symbol, timeframe) => {
  expect(parseFileName(path)).toEqual({ symbol, timeframe });
});

test.each([
  ["GOOG.csv", "GOOG"],
  ["BRK.B.csv.gz", "BRK.B"],
  ["2006-day-001.txt", "2006-day-001"],
  ["ABCD1.csv", "ABCD1"],
])("%s tells only the symbol %s", (path, symbol) => {
  expect(parseFileName(path)).toEqual({ symbol, timeframe: null });
});

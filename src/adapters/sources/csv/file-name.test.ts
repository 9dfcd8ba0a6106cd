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
  ["SPY-1d (1).csv", "SPY", "1d"],
  ["DAT_ASCII_EURUSD_M1_2023.zip", "EURUSD", "1m"],
  ["EURUSD_M1_202303.csv", "EURUSD", "1m"],
  // TradingView: minutes, or a letter.
  ["BINANCE_BTCUSDT, 60.csv", "BINANCE_BTCUSDT", "1h"],
  ["BINANCE_BTCUSDT, 240_a1b2c.csv", "BINANCE_BTCUSDT", "4h"],
  ["BATS_AAPL, 1D.csv", "BATS_AAPL", "1d"],
  ["BATS_AAPL, W.csv", "BATS_AAPL", "1w"],
  ["FX_EURUSD, 1M.csv", "FX_EURUSD", "1M"],
  ["FX_EURUSD, 30S.csv", "FX_EURUSD", "30s"],
])("%s tells %s and %s", (path, symbol, timeframe) => {
  expect(parseFileName(path)).toEqual({ symbol, timeframe });
});

test.each([
  ["XBTUSD_1.csv", "XBTUSD", "1m"],
  ["XBTUSD_60.csv", "XBTUSD", "1h"],
  ["FLOWEUR_1440.csv", "FLOWEUR", "1d"],
  ["EURUSD240.csv", "EURUSD", "4h"],
  ["USDJPY1440.csv", "USDJPY", "1d"],
])("%s, as Kraken and MetaTrader 4 name their files, hints at %s and %s", (path, symbol, timeframe) => {
  expect(parseFileName(path)).toEqual({ symbol, timeframe, isHint: true });
});

test.each([
  ["GOOG.csv", "GOOG"],
  ["FUND_2024.csv", "FUND_2024"],
  ["AB_1.csv", "AB_1"],
  ["BRK.B.csv.gz", "BRK.B"],
  ["2006-day-001.txt", "2006-day-001"],
  ["ABCD1.csv", "ABCD1"],
])("%s tells only the symbol %s", (path, symbol) => {
  expect(parseFileName(path)).toEqual({ symbol, timeframe: null });
});

import * as fc from "fast-check";
import { expect, test } from "vitest";
import type { Timeframe } from "../../../domain/timeframe.ts";
import { nameOfSymbol, nameOfTimeframe, symbolOfName, timeframeOfName } from "./series-name.ts";

const seed = 20240131;

test("any symbol becomes a name of safe characters and comes back from it", () => {
  const symbol = fc.string({ unit: "grapheme", minLength: 1, maxLength: 12 });
  const property = fc.property(symbol, (text) => {
    const name = nameOfSymbol(text);
    expect(name).toMatch(/^[A-Z0-9_.%-]+$/);
    expect(name).not.toMatch(/^\.|\.$/);
    expect(symbolOfName(name)).toBe(text);
  });
  fc.assert(property, { seed, numRuns: 1_000 });
});

test("two symbols never share a name, even where a file system takes no notice of case", () => {
  const letter = fc.constantFrom("a", "A", "%", "4", "1", "/", ".", "é", "e\u0301");
  const symbol = fc.array(letter, { minLength: 1, maxLength: 4 }).map((letters) => letters.join(""));
  const property = fc.property(symbol, symbol, (one, other) => {
    if (one !== other) expect(nameOfSymbol(one).toLowerCase()).not.toBe(nameOfSymbol(other).toLowerCase());
  });
  fc.assert(property, { seed, numRuns: 2_000 });
});

test.each([
  ["BTCUSDT", "BTCUSDT"],
  ["BTC/USDT", "BTC%2FUSDT"],
  ["BRK.B", "BRK.B"],
  ["..", "%2E%2E"],
  ["BTC-PERP_1", "BTC-PERP_1"],
  ["eur", "%65%75%72"],
  ["NUL", "%4EUL"],
  ["COM1.X", "%43OM1.X"],
  ["CONS", "CONS"],
])("%s is called %s", (symbol, name) => {
  expect(nameOfSymbol(symbol)).toBe(name);
});

test.each(["", "\ud800", "X".repeat(201)])("%j cannot be a symbol of a store", (symbol) => {
  expect(() => nameOfSymbol(symbol)).toThrow(/SYMBOL_UNFIT/);
});

test.each(["btc", "%42TC", "%2f", "%", "NUL", ".kiwi", ""])("%j is not a name that a store made", (name) => {
  expect(symbolOfName(name)).toBeNull();
});

test("minutes and months differ by more than their case", () => {
  const timeframes: Timeframe[] = ["1s", "1m", "15m", "4h", "1d", "1w", "1M", "3M"];
  const names = timeframes.map(nameOfTimeframe);
  expect(names).toEqual(["1s", "1min", "15min", "4h", "1d", "1w", "1M", "3M"]);
  expect(names.map(timeframeOfName)).toEqual(timeframes);
  expect(["1m", "min", "0h", "1x", "damaged"].map(timeframeOfName)).toEqual([null, null, null, null, null]);
});

import { expect, test } from "vitest";
import { nearest } from "./nearest.ts";

test.each([
  ["BTCUSTD", ["BTCUSDT", "ETHUSDT"], "BTCUSDT"],
  ["smacros", ["sma-cross", "meta"], "sma-cross"],
  ["boll", ["bollinger", "atr"], "bollinger"],
  ["Fast", ["fast", "slow"], "fast"],
  ["a", ["b"], "b"],
])("%s may mean one of %j", (given, known, meant) => {
  expect(nearest(given, known)).toBe(meant);
});

test.each([
  ["BTCUSDT", ["SYN1"]],
  ["xyz", ["sma-cross", "meta"]],
  ["anything", []],
])("%s means none of %j", (given, known) => {
  expect(nearest(given, known)).toBe(null);
});

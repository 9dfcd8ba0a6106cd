import { expect, test } from "vitest";
import { handBars, perform, type HandBar } from "../../test/strategy-harness.ts";
import { trendFollowing } from "./trend-following.ts";

// Averages of 2 and 3 bars, an ADX and an ATR of one bar: everything below can be reckoned in the head.
const params = { kind: "sma", fast: 2, slow: 3, adxLength: 1, atrLength: 1, stop: "none" };
// Averages after row 6: (10 + 12) / 2 = 11 above (8 + 10 + 12) / 3 = 10; after row 9: 12 below 12.67.
const upAndDown: readonly HandBar[] = [10, 10, 10, 9, 8, 10, 12, 14, 13, 11, 10];

test("it buys when the averages cross upwards in a trend and sells when they cross back", () => {
  const { signals, fills } = perform(trendFollowing, handBars(upAndDown), params);
  expect(signals).toEqual(["6: 1 fast above slow in a trend", "9: 0 fast back below slow"]);
  expect(fills).toEqual(["7: buy 12", "10: sell 11"]);
});

test("without a trend a cross is not followed until there is one", () => {
  // Row 6 stays inside of row 5's range, so its ADX is 0; row 7 reaches higher.
  const bars = handBars([10, 10, 10, 9, 8, [8, 13, 8, 10], [10, 12, 9, 12], [12, 14, 12, 13], 14]);
  expect(perform(trendFollowing, bars, params).signals).toEqual(["7: 1 fast above slow in a trend"]);
  expect(perform(trendFollowing, bars, { ...params, adxMin: 0 }).signals).toEqual([
    "6: 1 fast above slow in a trend",
  ]);
  expect(perform(trendFollowing, bars, { ...params, adxMin: 101 }).signals).toEqual([]);
});

test("a trend that is older than the data is left alone", () => {
  expect(perform(trendFollowing, handBars([1, 2, 3, 4, 5, 6, 7, 8]), params).signals).toEqual([]);
});

test("it sells short only when told to", () => {
  const downAndUp = handBars([10, 10, 10, 11, 12, 10, 8, 6, 7, 9, 10]);
  expect(perform(trendFollowing, downAndUp, params).fills).toEqual(["10: buy 9"]);
  expect(perform(trendFollowing, downAndUp, { ...params, short: true }).signals).toEqual([
    "6: -1 fast below slow in a trend",
    "9: 1 fast above slow in a trend",
  ]);
});

test("a fixed stop stands so many ranges behind the close of the entry", () => {
  // The range of row 6 is 2: 12 - 1.5 x 2 = 9.
  const given = { ...params, stop: "fixed", stopAtr: 1.5 };
  const { waiting, fills } = perform(trendFollowing, handBars([...upAndDown.slice(0, 7), 12, 8, 8]), given);
  expect(waiting).toEqual(["6: sell stop-loss 9"]);
  expect(fills).toEqual(["7: buy 12", "8: sell 9"]);
});

test("a trailing stop follows the best price, and a stopped trend is not entered again", () => {
  // 2 behind the best price: 14 - 2 = 12, which row 8 touches.
  const bars = handBars([...upAndDown.slice(0, 8), [14, 14, 11.5, 13], 15, 17]);
  const { waiting, signals, fills } = perform(trendFollowing, bars, {
    ...params,
    stop: "trailing",
    stopAtr: 1,
  });
  expect(waiting).toEqual([expect.stringMatching(/^6: sell trailing stop/)]);
  expect(fills).toEqual(["7: buy 12", "8: sell 12"]);
  expect(signals).toEqual(["6: 1 fast above slow in a trend"]);
});

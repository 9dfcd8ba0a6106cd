import { expect, test } from "vitest";
import { handBars, perform } from "../../test/strategy-harness.ts";
import { volatilityBreakout } from "./volatility-breakout.ts";

const params = { length: 3, exitLength: 2, atrLength: 1, stopAtr: 0 };

test("it buys a close above the highest high of the bars before and sells below the lowest low of fewer", () => {
  // Row 4 closes above 10. The lows of rows 6 and 7 are 13 and 12.5, and row 8 closes at 12.
  const { signals, fills } = perform(
    volatilityBreakout,
    handBars([10, 10, 10, 10, 12, 13, 14, 12.5, 12, 12]),
    params,
  );
  expect(signals).toEqual(["4: 1 close above the channel", "8: 0 below the low of the exit channel"]);
  expect(fills).toEqual(["5: buy 12", "9: sell 12"]);
});

test("a close at the edge of the channel is no breakout", () => {
  expect(perform(volatilityBreakout, handBars([10, 9, 10, 9, 10, 9, 10]), params).signals).toEqual([]);
});

test("after a stop the next breakout counts again", () => {
  // The range of row 4 is 2, so the stop is at 10, which row 5 touches. Row 7 closes above 12.
  const bars = handBars([10, 10, 10, 10, 12, [12, 12, 9, 10.5], 11, 13, 13]);
  const { signals, fills, waiting } = perform(volatilityBreakout, bars, { ...params, stopAtr: 1 });
  expect(waiting[0]).toBe("4: sell stop-loss 10");
  expect(fills).toEqual(["5: buy 12", "5: sell 10", "8: buy 13"]);
  expect(signals).toEqual(["4: 1 close above the channel", "7: 1 close above the channel"]);
});

test("it goes with breaks downwards only when told to", () => {
  const fall = handBars([10, 10, 10, 10, 8, 7, 6, 7.5, 9, 9]);
  expect(perform(volatilityBreakout, fall, params).fills).toEqual(["9: buy 9"]);
  expect(perform(volatilityBreakout, fall, { ...params, short: true }).signals).toEqual([
    "4: -1 close below the channel",
    "8: 1 close above the channel",
  ]);
});

test("the ATR channel is an average and a multiple of the range around it", () => {
  // From 10 to 12 the average of 2 bars goes to 11.33 and the range of 2 bars to 1: the channel ends at 11.83 with
  // half of it, and at 12.33 with all of it.
  const jump = handBars([...Array.from({ length: 14 }, () => 10), 12, 12]);
  const given = { ...params, kind: "atr-channel", length: 2, exitLength: 1, atrLength: 2 };
  expect(perform(volatilityBreakout, jump, { ...given, channelAtr: 0.5 }).signals).toEqual([
    "14: 1 close above the channel",
  ]);
  expect(perform(volatilityBreakout, jump, { ...given, channelAtr: 1 }).signals).toEqual([]);
});

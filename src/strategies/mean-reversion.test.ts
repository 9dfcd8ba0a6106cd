import { expect, test } from "vitest";
import { handBars, perform } from "../../test/strategy-harness.ts";
import { meanReversion } from "./mean-reversion.ts";

// Bands of 3 bars and one deviation; the RSI of one bar is 0 after a fall and 100 after a rise, so 100 never exits.
const params = { bandLength: 3, bandWidth: 1, rsiLength: 1, exitRsi: 100, atrLength: 1, stopAtr: 0 };
// Row 4: mean 9, deviation 1.41, lower band 7.59. Row 6: mean 8.
const dip = [10, 10, 10, 10, 7, 8, 9, 9];

test("it buys below the lower band and sells at the middle band", () => {
  const { signals, fills } = perform(meanReversion, handBars(dip), params);
  expect(signals).toEqual(["4: 1 oversold below the lower band", "6: 0 back at the middle band"]);
  expect(fills).toEqual(["5: buy 7", "7: sell 9"]);
});

test("it sells when the RSI has recovered, though the middle band is not reached", () => {
  expect(perform(meanReversion, handBars(dip), { ...params, exitRsi: 60 }).signals).toEqual([
    "4: 1 oversold below the lower band",
    "5: 0 RSI has recovered",
  ]);
});

test("below the band alone is not enough: the RSI must be oversold too", () => {
  // After a rise of 10 the RSI of 2 bars is still at 96 when the price slips by 0.1 below its narrow band.
  const slip = handBars([...Array.from({ length: 13 }, () => 10), 20, 20, 20, 19.9, 20, 20]);
  const given = { ...params, rsiLength: 2 };
  expect(perform(meanReversion, slip, given).signals).toEqual([]);
  expect(perform(meanReversion, slip, { ...given, oversold: 97 }).signals).toEqual([
    "16: 1 oversold below the lower band",
    "17: 0 back at the middle band",
  ]);
});

test("after a stop it waits until the price has been back at the middle", () => {
  // Stop at 7 - 0.5 x 3 = 5.5. Row 6 is oversold again (4 below 4.09), row 7 is back (6 above 5), row 8 counts anew.
  const bars = handBars([10, 10, 10, 10, 7, 5, 4, 6, 3, 3]);
  const { signals, fills, waiting } = perform(meanReversion, bars, { ...params, stopAtr: 0.5 });
  expect(waiting[0]).toBe("4: sell stop-loss 5.5");
  expect(fills).toEqual(["5: buy 7", "5: sell 5.5", "9: buy 3"]);
  expect(signals).toEqual([
    "4: 1 oversold below the lower band",
    "7: 0 back at the middle band",
    "8: 1 oversold below the lower band",
  ]);
});

test("it sells short only when told to", () => {
  const peak = handBars([10, 10, 10, 10, 13, 12, 12, 12]);
  expect(perform(meanReversion, peak, params).fills).toEqual([]);
  const { signals, fills } = perform(meanReversion, peak, { ...params, short: true });
  expect(signals).toEqual(["4: -1 overbought above the upper band", "6: 0 back at the middle band"]);
  expect(fills).toEqual(["5: sell 13", "7: buy 12"]);
});

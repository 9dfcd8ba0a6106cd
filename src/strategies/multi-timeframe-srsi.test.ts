import { expect, test } from "vitest";
import { handBars, perform } from "../../test/strategy-harness.ts";
import { multiTimeframeSrsi } from "./multi-timeframe-srsi.ts";

/*
 * The RSI of one bar is 0 after a fall, 100 after a rise and 50 when nothing moves; over a range of two, k is 100 when
 * it has risen, 0 when it has fallen and 50 when it is the same; d is the mean of three k.
 */
const params = {
  rsiLength: 1,
  stochLength: 2,
  smoothK: 1,
  smoothD: 3,
  confirm: "4h",
  atrLength: 1,
  stopAtr: 0,
};
/** Six times four hours that each end one lower, rows 0 to 23: k and d of the four hours stand at 50. */
const fallen = [12, 11, 10, 9, 8, 7].flatMap((close) => [close + 1, close + 1, close + 1, close]);
/** Row 27 turns the four hours up (k = 100, d = 67). Row 28 falls, row 29 rises: k goes from 0 to 100, above d. */
const turned = [...fallen, 7, 7, 7, 8, 7.5, 8.5];
const buys = "29: 1 turns up, and the higher timeframe agrees";

test("it buys when its own bars turn up from oversold while the higher timeframe rises", () => {
  const { signals, fills } = perform(multiTimeframeSrsi, handBars([...turned, 9]), params);
  expect(signals).toEqual([buys]);
  expect(fills).toEqual(["30: buy 8.5"]);
});

test("it does not buy while the higher timeframe does not rise", () => {
  // The same turn in rows 28 and 29, but the four hours to row 27 have gone on falling.
  const bars = handBars([...fallen, 7, 7, 7, 6, 5.5, 6.5, 7]);
  expect(perform(multiTimeframeSrsi, bars, params).signals).toEqual([]);
});

test("it does not see a higher bar before that bar has closed", () => {
  // The own bars turn up in row 25, above the last close of the four hours; but these close only with row 27.
  const bars = handBars([...fallen, 6.5, 7.5, 8, 8]);
  expect(perform(multiTimeframeSrsi, bars, params).signals).toEqual([]);
});

test("it sells when its own bars turn down from overbought", () => {
  expect(perform(multiTimeframeSrsi, handBars([...turned, 8, 8]), params).signals).toEqual([
    buys,
    "30: 0 Stochastic RSI turns down from overbought",
  ]);
});

test("it sells when the higher timeframe turns down", () => {
  // Row 31 closes four hours of further rise: nothing turns, k falls back to 50, below d.
  expect(perform(multiTimeframeSrsi, handBars([...turned, 9, 9.5, 10]), params).signals).toEqual([
    buys,
    "31: 0 the higher timeframe has turned down",
  ]);
});

test("a second higher timeframe must agree too, and must be the higher one", () => {
  expect(() => perform(multiTimeframeSrsi, handBars(turned), { ...params, confirmAlso: "1h" })).toThrow(
    "PARAMS_IMPOSSIBLE",
  );
  // Twelve days that each end one lower, so that the daily lines stand still while the four hours turn.
  const days = Array.from({ length: 12 }, (_, day) =>
    Array.from({ length: 24 }, (_, hour) => 30 - day - (hour === 23 ? 1 : 0)),
  );
  const bars = handBars([...days.flat(), ...turned.map((close) => close + 5)]);
  expect(perform(multiTimeframeSrsi, bars, params).signals).toContainEqual(
    expect.stringMatching(/: 1 turns up/),
  );
  expect(perform(multiTimeframeSrsi, bars, { ...params, confirmAlso: "1d" }).signals).toEqual([]);
});

test("it sells short only when told to", () => {
  const mirrored = handBars([...turned, 9].map((close) => 20 - close));
  expect(perform(multiTimeframeSrsi, mirrored, params).fills).toEqual([]);
  expect(perform(multiTimeframeSrsi, mirrored, { ...params, short: true }).signals).toEqual([
    "29: -1 turns down, and the higher timeframe agrees",
  ]);
});

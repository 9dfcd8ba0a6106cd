import { expect, test } from "vitest";
import { handBars, perform } from "../../test/strategy-harness.ts";
import { smaCross } from "./sma-cross.ts";

const params = { fast: 2, slow: 3 };
// Averages after row 6: 11 above 10; after row 9: 12 below 12.67.
const upAndDown = handBars([10, 10, 10, 9, 8, 10, 12, 14, 13, 11, 10]);

test("it buys at the cross upwards and sells at the cross downwards", () => {
  const { signals, fills } = perform(smaCross, upAndDown, params);
  expect(signals).toEqual(["3: 0 fast below slow", "6: 1 fast above slow", "9: 0 fast below slow"]);
  expect(fills).toEqual(["7: buy 12", "10: sell 11"]);
});

test("it goes short instead of flat only when told to", () => {
  expect(perform(smaCross, upAndDown, { ...params, short: true }).fills).toEqual([
    "4: sell 9",
    "7: buy 12",
    "10: sell 11",
  ]);
});

test("averages that never cross give no signal", () => {
  expect(perform(smaCross, handBars([1, 2, 3, 4, 5, 6]), params).signals).toEqual([]);
});

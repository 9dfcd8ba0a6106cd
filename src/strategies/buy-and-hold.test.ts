import { expect, test } from "vitest";
import { handBars, perform } from "../../test/strategy-harness.ts";
import { buyAndHold } from "./buy-and-hold.ts";

test("it buys at the first bar and never does anything else", () => {
  const { signals, fills } = perform(buyAndHold, handBars([10, 12, 5, 20]));
  expect(signals).toEqual(["0: 1 hold from the first bar"]);
  expect(fills).toEqual(["1: buy 10"]);
});

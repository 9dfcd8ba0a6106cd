import { expect, test } from "vitest";
import { stopBehind } from "./stop-behind.ts";

test("a stop stands below a long and above a short position", () => {
  expect(stopBehind(1, 100, 5)).toEqual({ stopPrice: 95 });
  expect(stopBehind(-1, 100, 5)).toEqual({ stopPrice: 105 });
});

test("no distance, an unknown one, or a price that would be zero gives no stop", () => {
  expect(stopBehind(1, 100, 0)).toEqual({});
  expect(stopBehind(1, 100, Number.NaN)).toEqual({});
  expect(stopBehind(1, 100, 100)).toEqual({});
});

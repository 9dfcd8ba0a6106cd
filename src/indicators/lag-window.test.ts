import { expect, test } from "vitest";
import { LagWindow } from "./lag-window.ts";

test("each value comes back `length` rows later, and NaN before the first", () => {
  const window = new LagWindow(3);
  expect([1, 2, 3, 4, 5].map((value) => window.add(value))).toEqual([NaN, NaN, NaN, 1, 2]);
});

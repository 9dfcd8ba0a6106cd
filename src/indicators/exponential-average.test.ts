import { expect, test } from "vitest";
import { ExponentialAverage } from "./exponential-average.ts";

test("it is unknown before its seed and then moves by alpha of each difference", () => {
  // By hand for 3: mean(3, 6, 9) = 6, then 6 + (10 - 6) / 2 = 8.
  const average = new ExponentialAverage(3);
  expect([3, 6, 9, 10].map((value) => average.add(value))).toEqual([Number.NaN, Number.NaN, 6, 8]);
});

test("a length of 1 is the value itself", () => {
  const average = new ExponentialAverage(1);
  expect([3, 7, 5].map((value) => average.add(value))).toEqual([3, 7, 5]);
});

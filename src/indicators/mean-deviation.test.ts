import { expect, test } from "vitest";
import { MeanDeviation } from "./mean-deviation.ts";

test("the deviation is measured from the mean of the same window", () => {
  const window = new MeanDeviation(3);
  expect(window.add(10)).toBeNaN();
  expect(window.add(11)).toBeNaN();
  // By hand: mean 12, (2 + 1 + 3) / 3 = 2; then 11, 15, 13: mean 13, (2 + 2 + 0) / 3.
  expect(window.add(15)).toBe(2);
  expect(window.mean).toBe(12);
  expect(window.add(13)).toBeCloseTo(4 / 3, 12);
  expect(window.mean).toBe(13);
});

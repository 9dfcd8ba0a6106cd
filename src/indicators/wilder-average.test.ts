import { expect, test } from "vitest";
import { WilderAverage } from "./wilder-average.ts";

test("it is unknown before its seed and then takes in one share in `length`", () => {
  // By hand for 3: mean(3, 6, 9) = 6, then (6 * 2 + 12) / 3 = 8.
  const average = new WilderAverage(3);
  expect([3, 6, 9, 12].map((value) => average.add(value))).toEqual([Number.NaN, Number.NaN, 6, 8]);
});

test("flat values give exactly the value", () => {
  const average = new WilderAverage(7);
  for (let row = 0; row < 6; row++) average.add(0.1);
  for (let row = 0; row < 50; row++) expect(average.add(0.1)).toBe(0.1);
});

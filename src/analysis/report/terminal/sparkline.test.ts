import { expect, test } from "vitest";
import { sparkline } from "./sparkline.ts";

test("a rising line climbs through all the blocks", () => {
  const values = Float64Array.from({ length: 8 }, (_, k) => k);
  expect(sparkline(values, 8, 8, 0, 7)).toBe("▁▂▃▄▅▆▇█");
});

test("each block is the last value of its part, and rows past the length are not read", () => {
  expect(sparkline(Float64Array.of(5, 0, 5, 9, 77), 4, 2, 0, 9)).toBe("▁█");
});

test("a flat curve runs along the bottom and a missing value is a gap", () => {
  expect(sparkline(Float64Array.of(3, 3, 3), 3, 3, 3, 3)).toBe("▁▁▁");
  expect(sparkline(Float64Array.of(0, Number.NaN, 1), 3, 3, 0, 1)).toBe("▁ █");
});

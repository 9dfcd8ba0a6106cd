import { expect, test } from "vitest";
import { missingFeatures } from "./missing-features.ts";

test("bars that miss features are counted, and the features named, the most missed first", () => {
  const none = Number.NaN;
  const width = 7;
  const values = Float32Array.from({ length: 4 * width }, () => 1);
  const x = { values, rows: 4, width };
  const names = ["a", "b", "c", "d", "e", "f", "g"];
  expect(missingFeatures({ x }, { from: 0, to: 4 }, names)).toEqual([]);
  values.fill(none, 2 * width, 3 * width);
  values[3 * width + 2] = none;
  // What lies outside of the part is not learned from.
  values[0] = none;
  const [line] = missingFeatures({ x }, { from: 1, to: 4 }, names);
  expect(line).toContain("2 of 3 bars");
  expect(line).toContain("c (2), a (1), b (1), d (1), e (1), 2 more");
});

import { expect, test } from "vitest";
import { expressionsOf } from "./set-expressions.ts";
import { mediumFeatures } from "../../features/medium.ts";
import { columnGroups } from "./column-groups.ts";

const expressions = expressionsOf(mediumFeatures, "1h");

test("with room enough everything is one group, and without any every feature is its own", () => {
  expect(columnGroups(expressions, 1_000, Infinity)).toEqual([expressions]);
  const single = columnGroups(expressions, 1_000, 0);
  expect(single.map((group) => Object.keys(group))).toEqual(Object.keys(expressions).map((name) => [name]));
});

test("groups keep every feature once and in order", () => {
  const groups = columnGroups(expressions, 1_000, 20 * 8 * 1_000);
  expect(groups.length).toBeGreaterThan(1);
  expect(groups.length).toBeLessThan(Object.keys(expressions).length);
  expect(groups.flatMap((group) => Object.entries(group))).toEqual(Object.entries(expressions));
});

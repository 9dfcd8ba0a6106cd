import { expect, test } from "vitest";
import { EqualRun } from "./equal-run.ts";

test("a run grows while the value stays and begins anew when it changes", () => {
  const run = new EqualRun();
  expect([5, 5, 5, 4, 4, 5].map((value) => run.add(value))).toEqual([1, 2, 3, 1, 2, 1]);
});

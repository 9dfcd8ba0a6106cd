import { expect, test } from "vitest";
import { describeSet, describeSets } from "./describe-set.ts";

test("every set says how many bars it needs and what each feature is", () => {
  const sets = describeSets();
  expect(sets.map(({ name, features }) => [name, features.length])).toEqual([
    ["short", 30],
    ["medium", 35],
    ["long", 32],
  ]);
  for (const { features } of sets)
    expect(features.every(({ expression, meaning }) => expression !== "" && meaning !== "")).toBe(true);
});

test("a set is described with expressions, warm-up, and bounds that JSON can carry", () => {
  const { warmup, features } = describeSet("medium");
  // The longest are rsi28 (28 rows and 190 to settle) and the volatility of 20 days.
  expect(warmup).toBe("218 bars and 20 bars of 1d");
  const drawdown = features.find(({ name }) => name === "drawdown")!;
  expect(drawdown.expression).toBe("minus(over(close,highest(high,100)),1)");
  expect(drawdown.warmup).toBe("99 bars");
  expect(features.find(({ name }) => name === "return5")!.range).toEqual([-100, null]);
});

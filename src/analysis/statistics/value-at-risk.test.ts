import { expect, test } from "vitest";
import { Prng } from "../../base/prng.ts";
import {
  conditionalValueAtRisk,
  forgettingConditionalValueAtRisk,
  forgettingValueAtRisk,
  normalConditionalValueAtRisk,
  normalValueAtRisk,
  valueAtRisk,
} from "./value-at-risk.ts";

/** -50 to +50 basis points in steps of one. */
const ladder = Float64Array.from({ length: 101 }, (_, i) => (i - 50) / 10_000);

test("historical value at risk is the loss at the quantile, expected shortfall the mean loss beyond it", () => {
  expect(valueAtRisk(ladder, 0.95)).toBeCloseTo(0.0045, 15);
  expect(conditionalValueAtRisk(ladder, 0.95)).toBeCloseTo((50 + 49 + 48 + 47 + 46 + 45) / 6 / 10_000, 15);
  expect(valueAtRisk(ladder, 0.99)).toBeCloseTo(0.0049, 15);
  expect(conditionalValueAtRisk(ladder, 0.99)).toBeCloseTo(0.00495, 15);
});

test("the tail must be in the sample: 20 days for 95 %, 100 for 99 %", () => {
  for (const risk of [valueAtRisk, conditionalValueAtRisk]) {
    expect(risk(ladder.subarray(0, 19), 0.95)).toBeNull();
    expect(risk(ladder.subarray(0, 20), 0.95)).not.toBeNull();
    expect(risk(ladder.subarray(0, 99), 0.99)).toBeNull();
    expect(risk(ladder.subarray(0, 100), 0.99)).not.toBeNull();
  }
});

// Standard normal: 1.644854 and 2.062713 at 95 %, 2.326348 and 2.665214 at 99 %.
test("on normal returns the historical and the normal figures meet at the textbook values", () => {
  const prng = new Prng(56);
  const returns = Float64Array.from({ length: 50_000 }, () => 0.01 * prng.normal());
  const textbook = [
    [0.95, 0.01644854, 0.02062713],
    [0.99, 0.02326348, 0.02665214],
  ] as const;
  for (const [level, risk, shortfall] of textbook) {
    for (const figure of [valueAtRisk, normalValueAtRisk]) {
      expect(Math.abs(figure(returns, level)! / risk - 1)).toBeLessThan(0.02);
    }
    for (const figure of [conditionalValueAtRisk, normalConditionalValueAtRisk]) {
      expect(Math.abs(figure(returns, level)! / shortfall - 1)).toBeLessThan(0.02);
    }
  }
});

test("one return has no normal figure, and a missing return leaves none at all", () => {
  expect(normalValueAtRisk(Float64Array.of(0.1), 0.95)).toBeNull();
  expect(normalConditionalValueAtRisk(Float64Array.of(0.1), 0.95)).toBeNull();
  const broken = Float64Array.from(ladder).fill(Number.NaN, 50, 51);
  for (const figure of [
    valueAtRisk,
    conditionalValueAtRisk,
    normalValueAtRisk,
    normalConditionalValueAtRisk,
  ]) {
    expect(figure(broken, 0.95)).toBeNull();
  }
});

test("a variance that forgets weighs the newest return most", () => {
  // Weights 1, 0.5, 0.25 from the newest on: (4 + 0.5 * 1 + 0.25 * 9) / 1.75 = 27 / 7 of a percent squared.
  const returns = Float64Array.of(-0.03, 0.01, 0.02);
  const deviation = Math.sqrt(27 / 7) / 100;
  expect(forgettingValueAtRisk(returns, 0.95, 0.5)).toBeCloseTo(1.6448536 * deviation, 8);
  expect(forgettingConditionalValueAtRisk(returns, 0.95, 0.5)).toBeCloseTo(2.0627128 * deviation, 8);
  expect(forgettingValueAtRisk(new Float64Array(0), 0.95, 0.5)).toBeNull();
});

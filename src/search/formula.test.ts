import { expect, test } from "vitest";
import { readCondition, readFormula } from "./formula.ts";

const known = ["sharpe", "maxDrawdown", "costs.latencyMs"];
const isKnown = (name: string): boolean => known.includes(name);
const of = (name: string): number | null => ({ sharpe: 1.5, maxDrawdown: 0.25 })[name] ?? null;

test("a formula binds as arithmetic does", () => {
  expect(readFormula("sharpe - 2 * maxDrawdown", isKnown, known).value(of)).toBe(1);
  expect(readFormula("-(sharpe + 0.5) / 4", isKnown, known).value(of)).toBe(-0.5);
  expect(readFormula("10 - 4 - 3", isKnown, known).value(of)).toBe(3);
  expect(readFormula("20% * 5", isKnown, known).value(of)).toBe(1);
  expect(readFormula("1e-2 + .5", isKnown, known).value(of)).toBe(0.51);
});

test("what has no number gives none, and neither does a division by zero", () => {
  expect(readFormula("sharpe + costs.latencyMs", isKnown, known).value(of)).toBeNull();
  expect(readFormula("sharpe / (maxDrawdown - 0.25)", isKnown, known).value(of)).toBeNull();
});

test("a condition compares two formulas, and says nothing where one has no value", () => {
  expect(readCondition("maxDrawdown < 20%", isKnown, known).holds(of)).toBe(false);
  expect(readCondition("sharpe>=1.5", isKnown, known).holds(of)).toBe(true);
  expect(readCondition("costs.latencyMs < 5", isKnown, known).holds(of)).toBeNull();
});

test.each([
  ["sharp", "sharp is none of sharpe, maxDrawdown, costs.latencyMs"],
  ["sharpe +", "it ends where a number or a name is expected"],
  ["(sharpe", "a bracket is not closed"],
  ["sharpe maxDrawdown", "something stands behind its end"],
  ["sharpe ; 1", '"; 1" cannot be read'],
  ["", "it ends where a number or a name is expected"],
])("%s is refused with the place: %s", (text, why) => {
  try {
    readFormula(text, isKnown, known);
  } catch (error) {
    expect((error as { parts: { why: string } }).parts.why).toBe(why);
    return;
  }
  throw new Error("it was read");
});

test("a condition without a comparison is refused", () => {
  expect(() => readCondition("sharpe", isKnown, known)).toThrow("FORMULA_INVALID");
});

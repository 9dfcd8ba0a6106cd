import { expect, test } from "vitest";
import {
  backtraderCase,
  backtraderQuotes,
  backtraderRows,
  evaluate,
  largestGap,
  skenderQuotes,
  skenderResult,
  startOf,
  worstDifference,
} from "../../test/indicator-fixtures.ts";
import { hasShared } from "../../test/shared.ts";
import { barSeries } from "../domain/expression.ts";
import { tema } from "./tema.ts";

const bars = barSeries();

test("the triple average combines three nested EMAs", () => {
  // By hand for 3: e1 = 2, 3, 4, 5, 8 from row 2; e2 = 3, 4, 6 from row 4; e3 = 13/3; 3 * 8 - 3 * 6 + 13/3 = 31/3.
  const column = evaluate(tema(bars.close, 3), { close: [1, 2, 3, 4, 5, 6, 11] });
  expect(column[5]).toBeNaN();
  expect(column[6]).toBeCloseTo(31 / 3, 12);
});

test("the first value stands right after the warm-up and its starting point fades", () => {
  const start = startOf(tema(bars.close, 20));
  expect(start.firstRow).toBe(start.warmup);
  expect(start.firstRow).toBe(57);
  expect(start.residue).toBeLessThan(0.001);
});

// Skender seeds all three averages with the mean of the first 20 closes and starts at row 19: the two seeds
// differ by 0.02 % at row 57 and have been forgotten at row 300. Tulip seeds with the first close.
test.skipIf(!hasShared)("agrees with Skender on SPY once the seed is forgotten", () => {
  const column = evaluate(tema(bars.close, 20), skenderQuotes());
  expect(worstDifference(column, skenderResult("tema")["tema"]!, 300)).toBeLessThan(1e-9);
});

test.skipIf(!hasShared)("agrees with backtrader to its six decimals", () => {
  const quotes = backtraderQuotes();
  const { firstRow, lines } = backtraderCase("test_ind_tema");
  expect(
    largestGap(backtraderRows(evaluate(tema(bars.close, 30), quotes), firstRow), lines[0]!),
  ).toBeLessThan(6e-7);
});

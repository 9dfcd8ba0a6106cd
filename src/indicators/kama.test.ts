import { expect, test } from "vitest";
import {
  evaluate,
  largestGap,
  lastValues,
  skenderQuotes,
  skenderResult,
  startOf,
  tulipCase,
  worstDifference,
} from "../../test/indicator-fixtures.ts";
import { hasShared } from "../../test/shared.ts";
import { barSeries } from "../domain/expression.ts";
import { kama, kamaIndicator } from "./kama.ts";

const bars = barSeries();

test("the adaptive average follows a straight move at once and a wavering one slowly", () => {
  // By hand with smoothings 1 and 1/2: a straight step (er 1) is taken whole, a step there and back (er 0) by 1/4.
  const column = evaluate(kama(bars.close, 2, 1, 3), { close: [10, 12, 13, 12] });
  expect([...column]).toEqual([Number.NaN, 12, 13, 12.75]);
});

test("prices that stand still count as straight", () => {
  // By hand with smoothings 2/3 and 1/2: er 1/3 makes (5/9)^2; then er 1, by its rule in the last row: (2/3)^2.
  const column = evaluate(kama(bars.close, 2, 2, 3), { close: [10, 8, 9, 9, 9] });
  expect(column[2]).toBeCloseTo(8 + 25 / 81, 12);
  expect(column[3]).toBeCloseTo(9 - (56 / 81) * (5 / 9), 12);
  expect(column[4]).toBeCloseTo(9 - (56 / 81) * (5 / 9) ** 2, 12);
});

test("the first value stands right after the warm-up and its starting point fades", () => {
  const start = startOf(kama(bars.close));
  expect(start.firstRow).toBe(start.warmup);
  expect(start.firstRow).toBe(9);
  expect(start.residue).toBeLessThan(0.001);
});

test("it settles as in a random walk", () => {
  // By hand: er 1 / sqrt(10) = 0.3162, s = 0.3162 * (0.6667 - 0.0645) + 0.0645 = 0.2549, s^2 = 0.0650;
  // 0.935^102 is still above 0.001, 0.935^103 is not.
  expect(kamaIndicator.settling({ length: 10, fast: 2, slow: 30 })).toBe(103);
});

test.skipIf(!hasShared)("agrees with Skender on SPY at 10, 2, 30", () => {
  const column = evaluate(kama(bars.close), skenderQuotes());
  expect(worstDifference(column, skenderResult("kama")["kama"]!)).toBeLessThan(1e-9);
});

test.skipIf(!hasShared)("agrees with Tulip to its three decimals", () => {
  const [close, expected] = tulipCase("kama", "5");
  const column = evaluate(kama(bars.close, 5), { close: close! });
  expect(largestGap(lastValues(column, expected!.length), expected!)).toBeLessThan(6e-4);
});

test.skipIf(!hasShared)("agrees with Tulip's spreadsheet example", () => {
  const [close, expected] = tulipCase("kama", "4", "extra");
  const column = evaluate(kama(bars.close, 4), { close: close! });
  expect(largestGap(lastValues(column, expected!.length), expected!)).toBeLessThan(2e-4);
});

// backtrader seeds with a mean of the first closes; at length 30 that still shows at the end of its 255 bars.

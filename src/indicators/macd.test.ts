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
import { macd } from "./macd.ts";

const bars = barSeries();

test("the line is the gap of two EMAs, the signal its EMA, the histogram their gap", () => {
  // By hand for 1, 3, 2: slow = -, -, 4, 6, 5; macd = 2, 2, -1; signal = 2, then 2 + 2/3 * (-1 - 2) = 0.
  const lines = macd(bars.close, 1, 3, 2);
  const source = { close: [2, 4, 6, 8, 4] };
  expect(evaluate(lines.macd, source)[2]).toBeNaN();
  expect([...evaluate(lines.macd, source)].slice(3)).toEqual([2, -1]);
  expect([...evaluate(lines.signal, source)].slice(3)).toEqual([2, 0]);
  expect([...evaluate(lines.histogram, source)].slice(3)).toEqual([0, -1]);
});

test("macd stands right after the warm-up and its starting point fades", () => {
  const start = startOf(macd(bars.close).macd);
  expect(start.firstRow).toBe(start.warmup);
  expect(start.firstRow).toBe(33);
  expect(start.residue).toBeLessThan(0.001);
});

test("signal stands right after the warm-up and its starting point fades", () => {
  const start = startOf(macd(bars.close).signal);
  expect(start.firstRow).toBe(start.warmup);
  expect(start.firstRow).toBe(33);
  expect(start.residue).toBeLessThan(0.001);
});

test("histogram stands right after the warm-up and its starting point fades", () => {
  const start = startOf(macd(bars.close).histogram);
  expect(start.firstRow).toBe(start.warmup);
  expect(start.firstRow).toBe(33);
  expect(start.residue).toBeLessThan(0.001);
});

test.skipIf(!hasShared)("agrees with Skender on SPY at 12, 26, 9", () => {
  const lines = macd(bars.close);
  const expected = skenderResult("macd");
  const quotes = skenderQuotes();
  // Skender shows the line eight rows before the signal.
  expect(worstDifference(evaluate(lines.macd, quotes), expected["macd"]!, 33)).toBeLessThan(1e-9);
  expect(worstDifference(evaluate(lines.signal, quotes), expected["signal"]!)).toBeLessThan(1e-9);
  expect(worstDifference(evaluate(lines.histogram, quotes), expected["histogram"]!)).toBeLessThan(1e-9);
});

// Tulip and Achelis seed their EMAs with the first close: not comparable on so few rows.
test.skipIf(!hasShared)("agrees with backtrader to its six decimals", () => {
  const quotes = backtraderQuotes();
  const { firstRow, lines } = backtraderCase("test_ind_macdhisto");
  expect(
    largestGap(backtraderRows(evaluate(macd(bars.close).macd, quotes), firstRow), lines[0]!),
  ).toBeLessThan(6e-7);
  expect(
    largestGap(backtraderRows(evaluate(macd(bars.close).signal, quotes), firstRow), lines[1]!),
  ).toBeLessThan(6e-7);
  expect(
    largestGap(backtraderRows(evaluate(macd(bars.close).histogram, quotes), firstRow), lines[2]!),
  ).toBeLessThan(6e-7);
});

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
import { ppo } from "./ppo.ts";

const bars = barSeries();

test("the line is the gap of two EMAs in percent of the slow one", () => {
  // By hand for 1, 3, 2: slow = -, -, 4, 6, 5; ppo = 50, 100/3, -20; signal = 125/3, then 125/3 - 2/3 * 185/3 = 5/9.
  const lines = ppo(bars.close, 1, 3, 2);
  const source = { close: [2, 4, 6, 8, 4] };
  expect(evaluate(lines.ppo, source)[2]).toBeNaN();
  expect(evaluate(lines.ppo, source)[3]).toBeCloseTo(100 / 3, 12);
  expect(evaluate(lines.ppo, source)[4]).toBe(-20);
  expect(evaluate(lines.signal, source)[4]).toBeCloseTo(5 / 9, 12);
  expect(evaluate(lines.histogram, source)[4]).toBeCloseTo(-20 - 5 / 9, 12);
});

test("a slow average of zero gives 0 and not infinity", () => {
  const lines = ppo(bars.volume, 2, 3, 2);
  expect([...evaluate(lines.ppo, { volume: [0, 0, 0, 0, 0] })].slice(3)).toEqual([0, 0]);
});

test("ppo stands right after the warm-up and its starting point fades", () => {
  const start = startOf(ppo(bars.close).ppo);
  expect(start.firstRow).toBe(start.warmup);
  expect(start.firstRow).toBe(33);
  expect(start.residue).toBeLessThan(0.001);
});

test("signal stands right after the warm-up and its starting point fades", () => {
  const start = startOf(ppo(bars.close).signal);
  expect(start.firstRow).toBe(start.warmup);
  expect(start.firstRow).toBe(33);
  expect(start.residue).toBeLessThan(0.001);
});

test("histogram stands right after the warm-up and its starting point fades", () => {
  const start = startOf(ppo(bars.close).histogram);
  expect(start.firstRow).toBe(start.warmup);
  expect(start.firstRow).toBe(33);
  expect(start.residue).toBeLessThan(0.001);
});

test.skipIf(!hasShared)("agrees with Skender's oscillator of SPY's volume at 12, 26, 9", () => {
  const lines = ppo(bars.volume);
  const expected = skenderResult("pvo");
  const quotes = skenderQuotes();
  // Skender shows the line eight rows before the signal.
  expect(worstDifference(evaluate(lines.ppo, quotes), expected["pvo"]!, 33)).toBeLessThan(1e-9);
  expect(worstDifference(evaluate(lines.signal, quotes), expected["signal"]!)).toBeLessThan(1e-9);
  expect(worstDifference(evaluate(lines.histogram, quotes), expected["histogram"]!)).toBeLessThan(1e-9);
});

// Tulip and Achelis seed their EMAs with the first close: not comparable on so few rows.
test.skipIf(!hasShared)("agrees with backtrader to its six decimals", () => {
  const quotes = backtraderQuotes();
  const { firstRow, lines } = backtraderCase("test_ind_ppo");
  expect(largestGap(backtraderRows(evaluate(ppo(bars.close).ppo, quotes), firstRow), lines[0]!)).toBeLessThan(
    6e-7,
  );
  expect(
    largestGap(backtraderRows(evaluate(ppo(bars.close).signal, quotes), firstRow), lines[1]!),
  ).toBeLessThan(6e-7);
  expect(
    largestGap(backtraderRows(evaluate(ppo(bars.close).histogram, quotes), firstRow), lines[2]!),
  ).toBeLessThan(6e-7);
});

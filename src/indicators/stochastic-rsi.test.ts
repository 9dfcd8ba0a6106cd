import { expect, test } from "vitest";
import {
  evaluate,
  largestGap,
  lastValues,
  skenderQuotes,
  skenderResult,
  startOf,
  syntheticBars,
  tulipCase,
  worstDifference,
} from "../../test/indicator-fixtures.ts";
import { hasShared } from "../../test/shared.ts";
import { barSeries } from "../domain/expression.ts";
import { stochasticRsi } from "./stochastic-rsi.ts";

const bars = barSeries();

test("k is the RSI in its own range", () => {
  // By hand: an RSI of length 1 is 100 after a rise, 0 after a fall, 50 after no change: 50 in a range 0..100.
  const { k } = stochasticRsi(bars.close, 1, 3, 1, 1);
  expect([...evaluate(k, { close: [1, 2, 1, 1] })]).toEqual([Number.NaN, Number.NaN, Number.NaN, 50]);
});

test("the last bits of an RSI that stands still are not stretched into a signal", () => {
  const moving = syntheticBars().close;
  const close = [...moving, ...new Array<number>(60).fill(moving.at(-1)!)];
  const { k, d } = stochasticRsi(bars.close);
  expect(new Set(evaluate(k, { close }).slice(-40))).toEqual(new Set([50]));
  expect(new Set(evaluate(d, { close }).slice(-40))).toEqual(new Set([50]));
});

test("the first value stands right after the warm-up and its starting point fades", () => {
  const start = startOf(stochasticRsi(bars.close).k);
  expect(start.firstRow).toBe(start.warmup);
  expect(start.firstRow).toBe(31);
  expect(start.residue).toBeLessThan(0.001);
});

test("d stands right after the warm-up and its starting point fades", () => {
  const start = startOf(stochasticRsi(bars.close).d);
  expect(start.firstRow).toBe(start.warmup);
  expect(start.firstRow).toBe(31);
  expect(start.residue).toBeLessThan(0.001);
});

test.skipIf(!hasShared)("agrees with Skender on SPY at 14, 14, 1, 3", () => {
  const { k, d } = stochasticRsi(bars.close, 14, 14, 1, 3);
  const expected = skenderResult("stoch-rsi");
  // Skender shows k two rows before d.
  expect(worstDifference(evaluate(k, skenderQuotes()), expected["stochRsi"]!, 29)).toBeLessThan(1e-9);
  expect(worstDifference(evaluate(d, skenderQuotes()), expected["signal"]!)).toBeLessThan(1e-9);
});

test.skipIf(!hasShared)("agrees with Tulip, which counts from 0 to 1, to its three decimals", () => {
  const [close, expected] = tulipCase("stochrsi", "5");
  const column = evaluate(stochasticRsi(bars.close, 5, 5, 1, 1).k, { close: close! });
  expect(
    largestGap(
      lastValues(
        column.map((value) => value / 100),
        expected!.length,
      ),
      expected!,
    ),
  ).toBeLessThan(6e-4);
});

test.skipIf(!hasShared)("agrees with Tulip's spreadsheet example", () => {
  const [close, expected] = tulipCase("stochrsi", "5", "extra");
  const column = evaluate(stochasticRsi(bars.close, 5, 5, 1, 1).k, { close: close! });
  expect(
    largestGap(
      lastValues(
        column.map((value) => value / 100),
        expected!.length,
      ),
      expected!,
    ),
  ).toBeLessThan(6e-5);
});

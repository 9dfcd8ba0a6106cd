import { expect, test } from "vitest";
import { evaluate, skenderQuotes, skenderResult, syntheticBars } from "../../test/indicator-fixtures.ts";
import { differenceFromSkender } from "../../test/known-answers.ts";
import { hasShared } from "../../test/shared.ts";
import { barSeries } from "../domain/expression.ts";
import { supertrend, supertrendIndicator } from "./supertrend.ts";

const bars = barSeries();

test("the line trails the price, never retreats and turns when a close crosses it", () => {
  // By hand for length 1 and multiple 1: true ranges 2 2 2 2.5, middles 11 12 11 9. The lower band rises from 9 to 10
  // and stays; the close 8.5 falls through it, and the line becomes the upper band, which fell to 9 + 2.5.
  const source = { high: [11, 12, 13, 12, 10], low: [9, 10, 11, 10, 8], close: [10, 11, 12, 10.5, 8.5] };
  const { line, direction } = supertrend(bars, 1, 1);
  expect([...evaluate(line, source)]).toEqual([NaN, 9, 10, 10, 11.5]);
  expect([...evaluate(direction, source)]).toEqual([NaN, 1, 1, 1, -1]);
});

test("a close on the line is no crossing, so flat prices keep their direction", () => {
  const flat = new Array<number>(40).fill(0.1);
  const { line, direction } = supertrend(bars, 5, 3);
  const source = { high: flat, low: flat, close: flat };
  expect(new Set(evaluate(direction, source).subarray(5))).toEqual(new Set([1]));
  expect(new Set(evaluate(line, source).subarray(5))).toEqual(new Set([0.1]));
});

test("the line is below the close in an uptrend and above it in a downtrend", () => {
  const source = syntheticBars(3);
  const { line, direction } = supertrend(bars);
  const [lines, directions] = [evaluate(line, source), evaluate(direction, source)];
  expect(new Set(directions.subarray(10))).toEqual(new Set([1, -1]));
  for (let row = 10; row < lines.length; row++) {
    expect((source.close[row]! - lines[row]!) * directions[row]!).toBeGreaterThanOrEqual(0);
  }
});

test("after the settling rows 99 of 100 random walks have forgotten where they began", () => {
  let differing = 0;
  for (let seed = 1; seed <= 200; seed++) {
    const all = syntheticBars(seed);
    const late = { high: all.high.slice(100), low: all.low.slice(100), close: all.close.slice(100) };
    const { line } = supertrend(bars);
    const row =
      supertrendIndicator.warmup({ length: 10, multiple: 3 }) +
      supertrendIndicator.settling({ length: 10, multiple: 3 });
    if (Math.abs(evaluate(line, all)[100 + row]! - evaluate(line, late)[row]!) > 0.01) differing += 1;
  }
  expect(differing).toBeLessThanOrEqual(2);
});

test("each output carries its own name", () => {
  for (const [name, output] of Object.entries(supertrend(bars)))
    expect(output.key).toMatch(new RegExp(`\\.${name}$`));
});

test.skipIf(!hasShared)("agrees with Skender on SPY at 10 and 3", () => {
  expect(differenceFromSkender(supertrend(bars).line, "supertrend", "superTrend")).toBeLessThan(1e-12);
  const { lowerBand, upperBand } = skenderResult("supertrend");
  const direction = evaluate(supertrend(bars).direction, skenderQuotes());
  expect(
    [...direction.keys()].filter((row) => direction[row] === 1 && Number.isNaN(lowerBand![row]!)),
  ).toEqual([]);
  expect(
    [...direction.keys()].filter((row) => direction[row] === -1 && Number.isNaN(upperBand![row]!)),
  ).toEqual([]);
});

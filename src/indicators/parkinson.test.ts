import { expect, test } from "vitest";
import { evaluate } from "../../test/indicator-fixtures.ts";
import { barSeries } from "../domain/expression.ts";
import { Prng } from "../base/prng.ts";
import { parkinson } from "./parkinson.ts";

const bars = barSeries();

test("is 1 / sqrt(4 ln 2) for bars whose high is e times the low", () => {
  const source = { high: [Math.E, 2 * Math.E], low: [1, 2] };
  const column = evaluate(parkinson(bars, 2), source);
  expect(column[0]).toBeNaN();
  expect(column[1]).toBeCloseTo(1 / Math.sqrt(4 * Math.LN2), 14);
  expect(evaluate(parkinson(bars, 2, 4), source)[1]).toBeCloseTo(2 / Math.sqrt(4 * Math.LN2), 14);
});

test("bars without a range have none, even after wild ones", () => {
  expect(evaluate(parkinson(bars, 2), { high: [900, 3, 3], low: [1, 3, 3] })[2]).toBe(0);
});

test("a bar whose low is not positive is passed over", () => {
  const column = evaluate(parkinson(bars, 2), { high: [Math.E, 1, Math.E], low: [1, 0, 1] });
  expect(column[1]).toBeNaN();
  expect(column[2]).toBeCloseTo(1 / Math.sqrt(4 * Math.LN2), 14);
});

test("finds the volatility of a driftless walk that was watched a thousand times a bar", () => {
  // Parkinson (1980): unbiased for a continuous walk. Watching 1,000 times a bar misses about 1.5 % of it.
  const prng = new Prng(11);
  const [high, low]: number[][] = [[], []];
  for (let row = 0; row < 400; row++) {
    let [price, top, bottom] = [0, 0, 0];
    for (let i = 0; i < 1000; i++) {
      price += (0.02 / Math.sqrt(1000)) * prng.normal();
      top = Math.max(top, price);
      bottom = Math.min(bottom, price);
    }
    high!.push(Math.exp(top));
    low!.push(Math.exp(bottom));
  }
  const volatility = evaluate(parkinson(bars, 400), { high: high!, low: low! })[399]!;
  expect(volatility / 0.02).toBeGreaterThan(0.94);
  expect(volatility / 0.02).toBeLessThan(1.04);
});

import { expect, test } from "vitest";
import { evaluate, skenderQuotes } from "../../test/indicator-fixtures.ts";
import { barSeries } from "../domain/expression.ts";
import { hasShared } from "../../test/shared.ts";
import { realizedVolatility } from "./realized-volatility.ts";

const bars = barSeries();

test("is the sample deviation of log returns, times the root of the bars in a year", () => {
  // By hand: returns 1 and 0 have mean 1/2 and sample variance 1/2.
  const source = { close: [1, Math.E, Math.E] };
  expect([...evaluate(realizedVolatility(bars.close, 2), source)]).toEqual([NaN, NaN, Math.SQRT1_2]);
  expect(evaluate(realizedVolatility(bars.close, 2, 4), source)[2]).toBeCloseTo(2 * Math.SQRT1_2, 14);
});

test("a price that moves by the same factor every bar has no volatility worth a name", () => {
  const close = Array.from({ length: 10 }, (_, row) => 2 ** row);
  expect(evaluate(realizedVolatility(bars.close, 4), { close })[9]).toBe(0);
});

test("a price that is not positive is passed over", () => {
  const source = { close: [1, Math.E, 0, -5, Math.E] };
  expect([...evaluate(realizedVolatility(bars.close, 2), source)]).toEqual([
    NaN,
    NaN,
    NaN,
    NaN,
    Math.SQRT1_2,
  ]);
});

// Tulip's volatility takes simple returns and the population deviation: rolling-std compares with it.
test.skipIf(!hasShared)(
  "agrees with the sample deviation of SPY's log returns, computed in two passes",
  () => {
    const { close } = skenderQuotes();
    const returns = close.map((price, row) => Math.log(price / close[row - 1]!)).slice(482);
    const mean = returns.reduce((a, b) => a + b) / 20;
    const variance = returns.reduce((sum, one) => sum + (one - mean) ** 2, 0) / 19;
    expect(evaluate(realizedVolatility(bars.close, 20, 252), { close })[501]).toBeCloseTo(
      Math.sqrt(252 * variance),
      12,
    );
  },
);

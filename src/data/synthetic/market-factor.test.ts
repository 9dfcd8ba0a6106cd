import { expect, test } from "vitest";
import { Prng } from "../../base/prng.ts";
import { marketFactor } from "./market-factor.ts";

const bars = 200_000;
const factor = marketFactor(bars, new Prng(21));
const meanOf = (column: Float64Array, power: number) =>
  column.reduce((sum, value) => sum + value ** power, 0) / column.length;

test("shocks have mean 0, variance 1 and the tails of a t with six degrees of freedom", () => {
  expect(Math.abs(meanOf(factor.shock, 1))).toBeLessThan(4 / Math.sqrt(bars));
  // Kurtosis 6 gives the variance a standard error of sqrt(5 / bars).
  expect(Math.abs(meanOf(factor.shock, 2) - 1)).toBeLessThan(4 * Math.sqrt(5 / bars));
  const kurtosis = meanOf(factor.shock, 4) / meanOf(factor.shock, 2) ** 2;
  expect(kurtosis).toBeGreaterThan(5);
  expect(kurtosis).toBeLessThan(7.5);
});

test("scales and volatilities have mean square 1, and volatility wanders slowly", () => {
  expect(Math.abs(meanOf(factor.scale, 2) - 1)).toBeLessThan(0.02);
  expect(Math.abs(meanOf(factor.volatility, 2) - 1)).toBeLessThan(0.06);
  let [product, square] = [0, 0];
  for (let row = 1; row < bars; row++) {
    product += Math.log(factor.volatility[row]!) * Math.log(factor.volatility[row - 1]!);
    square += Math.log(factor.volatility[row]!) ** 2;
  }
  expect(product / square).toBeGreaterThan(0.95);
});

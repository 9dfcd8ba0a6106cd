import * as fc from "fast-check";
import { expect, test } from "vitest";
import { omega, tailRatio } from "./return-shape.ts";
import { sharpe, sortino, volatility } from "./sharpe.ts";

const returnsOf = fc
  .array(fc.double({ min: -0.2, max: 0.2, noNaN: true }), { minLength: 2, maxLength: 60 })
  .map((values) => Float64Array.from(values));

test("leverage does not change Sharpe, Sortino, omega or tail ratio, and scales volatility", () => {
  fc.assert(
    fc.property(returnsOf, fc.double({ min: 0.5, max: 4, noNaN: true }), (returns, leverage) => {
      const levered = returns.map((value) => value * leverage);
      fc.pre((volatility(returns, 1) ?? 0) > 1e-6);
      const close = (a: number | null, b: number | null) => {
        if (a === null || b === null) return;
        expect(Math.abs(a - b)).toBeLessThanOrEqual(1e-9 * Math.max(1, Math.abs(a)));
      };
      close(sharpe(levered, 365), sharpe(returns, 365));
      close(volatility(levered, 365), volatility(returns, 365)! * leverage);
      // Below 1e-6 a downside is so small that the guard against division by zero may fall between the two.
      if (returns.some((value) => value < -1e-6)) {
        close(sortino(levered, 365), sortino(returns, 365));
        close(omega(levered), omega(returns));
      }
    }),
    { seed: 53 },
  );
});

test("annualising multiplies by the square root of the periods", () => {
  const returns = Float64Array.of(0.01, -0.02, 0.03);
  expect(sharpe(returns, 252)! / sharpe(returns, 1)!).toBeCloseTo(Math.sqrt(252), 12);
  expect(sortino(returns, 252)! / sortino(returns, 1)!).toBeCloseTo(Math.sqrt(252), 12);
});

test("for a winning sample Sortino is at least mean over root mean square, for the downside is part of the whole", () => {
  fc.assert(
    fc.property(returnsOf, (returns) => {
      const ratio = sortino(returns, 1);
      const mean = returns.reduce((a, b) => a + b, 0) / returns.length;
      fc.pre(ratio !== null && mean > 0);
      const meanSquare = returns.reduce((a, b) => a + b * b, 0) / returns.length;
      expect(ratio).toBeGreaterThanOrEqual((mean / Math.sqrt(meanSquare)) * (1 - 1e-12));
    }),
    { seed: 54 },
  );
});

test("omega is above one exactly when the mean is above the threshold", () => {
  expect(omega(Float64Array.of(0.02, -0.01))).toBeCloseTo(2, 14);
  expect(omega(Float64Array.of(0.02, -0.01), 0.005)).toBeCloseTo(1, 12);
});

test("without enough returns, spread or losses there is no ratio", () => {
  expect(sharpe(Float64Array.of(0.1), 365)).toBeNull();
  expect(sharpe(new Float64Array(9).fill(0.01), 365)).toBeNull();
  expect(volatility(Float64Array.of(0.1), 365)).toBeNull();
  expect(sortino(Float64Array.of(0.1, 0.2), 365)).toBeNull();
  expect(sortino(Float64Array.of(-0.1), 365)).toBeNull();
  expect(omega(Float64Array.of(0.1, 0.2))).toBeNull();
  expect(omega(Float64Array.of(-0.1))).toBeNull();
  expect(tailRatio(Float64Array.of(0.1))).toBeNull();
  expect(tailRatio(new Float64Array(30))).toBeNull();
});

test("a missing return makes a ratio missing instead of quietly leaving it out", () => {
  const broken = Float64Array.of(0.1, -0.1, Number.NaN, 0.05);
  for (const ratio of [sharpe(broken, 365), sortino(broken, 365), omega(broken), tailRatio(broken)]) {
    expect(ratio).toBeNull();
  }
});

import { expect, test } from "vitest";
import { scoreCurve } from "./score-curve.ts";
import { simpleReturns } from "./daily-returns.ts";
import { sharpe } from "./sharpe.ts";

/** 12 days at the rows 1, 3, 5 ...: what lies between the ends of two days does not count. */
const equity = Float64Array.from({ length: 25 }, (_, row) => 1000 + 10 * Math.sin(row) + row);
const ends = Int32Array.from({ length: 12 }, (_, k) => 2 * k + 1);

test("a curve is scored by the returns between the ends of its periods", () => {
  const returns = simpleReturns(
    Float64Array.from(ends, (row) => equity[row]!),
    1000,
  );
  expect(scoreCurve(equity, ends, 1000, 252, 0.0001)).toEqual({
    totalReturn: equity[23]! / 1000 - 1,
    sharpe: sharpe(returns, 252, 0.0001),
  });
});

test("a flat curve, and fewer than ten returns, have no Sharpe ratio", () => {
  const flat = new Float64Array(25).fill(1000);
  expect(scoreCurve(flat, ends, 1000, 365)).toEqual({ totalReturn: 0, sharpe: null });
  expect(scoreCurve(equity, ends.subarray(0, 9), 1000, 365).sharpe).toBeNull();
  expect(scoreCurve(equity, ends.subarray(0, 10), 1000, 365).sharpe).not.toBeNull();
});

test("without a period nothing was earned", () => {
  expect(scoreCurve(equity, new Int32Array(0), 1000, 365)).toEqual({ totalReturn: 0, sharpe: null });
});

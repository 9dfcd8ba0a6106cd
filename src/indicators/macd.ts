import { apply, type Expr } from "../domain/expression.ts";
import { indicator, settlingRows } from "../domain/indicator.ts";
import { int } from "../domain/params.ts";
import { ExponentialAverage } from "./exponential-average.ts";
import { SignalLine } from "./signal-line.ts";

export const macdIndicator = indicator({
  name: "macd",
  summary: "Moving average convergence/divergence: a fast EMA minus a slow one, with a signal line.",
  formula:
    "macd = ema(x, fast) - ema(x, slow); signal = ema(macd, signal); histogram = macd - signal; every EMA is seeded by the mean of its own first values (Skender, backtrader; TA-Lib seeds the fast one later); all lines start on the row where the signal is known",
  source: "Appel, Technical Analysis: Power Tools for Active Investors (2005)",
  inputs: ["value"],
  outputs: ["macd", "signal", "histogram"],
  params: {
    fast: int(12, { min: 1, max: 400 }, "length of the fast EMA"),
    slow: int(26, { min: 1, max: 400 }, "length of the slow EMA"),
    signal: int(9, { min: 1, max: 400 }, "length of the signal's EMA"),
  },
  warmup: ({ fast, slow, signal }) => Math.max(fast, slow) - 1 + signal - 1,
  settling: ({ fast, slow, signal }) =>
    settlingRows(2 / (Math.max(fast, slow) + 1)) + settlingRows(2 / (signal + 1)),
  create({ fast, slow, signal }, out) {
    const fastAverage = new ExponentialAverage(fast);
    const slowAverage = new ExponentialAverage(slow);
    const signalLine = new SignalLine(signal, out);
    return (value) => signalLine.add(fastAverage.add(value) - slowAverage.add(value));
  },
});

/** Moving average convergence/divergence (Appel), in units of `value`. */
export function macd(
  value: Expr,
  fast = 12,
  slow = 26,
  signal = 9,
): { macd: Expr; signal: Expr; histogram: Expr } {
  const params = { fast, slow, signal };
  return {
    macd: apply(macdIndicator, [value], params, 0),
    signal: apply(macdIndicator, [value], params, 1),
    histogram: apply(macdIndicator, [value], params, 2),
  };
}

import { apply, type Expr } from "../domain/expression.ts";
import { indicator, settlingRows } from "../domain/indicator.ts";
import { int } from "../domain/params.ts";
import { ExponentialAverage } from "./exponential-average.ts";
import { SignalLine } from "./signal-line.ts";

export const ppoIndicator = indicator({
  name: "ppo",
  summary:
    "Percentage price oscillator: MACD in percent of the slow average, comparable between instruments.",
  formula:
    "ppo = 100 * (ema(x, fast) - ema(x, slow)) / ema(x, slow), 0 where the slow average is 0; signal = ema(ppo, signal); histogram = ppo - signal; every EMA is seeded by the mean of its own first values; all lines start on the row where the signal is known",
  source:
    "Appel, Technical Analysis: Power Tools for Active Investors (2005); Achelis (2001), Price Oscillator",
  inputs: ["value"],
  outputs: ["ppo", "signal", "histogram"],
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
    return (value) => {
      const base = slowAverage.add(value);
      const difference = fastAverage.add(value) - base;
      return signalLine.add(base === 0 ? 0 : (100 * difference) / base);
    };
  },
});

/** Percentage price oscillator: `ppo`, `signal` and `histogram` in percent of the slow average. */
export function ppo(
  value: Expr,
  fast = 12,
  slow = 26,
  signal = 9,
): { ppo: Expr; signal: Expr; histogram: Expr } {
  const params = { fast, slow, signal };
  return {
    ppo: apply(ppoIndicator, [value], params, 0),
    signal: apply(ppoIndicator, [value], params, 1),
    histogram: apply(ppoIndicator, [value], params, 2),
  };
}

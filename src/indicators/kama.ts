import { apply, type Expr } from "../domain/expression.ts";
import { indicator, settlingRows } from "../domain/indicator.ts";
import { int } from "../domain/params.ts";
import { EqualRun } from "./equal-run.ts";
import { LagWindow } from "./lag-window.ts";
import { RollingSum } from "./rolling-sum.ts";

export const kamaIndicator = indicator({
  name: "kama",
  summary:
    "Kaufman's adaptive moving average: fast while the price goes straight, almost still while it wavers.",
  formula:
    "kama[t] = kama[t-1] + s^2 * (x[t] - kama[t-1]); s = er * (2/(fast+1) - 2/(slow+1)) + 2/(slow+1); er = |x[t] - x[t-length]| / (sum of the last `length` |changes|), 1 where nothing moved; the first value is x itself, on row length - 1 (Skender, Tulip)",
  source: "Kaufman, Smarter Trading (1995)",
  inputs: ["value"],
  outputs: ["kama"],
  params: {
    length: int(10, { min: 1, max: 400 }, "rows of the efficiency ratio"),
    fast: int(2, { min: 1, max: 50 }, "EMA length in a straight market"),
    slow: int(30, { min: 2, max: 400 }, "EMA length in a wavering market"),
  },
  pane: "price",
  warmup: ({ length }) => length - 1,
  settling: ({ length, fast, slow }) => settlingRows(randomWalkSmoothing(length, fast, slow)),
  create({ length, fast, slow }) {
    const lagged = new LagWindow(length);
    const path = new RollingSum(length);
    const run = new EqualRun();
    const slowest = 2 / (slow + 1);
    const span = 2 / (fast + 1) - slowest;
    let rows = 0;
    let previous = Number.NaN;
    let average = Number.NaN;
    return (value) => {
      const start = lagged.add(value);
      const equalRows = run.add(value);
      const travelled = rows === 0 ? Number.NaN : path.add(Math.abs(value - previous));
      previous = value;
      rows += 1;
      if (rows < length) return Number.NaN;
      if (rows === length) return (average = value);
      const efficiency = equalRows > length ? 1 : Math.abs(value - start) / travelled;
      const smoothing = efficiency * span + slowest;
      average += smoothing * smoothing * (value - average);
      return average;
    };
  },
});

/**
 * The smoothing at the efficiency ratio that a random walk has on average, 1 / sqrt(length). A market that does
 * nothing but waver forgets more slowly, with 10, 2, 30 at worst in 1657 rows instead of 103.
 */
function randomWalkSmoothing(length: number, fast: number, slow: number): number {
  const slowest = 2 / (slow + 1);
  return ((2 / (fast + 1) - slowest) / Math.sqrt(length) + slowest) ** 2;
}

/** Kaufman's adaptive moving average, between an EMA of `fast` and the square of an EMA of `slow`. */
export function kama(value: Expr, length = 10, fast = 2, slow = 30): Expr {
  return apply(kamaIndicator, [value], { length, fast, slow });
}

import { apply, type Expr } from "../domain/expression.ts";
import { indicator, settlingRows } from "../domain/indicator.ts";
import { int } from "../domain/params.ts";
import { RelativeStrength } from "./relative-strength.ts";

export const rsiIndicator = indicator({
  name: "rsi",
  summary: "Relative strength index: the share of gains in all recent movement, 0 to 100.",
  formula:
    "rsi[t] = 100 * gain / (gain + loss); gain and loss are Wilder averages of the upward and downward changes, seeded by the mean of the first `length` changes; 50 while nothing has moved",
  source: "Wilder, New Concepts in Technical Trading Systems (1978)",
  inputs: ["value"],
  outputs: ["rsi"],
  params: { length: int(14, { min: 1, max: 400 }) },
  warmup: ({ length }) => length,
  settling: ({ length }) => settlingRows(1 / length),
  create({ length }) {
    const strength = new RelativeStrength(length);
    return (value) => strength.add(value);
  },
});

/** Wilder's relative strength index, 0 to 100. */
export function rsi(value: Expr, length = 14): Expr {
  return apply(rsiIndicator, [value], { length });
}

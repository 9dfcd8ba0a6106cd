import type { BarRange } from "../../ports/bar-source.ts";

/** What is left of a range when another one of the same topic is taken out: none, one or two ranges. */
export function without(range: BarRange, taken: BarRange): readonly BarRange[] {
  if (range.symbol !== taken.symbol || range.timeframe !== taken.timeframe) return [range];
  const before = { ...range, toMs: Math.min(range.toMs, taken.fromMs) };
  const after = { ...range, fromMs: Math.max(range.fromMs, taken.toMs) };
  return [before, after].filter(({ fromMs, toMs }) => fromMs < toMs);
}

import type { BarSeries, Expr } from "../domain/expression.ts";
import type { RegimeLabel } from "../domain/regime.ts";

/** What a detector says on every bar, as series over the bars it was given. All of it is causal: series cannot be otherwise. */
export type RegimeSeries = {
  /** Filtered probability of each label, 0 to 1; they add up to 1. `unknown` is 1 while the detector cannot tell. */
  readonly posterior: Readonly<Record<RegimeLabel, Expr>>;
  /** Index into `regimeLabels` of the regime in force, after threshold, hysteresis and minimum dwell. */
  readonly label: Expr;
  /** Bars since the regime in force began, 0 on its first bar. */
  readonly dwell: Expr;
  /** Bars that the regime in force is expected to last from its beginning; NaN where the detector has no such estimate. */
  readonly expectedDwell: Expr;
};

/** Tells the regime of the market from bars. */
export type RegimeDetector = (bars: BarSeries) => RegimeSeries;

/** How a printed number is to be read: stands beside every metric. */
export type MetricDefinition = {
  /** Its key in `MetricsReport`. */
  readonly key: string;
  readonly label: string;
  readonly unit: "fraction" | "money" | "ratio" | "count" | "time" | "duration";
  /**
   * The formula in words and symbols. N is the number of trading days per year, n the number of days seen, r the daily
   * simple returns of equity, rf the risk-free rate per year.
   */
  readonly convention: string;
  readonly source: string;
  readonly better: "higher" | "lower" | null;
};

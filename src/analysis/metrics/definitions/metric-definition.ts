/** How a printed number is to be read: stands beside every metric. */
export type MetricDefinition = {
  /** Its key in `MetricsReport`. */
  readonly key: string;
  readonly label: string;
  readonly unit: "fraction" | "money" | "ratio" | "count" | "time" | "duration";
  /**
   * The formula in words and symbols. r are the simple returns of equity by trading day, or by bar where bars are
   * longer than a day, n their number, N their number per year as measured, rf the risk-free rate per year.
   */
  readonly convention: string;
  readonly source: string;
  readonly better: "higher" | "lower" | null;
};

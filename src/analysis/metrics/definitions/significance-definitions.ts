import type { MetricDefinition } from "./metric-definition.ts";

/** How much the Sharpe ratio can be trusted. */
export const significanceDefinitions = [
  {
    key: "sharpePerPeriod",
    label: "Sharpe ratio per return",
    unit: "ratio",
    convention: "SR = mean(r - rf/N) / std(r, ddof 1), not annualised",
    source: "Sharpe, The Sharpe Ratio (1994)",
    better: "higher",
  },
  {
    key: "psr",
    label: "Probabilistic Sharpe ratio",
    unit: "fraction",
    convention:
      "Phi(SR x sqrt(n - 1) / sqrt(1 - g3 SR + (g4 - 1)/4 SR^2)): probability that the true Sharpe ratio is above 0; " +
      "SR = mean(r - rf/N) / std(r, ddof 1), g3 skewness, g4 raw kurtosis",
    source: "Bailey and Lopez de Prado, The Sharpe Ratio Efficient Frontier (2012)",
    better: "higher",
  },
  {
    key: "dsr",
    label: "Deflated Sharpe ratio",
    unit: "fraction",
    convention:
      "PSR against SR0, the best Sharpe ratio expected of K trials without skill; none where K is unknown",
    source: "Bailey and Lopez de Prado, The Deflated Sharpe Ratio (2014)",
    better: "higher",
  },
  {
    key: "expectedMaximumSharpe",
    label: "Expected maximum Sharpe ratio",
    unit: "ratio",
    convention:
      "SR0 = sqrt(V) ((1 - g) z(1 - 1/K) + g z(1 - 1/(K e))), per return, g = 0.5772, z normal quantile, V variance of the " +
      "trials' Sharpe ratios, 1 / (n - 1) where not given; 0 for one trial",
    source: "Bailey and Lopez de Prado, The Deflated Sharpe Ratio (2014)",
    better: null,
  },
  {
    key: "trialCount",
    label: "Trials",
    unit: "count",
    convention: "K: configurations tried on these data, this one included",
    source: "trial ledger",
    better: null,
  },
  {
    key: "minTrackRecordLength",
    label: "Minimum track record",
    unit: "count",
    convention:
      "1 + (1 - g3 SR + (g4 - 1)/4 SR^2) (1.6449 / SR)^2 returns: from here on the Sharpe ratio seen is above 0 with 95 % " +
      "confidence; none where SR is not positive",
    source: "Bailey and Lopez de Prado, The Sharpe Ratio Efficient Frontier (2012)",
    better: "lower",
  },
] as const satisfies readonly MetricDefinition[];

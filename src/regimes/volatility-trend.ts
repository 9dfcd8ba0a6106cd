import { indicator } from "../domain/indicator.ts";
import { float, int } from "../domain/params.ts";
import { regimeLabels } from "../domain/regime.ts";
import { definePlugin } from "../ports/plugin.ts";
import { HmmFeatures } from "./hmm-features.ts";
import { logistic } from "./logistic.ts";
import { regimeOutputs, regimeSeries, RegimeWriter, switchParams } from "./regime-series.ts";
import { RollingMedian } from "./rolling-median.ts";

const options = {
  trendBars: int(72, { min: 4, max: 2_000 }, "bars over which a trend is measured"),
  trendSignal: float(1.5, { min: 0, max: 6, step: 0.25 }, "t-statistic from which a move is rather a trend"),
  volatilityBars: int(24, { min: 2, max: 2_000 }, "bars over which volatility is measured"),
  usualBars: int(1_000, { min: 20, max: 100_000, step: 20 }, "bars whose median volatility is the usual one"),
  volatileRatio: float(
    1.6,
    { min: 1, max: 5, step: 0.1 },
    "times the usual volatility from which a market is rather volatile",
  ),
  ...switchParams(0.8, 0.3, 24),
};

/** Softness of the borders: in t-statistics, and in logarithms of volatility. */
const [trendWidth, volatileWidth] = [0.3, 0.1] as const;
/** Shares in the order of `regimeLabels`. */
const [up, down, sideways, volatile] = [0, 1, 2, 3] as const;
/** Regimes that last long have passed by this many times the bars they are kept at least. */
const dwellsToSettle = 5;

const definition = indicator({
  name: "regime-volatility-trend",
  summary:
    "Shares of trend-up, trend-down, sideways and volatile by a t-statistic of the drift and by volatility.",
  formula:
    "volatile = logistic((ln(volatility / usual) - ln(volatileRatio)) / 0.1), where volatility is the mean of " +
    "ln(high / low), gaps included, over `volatilityBars` and usual its median over `usualBars`; of the rest, " +
    "trend-up = logistic((t - trendSignal) / 0.3), trend-down alike with -t, sideways what is left; " +
    "t = return / (deviation * sqrt(trendBars)), the deviation taken from the mean range (Feller 1951)",
  source: "rules of Kiwi's own; ranges as in Parkinson (1980), Journal of Business 53:61-65",
  inputs: ["high", "low", "close"],
  outputs: regimeOutputs,
  params: options,
  warmup: ({ trendBars, volatilityBars, usualBars }) => Math.max(trendBars, volatilityBars + usualBars - 1),
  settling: ({ dwellBarsMin }) => dwellsToSettle * dwellBarsMin,
  create(params, out) {
    const trend = new HmmFeatures(params.trendBars);
    const volatility = new HmmFeatures(params.volatilityBars);
    const usual = new RollingMedian(params.usualBars);
    const writer = new RegimeWriter(out, params);
    const shares = new Float64Array(regimeLabels.length);
    const ratio = Math.log(params.volatileRatio);
    let rowsUntilUsual = params.usualBars;
    return (high, low, close) => {
      trend.next(high, low, close);
      volatility.next(high, low, close);
      const [t, level] = [trend.row[0]!, volatility.row[1]!];
      if (Number.isNaN(level)) return writer.writeUnknown();
      const above = level - usual.add(level);
      rowsUntilUsual -= 1;
      if (rowsUntilUsual > 0 || Number.isNaN(t)) return writer.writeUnknown();
      const wild = logistic(above - ratio, volatileWidth);
      shares[volatile] = wild;
      shares[up] = (1 - wild) * logistic(t - params.trendSignal, trendWidth);
      shares[down] = (1 - wild) * logistic(-t - params.trendSignal, trendWidth);
      // Up and down never add up to more than the rest, as `trendSignal` is not negative; rounding may.
      shares[sideways] = Math.max(0, 1 - wild - shares[up]! - shares[down]!);
      return writer.write(shares);
    };
  },
});

/** Rules that need no training: for short histories, and as what a trained model has to beat. */
export const volatilityTrend = definePlugin({
  kind: "regime",
  name: "volatility-trend",
  summary:
    "Tells trends, ranges and volatile markets by rules: a t-statistic of the drift and the usual volatility.",
  options,
  create: (params) => (bars) => regimeSeries(definition, [bars.high, bars.low, bars.close], params),
});

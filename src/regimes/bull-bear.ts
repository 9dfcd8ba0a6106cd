import { indicator } from "../domain/indicator.ts";
import { float, int } from "../domain/params.ts";
import { regimeLabels } from "../domain/regime.ts";
import { LagWindow } from "../indicators/lag-window.ts";
import { RollingSum } from "../indicators/rolling-sum.ts";
import { definePlugin } from "../ports/plugin.ts";
import { HmmFeatures } from "./hmm-features.ts";
import { logistic } from "./logistic.ts";
import { regimeOutputs, regimeSeries, RegimeWriter, switchParams } from "./regime-series.ts";

const options = {
  averageBars: int(200, { min: 5, max: 5_000 }, "bars of the long average"),
  slopeBars: int(20, { min: 1, max: 1_000 }, "bars over which the slope of the average is measured"),
  softness: float(
    0.5,
    { min: 0.05, max: 5, step: 0.05 },
    "width of the border between the two, in standard deviations",
  ),
  ...switchParams(0.6, 0.1, 10),
};

const [up, down] = [0, 1] as const;
/** Regimes that last long have passed by this many times the bars they are kept at least. */
const dwellsToSettle = 5;

const definition = indicator({
  name: "regime-bull-bear",
  summary: "Share of a bullish (trend-up) and a bearish (trend-down) market by a long average and its slope.",
  formula:
    "trend-up = logistic((distance + slope) / 2 / softness), trend-down = 1 - trend-up; average = mean of ln(close) " +
    "over n = averageBars; distance = (ln(close) - average) / (deviation * sqrt(n / 3)); slope = (average - average " +
    "s = slopeBars ago) / (deviation * s / sqrt(n)): about 1 standard deviation each where prices walk at random; " +
    "deviation of a bar from the mean range over n bars",
  source:
    "Faber, A Quantitative Approach to Tactical Asset Allocation (2007); the slope and the shares are Kiwi's own",
  inputs: ["high", "low", "close"],
  outputs: regimeOutputs,
  params: options,
  warmup: ({ averageBars, slopeBars }) => averageBars + slopeBars,
  settling: ({ dwellBarsMin }) => dwellsToSettle * dwellBarsMin,
  create({ averageBars, slopeBars, softness, ...switching }, out) {
    const features = new HmmFeatures(averageBars);
    const logCloses = new RollingSum(averageBars);
    const averages = new LagWindow(slopeBars);
    const writer = new RegimeWriter(out, switching);
    const shares = new Float64Array(regimeLabels.length);
    const distanceUnit = Math.sqrt(averageBars / 3);
    const slopeUnit = slopeBars / Math.sqrt(averageBars);
    return (high, low, close) => {
      if (!features.next(high, low, close)) return writer.writeUnknown();
      const logClose = Math.log(close);
      const average = logCloses.mean(logClose);
      const rise = average - averages.add(average);
      const deviation = Math.exp(features.row[1]!);
      const distance = (logClose - average) / (deviation * distanceUnit);
      const slope = rise / (deviation * slopeUnit);
      const bullish = logistic((distance + slope) / 2, softness);
      if (Number.isNaN(bullish)) return writer.writeUnknown();
      shares[up] = bullish;
      shares[down] = 1 - bullish;
      return writer.write(shares);
    };
  },
});

/** The oldest regime rule there is, made soft: above a rising long average is bullish, below a falling one bearish. */
export const bullBear = definePlugin({
  kind: "regime",
  name: "bull-bear",
  summary: "Tells bullish (trend-up) from bearish (trend-down) markets by a long average and its slope.",
  options,
  create: (params) => (bars) => regimeSeries(definition, [bars.high, bars.low, bars.close], params),
});

import { adx } from "../indicators/adx.ts";
import { aroon } from "../indicators/aroon.ts";
import { choppiness } from "../indicators/choppiness.ts";
import { cmf } from "../indicators/cmf.ts";
import { efficiencyRatio } from "../indicators/efficiency-ratio.ts";
import { garmanKlass } from "../indicators/garman-klass.ts";
import { highest } from "../indicators/highest.ts";
import { linearRegressionSlope } from "../indicators/linear-regression-slope.ts";
import { logReturn } from "../indicators/log-return.ts";
import { lowest } from "../indicators/lowest.ts";
import { minus } from "../indicators/minus.ts";
import { over } from "../indicators/over.ts";
import { percentRank } from "../indicators/percent-rank.ts";
import { realizedVolatility } from "../indicators/realized-volatility.ts";
import { roc } from "../indicators/roc.ts";
import { rollingStd } from "../indicators/rolling-std.ts";
import { rsi } from "../indicators/rsi.ts";
import { sma } from "../indicators/sma.ts";
import { stochastic } from "../indicators/stochastic.ts";
import { zScore } from "../indicators/z-score.ts";
import { timeOfYear } from "./calendar-phase.ts";
import { anything, change, featureSet, percent, positive, share, unit } from "./feature-set.ts";
import { higherTimeframe } from "./higher-timeframe.ts";

/** For models that look days to months ahead: 250 bars, regimes of volatility, and half a year of the next timeframe. */
export const longFeatures = featureSet({
  name: "long",
  version: 1,
  summary: "250 bars and the next timeframe above: slow trend, drawdown, regimes of volatility, season.",
  notes: {
    return20: { meaning: "Change of the close over 20 bars, percent.", range: change },
    return60: { meaning: "Change of the close over 60 bars, percent.", range: change },
    return120: { meaning: "Change of the close over 120 bars, percent.", range: change },
    return250: { meaning: "Change of the close over 250 bars, percent.", range: change },
    returnScore: {
      meaning: "The last log return in standard deviations of the last 250 around their mean.",
      range: [-15.8, 15.8],
    },
    rsi28: { meaning: "Relative strength index over 28 bars.", range: percent },
    trendStrength: { meaning: "ADX over 28 bars: how directed the movement is, either way.", range: percent },
    averageDistance: { meaning: "Close over its mean of 200 bars, less 1.", range: [-1, Infinity] },
    averageSpread: { meaning: "Mean close of 50 bars over that of 200, less 1.", range: [-1, Infinity] },
    slope: {
      meaning: "Slope of the line through 120 closes per bar, as a fraction of their mean.",
      range: anything,
    },
    newHighs: {
      meaning: "Aroon up over 120 bars: 100 at a new high, 0 where the last is 120 bars old.",
      range: percent,
    },
    newLows: {
      meaning: "Aroon down over 120 bars: 100 at a new low, 0 where the last is 120 bars old.",
      range: percent,
    },
    channelPosition: {
      meaning: "Where the close lies in the range of 250 bars, percent; 50 on flat bars.",
      range: percent,
    },
    drawdown: { meaning: "Close over the highest high of 250 bars, less 1.", range: [-1, 0] },
    rise: { meaning: "Close over the lowest low of 250 bars, less 1.", range: positive },
    efficiency: {
      meaning: "Net movement over all movement of 60 bars: 1 a straight line; 0 where nothing moved.",
      range: share,
    },
    choppiness: { meaning: "Choppiness over 50 bars: 100 for movement that leads nowhere.", range: percent },
    volatility: { meaning: "Standard deviation of 20 log returns, per bar.", range: positive },
    volatilityRatio: {
      meaning: "Volatility of 20 bars over that of 120; NaN where 120 closes are equal.",
      range: positive,
    },
    volatilityRank: {
      meaning: "Share of the last 250 bars whose volatility was below the present one.",
      range: share,
    },
    volatilityChange: {
      meaning:
        "Standard deviation of the volatility over 60 bars as a fraction of its mean; NaN where it is 0.",
      range: positive,
    },
    rangeVolatilityRatio: {
      meaning:
        "Garman-Klass volatility of 20 bars over that of their closes: how much happens inside bars; NaN where 20 closes are equal.",
      range: positive,
    },
    volumeTrend: {
      meaning:
        "Mean volume of 20 bars in standard deviations of its last 120 values; 0 where the source has none.",
      range: [-11, 11],
    },
    moneyFlow: {
      meaning: "Whether volume of 60 bars traded near highs (1) or lows (-1); 0 where the source has none.",
      range: unit,
    },
    higherReturn4: {
      meaning: "Change of the close over 4 closed bars of the next timeframe, percent.",
      range: change,
    },
    higherReturn13: {
      meaning: "Change of the close over 13 closed bars of the next timeframe, percent.",
      range: change,
    },
    higherScore: {
      meaning: "Last close of the next timeframe in standard deviations of 26 around their mean.",
      range: [-5, 5],
    },
    higherPosition: {
      meaning: "Where that close lies in the range of 26 bars of the next timeframe, percent.",
      range: percent,
    },
    higherDrawdown: {
      meaning: "That close over the highest high of 26 bars of the next timeframe, less 1.",
      range: [-1, 0],
    },
    higherVolatilityRatio: {
      meaning: "Volatility of 6 bars over that of 26, next timeframe; NaN where 26 closes are equal.",
      range: positive,
    },
    timeOfYearSine: { meaning: "Time of the year as a point on a circle: sine.", range: unit },
    timeOfYearCosine: { meaning: "Time of the year as a point on a circle: cosine.", range: unit },
  },
  features({ bars, tf, timeframe }) {
    const { close, high, low, volume, time } = bars;
    const higher = tf(higherTimeframe(timeframe));
    const volatility = realizedVolatility(close, 20);
    const extremes = aroon(bars, 120);
    const slowAverage = sma(close, 200);
    const year = timeOfYear(time);
    return {
      return20: roc(close, 20),
      return60: roc(close, 60),
      return120: roc(close, 120),
      return250: roc(close, 250),
      returnScore: zScore(logReturn(close), 250),
      rsi28: rsi(close, 28),
      trendStrength: adx(bars, 28).adx,
      averageDistance: minus(over(close, slowAverage), 1),
      averageSpread: minus(over(sma(close, 50), slowAverage), 1),
      slope: over(linearRegressionSlope(close, 120), sma(close, 120)),
      newHighs: extremes.up,
      newLows: extremes.down,
      channelPosition: stochastic(bars, 250, 1, 1).k,
      drawdown: minus(over(close, highest(high, 250)), 1),
      rise: minus(over(close, lowest(low, 250)), 1),
      efficiency: efficiencyRatio(close, 60),
      choppiness: choppiness(bars, 50),
      volatility,
      volatilityRatio: over(volatility, realizedVolatility(close, 120)),
      volatilityRank: percentRank(volatility, 250),
      volatilityChange: over(rollingStd(volatility, 60), sma(volatility, 60)),
      rangeVolatilityRatio: over(garmanKlass(bars, 20), volatility),
      volumeTrend: zScore(sma(volume, 20), 120),
      moneyFlow: cmf(bars, 60),
      higherReturn4: roc(higher.close, 4),
      higherReturn13: roc(higher.close, 13),
      higherScore: zScore(higher.close, 26),
      higherPosition: stochastic(higher, 26, 1, 1).k,
      higherDrawdown: minus(over(higher.close, highest(higher.high, 26)), 1),
      higherVolatilityRatio: over(realizedVolatility(higher.close, 6), realizedVolatility(higher.close, 26)),
      timeOfYearSine: year.sine,
      timeOfYearCosine: year.cosine,
    };
  },
});

import { adx } from "../indicators/adx.ts";
import { aroon } from "../indicators/aroon.ts";
import { atr } from "../indicators/atr.ts";
import { cci } from "../indicators/cci.ts";
import { choppiness } from "../indicators/choppiness.ts";
import { cmf } from "../indicators/cmf.ts";
import { efficiencyRatio } from "../indicators/efficiency-ratio.ts";
import { garmanKlass } from "../indicators/garman-klass.ts";
import { highest } from "../indicators/highest.ts";
import { linearRegressionSlope } from "../indicators/linear-regression-slope.ts";
import { logReturn } from "../indicators/log-return.ts";
import { mfi } from "../indicators/mfi.ts";
import { minus } from "../indicators/minus.ts";
import { over } from "../indicators/over.ts";
import { percentRank } from "../indicators/percent-rank.ts";
import { ppo } from "../indicators/ppo.ts";
import { realizedVolatility } from "../indicators/realized-volatility.ts";
import { roc } from "../indicators/roc.ts";
import { rsi } from "../indicators/rsi.ts";
import { sma } from "../indicators/sma.ts";
import { stochastic } from "../indicators/stochastic.ts";
import { supertrend } from "../indicators/supertrend.ts";
import { zScore } from "../indicators/z-score.ts";
import { timeOfWeek } from "./calendar-phase.ts";
import { anything, change, featureSet, percent, positive, share, unit } from "./feature-set.ts";
import { higherTimeframe } from "./higher-timeframe.ts";

/** For models that look hours to days ahead: trend and volatility of the last hundred bars, and the next timeframe. */
export const mediumFeatures = featureSet({
  name: "medium",
  version: 1,
  summary:
    "The last hundred bars and the next timeframe above: trend, channel, volatility, volume and drawdown.",
  notes: {
    return5: { meaning: "Change of the close over 5 bars, percent.", range: change },
    return20: { meaning: "Change of the close over 20 bars, percent.", range: change },
    return60: { meaning: "Change of the close over 60 bars, percent.", range: change },
    return120: { meaning: "Change of the close over 120 bars, percent.", range: change },
    returnScore: {
      meaning: "The last log return in standard deviations of the last 100 around their mean.",
      range: [-10, 10],
    },
    rsi14: { meaning: "Relative strength index over 14 bars.", range: percent },
    rsi28: { meaning: "Relative strength index over 28 bars.", range: percent },
    trendStrength: { meaning: "ADX over 14 bars: how directed the movement is, either way.", range: percent },
    directionSpread: {
      meaning: "Upward less downward directional indicator over 14 bars.",
      range: [-100, 100],
    },
    newExtremes: {
      meaning: "Aroon oscillator over 25 bars: 100 at a new high, -100 at a new low.",
      range: [-100, 100],
    },
    ppo: { meaning: "MACD 12/26 in percent of the slow average.", range: anything },
    ppoHistogram: { meaning: "ppo less its average over 9 bars.", range: anything },
    commodityChannel: { meaning: "Commodity channel index over 20 bars; 0 on flat bars.", range: anything },
    averageDistance: {
      meaning:
        "Close less its mean of 50 bars, in average true ranges of 20; NaN where nothing has ever moved.",
      range: anything,
    },
    averageSpread: {
      meaning:
        "Mean close of 20 bars less that of 100, in average true ranges of 20; NaN where nothing has ever moved.",
      range: anything,
    },
    slope: {
      meaning:
        "Slope of the line through 50 closes, average true ranges of 20 per bar; NaN where nothing has ever moved.",
      range: anything,
    },
    channelPosition: {
      meaning: "Where the close lies in the range of 55 bars, percent; 50 on flat bars.",
      range: percent,
    },
    supertrend: {
      meaning: "Direction of the supertrend line (10 bars, 3 ranges): 1 up, -1 down.",
      range: unit,
    },
    efficiency: {
      meaning: "Net movement over all movement of 20 bars: 1 a straight line; 0 where nothing moved.",
      range: share,
    },
    choppiness: { meaning: "Choppiness over 14 bars: 100 for movement that leads nowhere.", range: percent },
    volatility: { meaning: "Standard deviation of 20 log returns, per bar.", range: positive },
    volatilityRatio: {
      meaning: "Volatility of 20 bars over that of 100; NaN where 100 closes are equal.",
      range: positive,
    },
    volatilityRank: {
      meaning: "Share of the last 100 bars whose volatility was below the present one.",
      range: share,
    },
    rangeVolatility: {
      meaning: "Garman-Klass volatility of 20 bars from open, high, low and close, per bar.",
      range: positive,
    },
    drawdown: { meaning: "Close over the highest high of 100 bars, less 1.", range: [-1, 0] },
    volumeScore: {
      meaning: "Volume in standard deviations of the last 50 around their mean; 0 where the source has none.",
      range: [-7, 7],
    },
    moneyFlow: {
      meaning: "Whether volume of 20 bars traded near highs (1) or lows (-1); 0 where the source has none.",
      range: unit,
    },
    moneyFlowIndex: {
      meaning: "Share of 14 bars' turnover on rising prices, percent; 50 where the source has no volume.",
      range: percent,
    },
    higherReturn5: {
      meaning: "Change of the close over 5 closed bars of the next timeframe, percent.",
      range: change,
    },
    higherScore: {
      meaning: "Last close of the next timeframe in standard deviations of 20 around their mean.",
      range: [-4.4, 4.4],
    },
    higherPosition: {
      meaning: "Where that close lies in the range of 14 bars of the next timeframe, percent.",
      range: percent,
    },
    higherVolatilityRatio: {
      meaning: "Volatility of 5 bars over that of 20, next timeframe; NaN where 20 closes are equal.",
      range: positive,
    },
    sinceHigherClose: {
      meaning: "Close over the last close of the next timeframe, less 1.",
      range: [-1, Infinity],
    },
    timeOfWeekSine: {
      meaning: "Time in the UTC week from Monday as a point on a circle: sine.",
      range: unit,
    },
    timeOfWeekCosine: {
      meaning: "Time in the UTC week from Monday as a point on a circle: cosine.",
      range: unit,
    },
  },
  features({ bars, tf, timeframe }) {
    const { close, high, volume, time } = bars;
    const higher = tf(higherTimeframe(timeframe));
    const averageRange = atr(bars, 20);
    const direction = adx(bars, 14);
    const trend = ppo(close, 12, 26, 9);
    const volatility = realizedVolatility(close, 20);
    const week = timeOfWeek(time);
    return {
      return5: roc(close, 5),
      return20: roc(close, 20),
      return60: roc(close, 60),
      return120: roc(close, 120),
      returnScore: zScore(logReturn(close), 100),
      rsi14: rsi(close, 14),
      rsi28: rsi(close, 28),
      trendStrength: direction.adx,
      directionSpread: minus(direction.plusDi, direction.minusDi),
      newExtremes: aroon(bars, 25).oscillator,
      ppo: trend.ppo,
      ppoHistogram: trend.histogram,
      commodityChannel: cci(bars, 20),
      averageDistance: over(minus(close, sma(close, 50)), averageRange),
      averageSpread: over(minus(sma(close, 20), sma(close, 100)), averageRange),
      slope: over(linearRegressionSlope(close, 50), averageRange),
      channelPosition: stochastic(bars, 55, 1, 1).k,
      supertrend: supertrend(bars, 10, 3).direction,
      efficiency: efficiencyRatio(close, 20),
      choppiness: choppiness(bars, 14),
      volatility,
      volatilityRatio: over(volatility, realizedVolatility(close, 100)),
      volatilityRank: percentRank(volatility, 100),
      rangeVolatility: garmanKlass(bars, 20),
      drawdown: minus(over(close, highest(high, 100)), 1),
      volumeScore: zScore(volume, 50),
      moneyFlow: cmf(bars, 20),
      moneyFlowIndex: mfi(bars, 14),
      higherReturn5: roc(higher.close, 5),
      higherScore: zScore(higher.close, 20),
      higherPosition: stochastic(higher, 14, 1, 1).k,
      higherVolatilityRatio: over(realizedVolatility(higher.close, 5), realizedVolatility(higher.close, 20)),
      sinceHigherClose: minus(over(close, higher.close), 1),
      timeOfWeekSine: week.sine,
      timeOfWeekCosine: week.cosine,
    };
  },
});

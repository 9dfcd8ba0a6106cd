import { atr } from "../indicators/atr.ts";
import { bollinger } from "../indicators/bollinger.ts";
import { cmf } from "../indicators/cmf.ts";
import { efficiencyRatio } from "../indicators/efficiency-ratio.ts";
import { ema } from "../indicators/ema.ts";
import { logReturn } from "../indicators/log-return.ts";
import { minus } from "../indicators/minus.ts";
import { natr } from "../indicators/natr.ts";
import { over } from "../indicators/over.ts";
import { ppo } from "../indicators/ppo.ts";
import { roc } from "../indicators/roc.ts";
import { rsi } from "../indicators/rsi.ts";
import { stochasticRsi } from "../indicators/stochastic-rsi.ts";
import { stochastic } from "../indicators/stochastic.ts";
import { trueRange } from "../indicators/true-range.ts";
import { vwap } from "../indicators/vwap.ts";
import { zScore } from "../indicators/z-score.ts";
import { timeOfDay, timeOfWeek } from "./calendar-phase.ts";
import { anything, change, featureSet, percent, positive, share, unit } from "./feature-set.ts";

/** For models that look minutes to hours ahead: the last few dozen bars, all of one timeframe. */
export const shortFeatures = featureSet({
  name: "short",
  version: 1,
  summary: "The last few dozen bars: returns, oscillators, ranges, volume and the time of day and week.",
  notes: {
    return1: { meaning: "Change of the close over 1 bar, percent.", range: change },
    return3: { meaning: "Change of the close over 3 bars, percent.", range: change },
    return6: { meaning: "Change of the close over 6 bars, percent.", range: change },
    return12: { meaning: "Change of the close over 12 bars, percent.", range: change },
    return24: { meaning: "Change of the close over 24 bars, percent.", range: change },
    returnScore: {
      meaning: "The last log return in standard deviations of the last 50 around their mean.",
      range: [-7, 7],
    },
    rsi7: { meaning: "Relative strength index over 7 bars.", range: percent },
    rsi14: { meaning: "Relative strength index over 14 bars.", range: percent },
    stochasticK: {
      meaning: "Where the close lies in the range of 14 bars, mean of 3, percent.",
      range: percent,
    },
    stochasticD: { meaning: "stochasticK, mean of 3 more.", range: percent },
    stochasticRsi: {
      meaning: "Where the RSI lies in its own range of 14 bars, mean of 3, percent.",
      range: percent,
    },
    ppo: { meaning: "MACD 12/26 in percent of the slow average.", range: anything },
    ppoHistogram: { meaning: "ppo less its average over 9 bars.", range: anything },
    rangePercent: { meaning: "Average true range of 14 bars in percent of the close.", range: positive },
    rangeRatio: {
      meaning:
        "Average true range of 7 bars over that of 28; above 1 while ranges widen; NaN where nothing has ever moved.",
      range: positive,
    },
    rangeShare: {
      meaning: "True range of the bar in average true ranges of 14; NaN where nothing has ever moved.",
      range: [0, 14],
    },
    barBody: {
      meaning: "Close less open in average true ranges of 14; NaN where nothing has ever moved.",
      range: [-14, 14],
    },
    barPosition: {
      meaning: "Where the close lies between the bar's low and high, percent; 50 where they are equal.",
      range: percent,
    },
    bandPosition: {
      meaning:
        "Where the close lies between the Bollinger bands (20 bars, 2 deviations): 0 the lower, 1 the upper; 0.5 on a flat window.",
      range: [-0.6, 1.6],
    },
    bandWidth: { meaning: "Distance of the Bollinger bands as a fraction of their middle.", range: positive },
    averageDistance: {
      meaning:
        "Close less its exponential average of 20 bars, in average true ranges of 14; NaN where nothing has ever moved.",
      range: anything,
    },
    averageSpread: {
      meaning:
        "Exponential average of 9 bars less that of 21, in average true ranges of 14; NaN where nothing has ever moved.",
      range: anything,
    },
    vwapDistance: {
      meaning:
        "Close less the session's volume-weighted price, in average true ranges of 14; NaN where nothing has ever moved.",
      range: anything,
    },
    efficiency: {
      meaning: "Net movement over all movement of 10 bars: 1 a straight line; 0 where nothing moved.",
      range: share,
    },
    volumeScore: {
      meaning: "Volume in standard deviations of the last 20 around their mean; 0 where the source has none.",
      range: [-4.4, 4.4],
    },
    moneyFlow: {
      meaning: "Whether volume of 20 bars traded near highs (1) or lows (-1); 0 where the source has none.",
      range: unit,
    },
    timeOfDaySine: {
      meaning: "UTC time of day as a point on a circle: sine. The same on every daily bar.",
      range: unit,
    },
    timeOfDayCosine: { meaning: "UTC time of day as a point on a circle: cosine.", range: unit },
    timeOfWeekSine: {
      meaning: "Time in the UTC week from Monday as a point on a circle: sine.",
      range: unit,
    },
    timeOfWeekCosine: {
      meaning: "Time in the UTC week from Monday as a point on a circle: cosine.",
      range: unit,
    },
  },
  features({ bars }) {
    const { open, close, volume, time } = bars;
    const averageRange = atr(bars, 14);
    const slow = stochastic(bars, 14, 3, 3);
    const trend = ppo(close, 12, 26, 9);
    const bands = bollinger(close, 20, 2);
    const [day, week] = [timeOfDay(time), timeOfWeek(time)];
    return {
      return1: roc(close, 1),
      return3: roc(close, 3),
      return6: roc(close, 6),
      return12: roc(close, 12),
      return24: roc(close, 24),
      returnScore: zScore(logReturn(close), 50),
      rsi7: rsi(close, 7),
      rsi14: rsi(close, 14),
      stochasticK: slow.k,
      stochasticD: slow.d,
      stochasticRsi: stochasticRsi(close, 14, 14, 3, 3).k,
      ppo: trend.ppo,
      ppoHistogram: trend.histogram,
      rangePercent: natr(bars, 14),
      rangeRatio: over(atr(bars, 7), atr(bars, 28)),
      rangeShare: over(trueRange(bars), averageRange),
      barBody: over(minus(close, open), averageRange),
      barPosition: stochastic(bars, 1, 1, 1).k,
      bandPosition: bands.percentB,
      bandWidth: bands.width,
      averageDistance: over(minus(close, ema(close, 20)), averageRange),
      averageSpread: over(minus(ema(close, 9), ema(close, 21)), averageRange),
      vwapDistance: over(minus(close, vwap(bars)), averageRange),
      efficiency: efficiencyRatio(close, 10),
      volumeScore: zScore(volume, 20),
      moneyFlow: cmf(bars, 20),
      timeOfDaySine: day.sine,
      timeOfDayCosine: day.cosine,
      timeOfWeekSine: week.sine,
      timeOfWeekCosine: week.cosine,
    };
  },
});

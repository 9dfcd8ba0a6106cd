import { didYouMean } from "../../base/nearest.ts";
import { KiwiError } from "../../base/errors.ts";
import type { IndicatorDefinition } from "../../domain/indicator.ts";
import { aboveIndicator } from "../../indicators/above.ts";
import { absoluteIndicator } from "../../indicators/absolute.ts";
import { adxIndicator } from "../../indicators/adx.ts";
import { aroonIndicator } from "../../indicators/aroon.ts";
import { atrIndicator } from "../../indicators/atr.ts";
import { belowIndicator } from "../../indicators/below.ts";
import { bollingerIndicator } from "../../indicators/bollinger.ts";
import { bothIndicator } from "../../indicators/both.ts";
import { cciIndicator } from "../../indicators/cci.ts";
import { choppinessIndicator } from "../../indicators/choppiness.ts";
import { cmfIndicator } from "../../indicators/cmf.ts";
import { crossingIndicator } from "../../indicators/crossing.ts";
import { crossoverIndicator } from "../../indicators/crossover.ts";
import { crossunderIndicator } from "../../indicators/crossunder.ts";
import { demaIndicator } from "../../indicators/dema.ts";
import { donchianIndicator } from "../../indicators/donchian.ts";
import { efficiencyRatioIndicator } from "../../indicators/efficiency-ratio.ts";
import { eitherIndicator } from "../../indicators/either.ts";
import { emaIndicator } from "../../indicators/ema.ts";
import { garmanKlassIndicator } from "../../indicators/garman-klass.ts";
import { highestIndicator } from "../../indicators/highest.ts";
import { hmaIndicator } from "../../indicators/hma.ts";
import { ichimokuIndicator } from "../../indicators/ichimoku.ts";
import { kamaIndicator } from "../../indicators/kama.ts";
import { keltnerIndicator } from "../../indicators/keltner.ts";
import { lagIndicator } from "../../indicators/lag.ts";
import { largerIndicator } from "../../indicators/larger.ts";
import { linearRegressionSlopeIndicator } from "../../indicators/linear-regression-slope.ts";
import { logReturnIndicator } from "../../indicators/log-return.ts";
import { lowestIndicator } from "../../indicators/lowest.ts";
import { macdIndicator } from "../../indicators/macd.ts";
import { mfiIndicator } from "../../indicators/mfi.ts";
import { minusIndicator } from "../../indicators/minus.ts";
import { momentumIndicator } from "../../indicators/momentum.ts";
import { natrIndicator } from "../../indicators/natr.ts";
import { negateConditionIndicator } from "../../indicators/negate-condition.ts";
import { obvIndicator } from "../../indicators/obv.ts";
import { overIndicator } from "../../indicators/over.ts";
import { overboughtIndicator } from "../../indicators/overbought.ts";
import { oversoldIndicator } from "../../indicators/oversold.ts";
import { parabolicSarIndicator } from "../../indicators/parabolic-sar.ts";
import { parkinsonIndicator } from "../../indicators/parkinson.ts";
import { percentRankIndicator } from "../../indicators/percent-rank.ts";
import { plusIndicator } from "../../indicators/plus.ts";
import { ppoIndicator } from "../../indicators/ppo.ts";
import { realizedVolatilityIndicator } from "../../indicators/realized-volatility.ts";
import { rocIndicator } from "../../indicators/roc.ts";
import { rollingStdIndicator } from "../../indicators/rolling-std.ts";
import { rsiIndicator } from "../../indicators/rsi.ts";
import { smaIndicator } from "../../indicators/sma.ts";
import { smallerIndicator } from "../../indicators/smaller.ts";
import { stochasticIndicator } from "../../indicators/stochastic.ts";
import { stochasticRsiIndicator } from "../../indicators/stochastic-rsi.ts";
import { supertrendIndicator } from "../../indicators/supertrend.ts";
import { temaIndicator } from "../../indicators/tema.ts";
import { timesIndicator } from "../../indicators/times.ts";
import { trueRangeIndicator } from "../../indicators/true-range.ts";
import { vwapIndicator } from "../../indicators/vwap.ts";
import { vwmaIndicator } from "../../indicators/vwma.ts";
import { williamsRIndicator } from "../../indicators/williams-r.ts";
import { wmaIndicator } from "../../indicators/wma.ts";
import { zScoreIndicator } from "../../indicators/z-score.ts";

/**
 * Every built-in indicator, sorted by name. The list forgets the exact types of the parameters: whoever creates one from
 * here checks them by `resolveParams`.
 */
export const indicators: readonly IndicatorDefinition[] = [
  aboveIndicator,
  absoluteIndicator,
  adxIndicator,
  aroonIndicator,
  atrIndicator,
  belowIndicator,
  bollingerIndicator,
  bothIndicator,
  cciIndicator,
  choppinessIndicator,
  cmfIndicator,
  crossingIndicator,
  crossoverIndicator,
  crossunderIndicator,
  demaIndicator,
  donchianIndicator,
  efficiencyRatioIndicator,
  eitherIndicator,
  emaIndicator,
  garmanKlassIndicator,
  highestIndicator,
  hmaIndicator,
  ichimokuIndicator,
  kamaIndicator,
  keltnerIndicator,
  lagIndicator,
  largerIndicator,
  linearRegressionSlopeIndicator,
  logReturnIndicator,
  lowestIndicator,
  macdIndicator,
  mfiIndicator,
  minusIndicator,
  momentumIndicator,
  natrIndicator,
  negateConditionIndicator,
  obvIndicator,
  overIndicator,
  overboughtIndicator,
  oversoldIndicator,
  parabolicSarIndicator,
  parkinsonIndicator,
  percentRankIndicator,
  plusIndicator,
  ppoIndicator,
  realizedVolatilityIndicator,
  rocIndicator,
  rollingStdIndicator,
  rsiIndicator,
  smaIndicator,
  smallerIndicator,
  stochasticIndicator,
  stochasticRsiIndicator,
  supertrendIndicator,
  temaIndicator,
  timesIndicator,
  trueRangeIndicator,
  vwapIndicator,
  vwmaIndicator,
  williamsRIndicator,
  wmaIndicator,
  zScoreIndicator,
] as unknown as readonly IndicatorDefinition[];

const byName = new Map(indicators.map((one) => [one.name, one]));

/** The built-in indicator of that name. Throws `INDICATOR_UNKNOWN`, proposing the nearest name. */
export function indicatorNamed(name: string): IndicatorDefinition {
  const found = byName.get(name);
  if (found !== undefined) return found;
  throw new KiwiError({
    code: "INDICATOR_UNKNOWN",
    exit: "usage",
    message: `there is no indicator "${name}"`,
    why: `the ${indicators.length} built-in indicators are listed by kiwi indicators list`,
    fix: didYouMean(name, [...byName.keys()], (near) => `"${near}"`, "kiwi indicators list shows all"),
    topic: "indicators",
  });
}

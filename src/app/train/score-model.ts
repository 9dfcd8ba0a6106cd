import type { Bars } from "../../domain/bars.ts";
import type { HmmParams } from "../../learning/hmm/hmm-params.ts";
import { BlockFilter } from "../../regimes/block-filter.ts";
import { HmmFeatures } from "../../regimes/hmm-features.ts";

/**
 * Log likelihood per bar that a model gives to the last `heldOut` bars, each seen from what came before it. The filter
 * runs over all bars, so that it is warm when they come.
 */
export function scoreModel(params: HmmParams, blockBars: number, bars: Bars, heldOut: number): number {
  const features = new HmmFeatures(blockBars);
  const filter = new BlockFilter(params, blockBars);
  const { high, low, close, length } = bars;
  let before = 0;
  for (let row = 0; row < length; row++) {
    if (row === length - heldOut) before = filter.logLikelihood;
    if (features.next(high[row]!, low[row]!, close[row]!)) filter.step(features.row);
  }
  return (filter.logLikelihood - before) / heldOut;
}

import type { Bars } from "../../domain/bars.ts";
import type { HmmArtifact } from "../../domain/hmm-artifact.ts";
import { regimeLabels, type RegimeLabel } from "../../domain/regime.ts";
import { filterOf } from "../../regimes/hmm-artifact-of.ts";
import { HmmFeatures } from "../../regimes/hmm-features.ts";

/** The likeliest regime of each of the last `count` bars, oldest first, by the filter: each knows the bars before it. */
export function lastRegimes(artifact: HmmArtifact, bars: Bars, count: number): readonly RegimeLabel[] {
  const features = new HmmFeatures(artifact.features.blockBars);
  const filter = filterOf(artifact);
  const { high, low, close, length } = bars;
  const labels: RegimeLabel[] = [];
  for (let row = 0; row < length; row++) {
    const isBar = features.next(high[row]!, low[row]!, close[row]!);
    if (isBar) filter.step(features.row);
    if (row >= length - count) labels.push(isBar ? likeliest(filter.probabilities) : "unknown");
  }
  return labels;
}

function likeliest(probabilities: Float64Array): RegimeLabel {
  return regimeLabels[probabilities.indexOf(Math.max(...probabilities))]!;
}

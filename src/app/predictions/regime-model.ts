import { canonicalJson, sha256 } from "../../base/hash.ts";
import type { HmmArtifact } from "../../domain/hmm-artifact.ts";
import { regimeLabels } from "../../domain/regime.ts";
import type { Model, ModelRows } from "../../ports/model.ts";
import { filterOf } from "../../regimes/hmm-artifact-of.ts";
import { hmmFeatureFields, HmmFeatures } from "../../regimes/hmm-features.ts";

/** A hidden Markov model of regimes as one model among others: the probability of each label is an answer. */
export function regimeModel(artifact: HmmArtifact): Model {
  const { name, symbol, timeframe, trainedThroughMs, features } = artifact;
  const begin = () => ({ rows: new HmmFeatures(features.blockBars), filter: filterOf(artifact), next: 0 });
  let state = begin();
  return {
    kind: "regime",
    name,
    fingerprint: sha256(canonicalJson({ ...artifact, restarts: [] })),
    trainedThroughMs,
    horizonBars: 0,
    symbol,
    timeframe,
    outputs: regimeLabels,
    features: ({ bars }) => Object.fromEntries(hmmFeatureFields.map((field) => [field, bars[field]])),
    predict({ columns, from, to }: ModelRows): readonly Float64Array[] {
      const [high, low, close] = columns as readonly [Float64Array, Float64Array, Float64Array];
      // The filter knows the rows before: asked out of turn, it begins again at the first.
      if (state.next !== from) state = begin();
      const answers = regimeLabels.map(() => new Float64Array(to - from).fill(Number.NaN));
      for (let row = state.next; row < to; row++) {
        const isBar = state.rows.next(high[row]!, low[row]!, close[row]!);
        if (isBar) state.filter.step(state.rows.row);
        if (!isBar || row < from) continue;
        for (let k = 0; k < answers.length; k++) answers[k]![row - from] = state.filter.probabilities[k]!;
      }
      state.next = to;
      return answers;
    },
  };
}

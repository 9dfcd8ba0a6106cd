import { assert } from "../base/assert.ts";
import type { Bars } from "../domain/bars.ts";
import type { HmmArtifact } from "../domain/hmm-artifact.ts";
import type { RegimeLabel } from "../domain/regime.ts";
import { expectedDwellRows } from "../learning/hmm/dwell.ts";
import type { HmmFit } from "../learning/hmm/fit-hmm.ts";
import type { HmmParams } from "../learning/hmm/hmm-params.ts";
import type { StateStatistics } from "../learning/hmm/label-states.ts";
import { BlockFilter } from "./block-filter.ts";
import { HmmFeatures, hmmFeatureNames, trainingRows } from "./hmm-features.ts";
import { LabelFilter } from "./label-filter.ts";
import { nameStates } from "./name-states.ts";

/** What a fit does not know of itself. Rows `fromRow` to before `toRow` of the bars are what it was trained on. */
export type TrainingRecord = Pick<
  HmmArtifact,
  "name" | "version" | "dataFingerprint" | "seed" | "codeVersion"
> & {
  readonly bars: Bars;
  readonly fromRow: number;
  readonly toRow: number;
  readonly blockBars: number;
};

/** A fit to `trainingRows` of the bars as plain data, its states named by what the filter gave to them. */
export function artifactOf(fit: HmmFit, record: TrainingRecord): HmmArtifact {
  const { bars, fromRow, toRow, blockBars, name, version, dataFingerprint, seed, codeVersion } = record;
  const { params, logLikelihood, restarts, aic, bic } = fit;
  const { labels, statistics } = describeStates(params, record);
  const dwells = expectedDwellRows(params);
  return {
    format: 1,
    name,
    version,
    symbol: bars.symbol,
    timeframe: bars.timeframe,
    features: { kind: "blocks", blockBars, names: hmmFeatureNames },
    scaler: scalerOf(record),
    params: {
      ...params,
      initial: [...params.initial],
      transition: [...params.transition],
      means: [...params.means],
      covariances: [...params.covariances],
    },
    labels,
    summaries: statistics.map(({ meanReturn, volatility, share }, state) => ({
      meanReturn,
      volatility,
      share,
      expectedDwellBars: dwells[state]! * blockBars,
    })),
    trainedFromMs: bars.closeTimeMs[fromRow]!,
    trainedThroughMs: bars.closeTimeMs[toRow - 1]!,
    dataFingerprint,
    seed,
    codeVersion,
    logLikelihood,
    restarts,
    aic,
    bic,
  };
}

/** The filter of an artifact, at the beginning. Throws `HMM_PARAMS_INVALID` on numbers that are no model. */
export function filterOf({ params, labels, features: { blockBars } }: HmmArtifact): LabelFilter {
  const model = paramsOf(params);
  return new LabelFilter(model, labels, blockBars, new BlockFilter(model, blockBars));
}

/** The parameters of an artifact as the learning room takes them, to begin the next training from. */
export function paramsOf(params: HmmArtifact["params"]): HmmParams {
  return {
    ...params,
    initial: Float64Array.from(params.initial),
    transition: Float64Array.from(params.transition),
    means: Float64Array.from(params.means),
    covariances: Float64Array.from(params.covariances),
  };
}

function describeStates(
  params: HmmParams,
  { bars, fromRow, toRow, blockBars }: TrainingRecord,
): { readonly statistics: readonly StateStatistics[]; readonly labels: readonly RegimeLabel[] } {
  assert(toRow > fromRow, "a model was trained on something");
  const features = new HmmFeatures(blockBars);
  const filter = new BlockFilter(params, blockBars);
  const posteriors = new Float64Array((toRow - fromRow) * params.states);
  const logReturns = new Float64Array(toRow - fromRow).fill(Number.NaN);
  for (let row = fromRow, at = 0; row < toRow; row++, at++) {
    if (!features.next(bars.high[row]!, bars.low[row]!, bars.close[row]!)) continue;
    posteriors.set(filter.step(features.row), at * params.states);
    logReturns[at] = features.logReturn;
  }
  return nameStates(posteriors, logReturns, params.states);
}

function scalerOf({ bars, blockBars, fromRow, toRow }: TrainingRecord): HmmArtifact["scaler"] {
  const { values } = trainingRows(bars, blockBars, fromRow, toRow);
  const columns = hmmFeatureNames.map((_, feature) =>
    values.filter((value, k) => k % hmmFeatureNames.length === feature && Number.isFinite(value)),
  );
  const centres = columns.map((column) => column.reduce((sum, value) => sum + value, 0) / column.length);
  return {
    centres,
    scales: columns.map((column, k) =>
      Math.sqrt(column.reduce((sum, value) => sum + (value - centres[k]!) ** 2, 0) / column.length),
    ),
  };
}

import { ModelStore } from "../../adapters/stores/models/model-store.ts";
import type { CheckResult } from "../../analysis/checks/check-result.ts";
import {
  learningLookahead,
  type LearningPipeline,
} from "../../analysis/checks/learning/learning-lookahead.ts";
import { newestBars } from "../../analysis/checks/newest-bars.ts";
import type { Calendar } from "../../domain/calendar/calendar.ts";
import type { PredictorArtifact } from "../../domain/predictor-artifact.ts";
import { featureSetNamed } from "../../features/feature-sets.ts";
import { labelBars } from "../../learning/data/labels.ts";
import { partsBefore, walkDefaults } from "../../learning/data/splits.ts";
import { makePredictor, type Recipe } from "../../learning/predictors/make-predictor.ts";
import type { JobContext } from "../../jobs/job.ts";
import { externalsNeeded } from "../bars/externals-needed.ts";
import { calculateFeatures } from "../features/calculate-features.ts";
import type { PreparedRun } from "../runs/prepare-run.ts";
import { barsOfTimeframe, calendarOf } from "../train/model-bars.ts";
import { modelsFolderOf, readModelName } from "../train/models-folder.ts";
import { openNetwork } from "../predictions/predictor-model.ts";
import { datasetOf } from "../train/train-predictor.ts";
import { answersFor } from "./answers.ts";
import { recipeOf } from "./model-recipe.ts";

/** The newest bars that a model is made of again: enough for every feature to warm up and every part to have rows. */
const barsUsual = 6_000;
/** A network learns for one turn: whether it looks ahead shows in the first step. */
const networkQuick = { epochs: 1 };

/**
 * The look for the future in the making of every model of direction that a run reads: features, labels, scaler, calibration and the
 * model itself. Models that are plug-ins are asked again with later bars cut off whenever a run begins, and have no making.
 */
export async function checkLearning(
  { setup, request }: PreparedRun,
  barsMax: number | undefined,
  { board, stage }: Pick<JobContext, "board" | "stage">,
): Promise<readonly CheckResult[]> {
  const { predictions } = externalsNeeded({ ...setup, timeframe: setup.timeframe });
  const store = new ModelStore(modelsFolderOf(request.folder));
  const results: CheckResult[] = [];
  for (const { model: wanted } of predictions) {
    const { name, version } = readModelName(wanted);
    const known = await store.names();
    if (!known.includes(name)) continue;
    const { artifact } = await store.read(name, version);
    const base = setup.bars.find(({ symbol }) => symbol === artifact.symbol);
    if (artifact.kind !== "predictor" || base === undefined) continue;
    stage(`learning ${name}`);
    const calendar = calendarOf(base, setup.config);
    const bars = newestBars([barsOfTimeframe(base, artifact.timeframe, calendar)], barsMax ?? barsUsual)[0]!;
    const pipeline = pipelineOf(artifact, calendar, await recipeOf(artifact, 1, networkQuick));
    results.push(
      await learningLookahead(pipeline, bars, undefined, (done, total) => board.report(done, total)),
    );
  }
  return results;
}

/** How a stored model is made, step by step. */
export function pipelineOf(
  { name, features, label }: PredictorArtifact,
  calendar: Calendar,
  recipe: Recipe,
): LearningPipeline {
  const set = featureSetNamed(features.set);
  return {
    name,
    features(bars) {
      const { names, columns } = calculateFeatures(set, bars, calendar);
      return Object.fromEntries(names.map((feature, k) => [feature, columns[k]!]));
    },
    labels: (bars) => labelBars(bars, label),
    async learn(bars, cut) {
      const data = datasetOf({ set, bars, calendar, label });
      const end = cut - (bars.length - data.x.rows);
      const gaps = { purge: label.horizonBars, embargo: label.horizonBars };
      const parts = partsBefore(end, { ...walkDefaults, ...gaps });
      const { learned, calibrated, graph } = await makePredictor(recipe, data, parts, openNetwork, {
        onShare() {},
        log() {},
      });
      const span = { from: parts.calibrate.to, to: end };
      const answers = await answersFor({ ...learned, ...calibrated }, data, span, graph);
      await graph?.close();
      const { scaler, body } = learned;
      const { probability, low, high } = answers;
      return { parts: { scaler, "the model": body, calibration: calibrated, probability, low, high } };
    },
  };
}

import {
  joinJudged,
  scorePredictions,
  type Judged,
} from "../../../analysis/predictions/score-predictions.ts";
import { KiwiError } from "../../../base/errors.ts";
import { defineJob, type JobContext } from "../../../jobs/job.ts";
import { rowsNeeded, walkDefaults, walkForward } from "../../../learning/data/splits.ts";
import type { Measures, TrialOutcome } from "../../search/trial.ts";
import { learnerOf } from "../learners/learner-of.ts";
import { trainingWith } from "./model-space.ts";
import {
  modelTrialsSchema,
  type modelMeasures,
  type ModelTask,
  type ModelTrialGround,
  type ModelTrials,
} from "./model-trial.ts";
import { judgeFold } from "../train-predictor.ts";

/** Trains and judges models with other settings, each by walking forward. The same piece has the same outcomes anywhere. */
async function performTrials(
  { ground, tasks }: ModelTrials,
  { board }: JobContext,
): Promise<readonly TrialOutcome[]> {
  const outcomes: TrialOutcome[] = [];
  for (const task of tasks) {
    outcomes.push(await outcomeOf(ground, task));
    board.report(outcomes.length, tasks.length);
  }
  return outcomes;
}

/** What became of one trial; what its data or its settings do not allow is its outcome, and nobody else's. */
async function outcomeOf(ground: ModelTrialGround, task: ModelTask): Promise<TrialOutcome> {
  const { index } = task;
  try {
    const inSample = await measure(ground, task);
    return { kind: "measured", index, inSample, folds: [], outOfSample: null, returns: null };
  } catch (error) {
    if (!(error instanceof KiwiError)) throw error;
    return { kind: "failed", index, error: `${error.parts.code} ${error.parts.message}` };
  }
}

async function measure(ground: ModelTrialGround, { setting, share }: ModelTask): Promise<Measures> {
  const { family, training, data, horizonBars, symbol, seed, calibration, folds } = ground;
  const learner = await learnerOf({
    ...ground,
    training: trainingWith(family, training, setting),
    threads: 1,
  });
  const gaps = { purge: horizonBars, embargo: horizonBars };
  const rows = Math.max(rowsNeeded(gaps.purge, gaps.embargo), Math.floor(data.x.rows * share));
  const turns = walkForward(rows, { ...walkDefaults, ...gaps, folds });
  const judged: Judged[] = [];
  const ears = { onShare: () => {}, log: () => {} };
  // A window is enough to tell settings apart, and takes a fifth of the time.
  const recipe = { learner, seed, calibration, recalibratedBy: "window", bars: { symbol } } as const;
  for (const fold of turns) judged.push(await judgeFold(recipe, data, fold, ears));
  const scores = scorePredictions(joinJudged(judged), horizonBars, seed);
  const { logLoss, brier, accuracy, auc, eceMass } = scores;
  const measures = { logLoss, brier, accuracy: accuracy.value, auc, ece: eceMass };
  return measures satisfies Record<(typeof modelMeasures)[number], number | null>;
}

export default defineJob({ request: modelTrialsSchema, perform: performTrials });

import { z } from "zod";
import { checkpointFile } from "../../../adapters/stores/models/checkpoint-file.ts";
import { ModelStore } from "../../../adapters/stores/models/model-store.ts";
import { KiwiError, type ErrorParts } from "../../../base/errors.ts";
import { predictorFamilies, type PredictorFamily } from "../../../domain/predictor-artifact.ts";
import type { ModelType } from "../../../features/feature-set.ts";
import { featureSets } from "../../../features/feature-sets.ts";
import { defineJob, type JobContext } from "../../../jobs/job.ts";
import type { Learner } from "../../../learning/predictors/fit-predictor.ts";
import type { Checkpoint } from "../../../ports/learning/checkpoint.ts";
import { runConfigOf } from "../../config/config-schema.ts";
import { expressionsOf } from "../../features/set-expressions.ts";
import { learnerOf } from "../../train/learners/learner-of.ts";
import { loggedTraining } from "../../train/story/logged-training.ts";
import { calendarOf } from "../../train/model-bars.ts";
import { trainingWith } from "../../train/search/model-space.ts";
import { modelsFolderOf } from "../../train/models-folder.ts";
import { dueForRetraining } from "../../train/retraining.ts";
import { modelSearchMethods } from "../../train/search/model-trial.ts";
import { searchModel, type ModelSearchResult } from "../../train/search/search-model.ts";
import { trainingBars } from "../../train/training-bars.ts";
import { trainingCodeVersion } from "../../train/training-hash.ts";
import type { PredictorOutcome, PredictorTraining } from "../../train/train-predictor.ts";
import { treeThreads } from "../../train/learners/tree-threads.ts";
import { resolvedConfigSchema } from "../request-schemas.ts";

/** What training models of direction takes. */
export const trainPredictorRequest = z.strictObject({
  folder: z.string(),
  config: resolvedConfigSchema,
  nowMs: z.number(),
  families: z.array(z.enum(predictorFamilies)),
  /** Of the only model; by default each has the name of its family, symbol and timeframe. */
  name: z.string().optional(),
  size: z.enum(["small", "full"]),
  /** Bars looked ahead; left out, it is left to the family. */
  horizonBars: z.int().min(1).max(1000).optional(),
  label: z.enum(["direction", "triple-barrier"]),
  moveMin: z.number().min(0).max(20),
  calibration: z.enum(["beta", "steps"]),
  folds: z.int().min(1).max(20),
  /** Threads of trees and of a search, which give the same on any number; of a network, which may give other last digits. */
  jobs: z.int().min(1).max(64),
  /** Settings are searched first. */
  search: z
    .strictObject({
      trials: z.int().min(1).max(100_000),
      method: z.enum(modelSearchMethods),
      trialSeconds: z.number().positive().optional(),
      /** Address of the server of a queue. */
      queue: z.string().optional(),
    })
    .optional(),
  /** Train only where the newest version has missed so much. */
  everyMs: z.number().optional(),
  /** Address of an MLflow server that hears of every training. */
  mlflow: z.string().optional(),
});
export type TrainPredictorInput = z.output<typeof trainPredictorRequest>;

export type TrainPredictorOutput = {
  readonly trained: readonly (
    | {
        readonly kind: "done";
        readonly outcome: PredictorOutcome;
        readonly tookMs: number;
        /** What a search found; null where none was asked for. */
        readonly search: ModelSearchResult | null;
      }
    | { readonly kind: "not-due"; readonly name: string; readonly reason: string }
    | { readonly kind: "failed"; readonly name: string; readonly parts: ErrorParts }
  )[];
  readonly warnings: readonly string[];
};

/** Which features a family looks at, and how far ahead. */
const horizons: Readonly<Record<PredictorFamily, { readonly set: ModelType; readonly bars: number }>> = {
  "short-term": { set: "short", bars: 4 },
  "medium-term": { set: "medium", bars: 24 },
  "long-term": { set: "long", bars: 120 },
  forest: { set: "medium", bars: 24 },
  boosted: { set: "medium", bars: 24 },
  logistic: { set: "medium", bars: 24 },
};

/** Trains models of direction, one for every family and every symbol of the data. */
async function performTraining(
  input: TrainPredictorInput,
  context: JobContext,
): Promise<TrainPredictorOutput> {
  const { folder, config, nowMs, families, name } = input;
  const { board, stage } = context;
  stage("load");
  const { series, dataKind, warnings } = await trainingBars({ folder, config, nowMs }, (done, total) =>
    board.report(done, total),
  );
  if (name !== undefined && series.length * families.length > 1) throw severalModels(name);
  const store = new ModelStore(modelsFolderOf(folder));
  const codeVersion = trainingCodeVersion();
  const trained: TrainPredictorOutput["trained"][number][] = [];
  for (const bars of series) {
    for (const family of families) {
      const own = name ?? predictorName(family, bars.symbol, bars.timeframe);
      stage(own);
      try {
        trained.push(
          await trainOne({ store, name: own, family, bars, codeVersion, dataKind }, input, context),
        );
      } catch (error) {
        if (!(error instanceof KiwiError)) throw error;
        trained.push({ kind: "failed", name: own, parts: error.parts });
      }
    }
  }
  return { trained, warnings };
}

type Subject = Pick<PredictorTraining, "store" | "name" | "family" | "bars" | "codeVersion" | "dataKind">;

async function trainOne(
  subject: Subject,
  input: TrainPredictorInput,
  { board, say, stage }: JobContext,
): Promise<TrainPredictorOutput["trained"][number]> {
  const { name, family, bars, codeVersion } = subject;
  const { config, folder, nowMs, everyMs, mlflow, label, folds, calibration } = input;
  const reason = everyMs === undefined ? null : await notDueReason(subject, everyMs);
  if (reason !== null) return { kind: "not-due", name, reason };
  const { set: setName, bars: horizonBars } = horizons[family];
  const set = featureSets[setName];
  const startedMs = performance.now();
  const common = {
    ...subject,
    calendar: calendarOf(bars, runConfigOf(config)),
    set,
    label: {
      kind: label,
      horizonBars: input.horizonBars ?? horizonBars,
      moveMin: label === "triple-barrier" ? Math.max(input.moveMin, 0.1) : input.moveMin,
    },
    folds,
    calibration,
    seed: config.seed,
    createdMs: nowMs,
    onProgress: (done: number, total: number) => board.report(done, total),
  };
  const { size, jobs, search: asked } = input;
  const { training } = config;
  if (asked !== undefined) stage(`${name}: trials`);
  const search =
    asked === undefined ? null : await searchModel({ ...common, folder, size, training, jobs, say }, asked);
  if (search !== null) stage(name);
  const threads = treeThreads(jobs);
  const checkpoints: Checkpoint[] = [];
  try {
    const learner = await learnerOf({
      family,
      size,
      training: trainingWith(family, training, search?.setting ?? {}),
      features: Object.keys(expressionsOf(set, bars.timeframe)),
      threads: jobs,
      codeVersion,
      fitters: threads,
      checkpointOf(key) {
        const checkpoint = checkpointFile(modelsFolderOf(folder), key);
        checkpoints.push(checkpoint);
        return checkpoint;
      },
    });
    const outcome = await loggedTraining(
      { ...common, learner: search === null ? learner : withSummary(learner, search) },
      { folder, mlflow, warn: (line) => say(`warning ${line}`) },
    );
    // Kept until the model itself was: a kill between two turns costs none of them.
    for (const checkpoint of checkpoints) await checkpoint.clear();
    return { kind: "done", outcome, tookMs: performance.now() - startedMs, search };
  } finally {
    await threads.close();
  }
}

/** Why a model need not be trained again yet; null where it is due. */
async function notDueReason({ store, name, bars }: Subject, everyMs: number): Promise<string | null> {
  const last = (await store.versions(name)).at(-1);
  const newest = last === undefined ? null : (await store.read(name, last)).artifact;
  const { isDue, reason } = dueForRetraining(newest, bars.closeTimeMs[bars.length - 1]!, { everyMs });
  return isDue ? null : reason;
}

/** A model says how its settings were found. */
function withSummary(learner: Learner, { summary }: ModelSearchResult): Learner {
  return async (...given) => {
    const learned = await learner(...given);
    return { ...learned, settings: { ...learned.settings, search: summary } };
  };
}

/** What a model is called by default. A symbol may have letters that no file may. */
function predictorName(family: string, symbol: string, timeframe: string): string {
  return `${family}-${symbol.replaceAll(/[^A-Za-z0-9._-]/g, "")}-${timeframe}`;
}

function severalModels(name: string): KiwiError {
  return new KiwiError({
    code: "MODEL_ONE_SYMBOL",
    exit: "usage",
    message: `${name} would be the name of several models`,
    why: "a model belongs to one symbol and is of one family",
    fix: "say which symbol with -p, or leave --name out: each gets its own",
    topic: "models",
  });
}

export default defineJob({ request: trainPredictorRequest, perform: performTraining });

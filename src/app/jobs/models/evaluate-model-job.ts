import { z } from "zod";
import { sliceBars, type Bars } from "../../../domain/bars.ts";
import { defineJob, type JobContext } from "../../../jobs/job.ts";
import { runConfigOf } from "../../config/config-schema.ts";
import { evaluateModel } from "../../evaluation/evaluate-model.ts";
import { noTurns } from "../../evaluation/evaluation-errors.ts";
import type { ModelEvaluation } from "../../evaluation/model-evaluation.ts";
import { directionModel, subjectBars } from "../../evaluation/subject-bars.ts";
import { rowsBefore } from "../../train/model-bars.ts";
import { resolvedConfigSchema } from "../request-schemas.ts";

const request = z.strictObject({
  folder: z.string(),
  config: resolvedConfigSchema,
  nowMs: z.number(),
  /** `NAME` or `NAME@VERSION`. */
  model: z.string(),
  /** Turns of a walk forward of models made like it; left out, the model itself is judged. */
  folds: z.int().min(1).max(50).optional(),
  /** Threads of a network. */
  jobs: z.int().min(1).max(64),
  command: z.string(),
});
export type EvaluateModelInput = z.output<typeof request>;

/** Judges a model on bars that it has not seen. */
async function performEvaluation(
  { model: wanted, folds, jobs: threads, command, ...asked }: EvaluateModelInput,
  { board, stage }: JobContext,
): Promise<ModelEvaluation> {
  const report = (done: number, total: number): void => board.report(done, total);
  if (asked.config.models?.[wanted] !== undefined) {
    if (folds !== undefined) throw noTurns(wanted);
    stage("load");
    const { evaluateEnsemble } = await import("../../evaluation/evaluate-ensemble.ts");
    return evaluateEnsemble({ ...asked, wanted, command, onFile: report, onProgress: report });
  }
  const model = await directionModel(asked.folder, wanted);
  stage("load");
  const { bars, fromMs, ...subject } = await subjectBars(asked, model.artifact, report);
  stage(model.artifact.name);
  return evaluateModel({
    ...subject,
    model,
    // Models made anew learn from the first bar that was asked for; a stored one is only asked from there on.
    bars: folds === undefined ? bars : barsFrom(bars, fromMs),
    fromMs,
    config: runConfigOf(asked.config),
    method: folds === undefined ? { kind: "after-training" } : { kind: "walk-forward", folds },
    command,
    threads,
    seed: asked.config.seed,
    onProgress: report,
  });
}

function barsFrom(bars: Bars, fromMs: number): Bars {
  const from = rowsBefore(bars, fromMs);
  return from === 0 ? bars : sliceBars(bars, from, bars.length);
}

export default defineJob({ request, perform: performEvaluation });

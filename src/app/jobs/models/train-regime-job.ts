import { z } from "zod";
import { ModelStore } from "../../../adapters/stores/models/model-store.ts";
import { modelsFolderOf } from "../../train/models-folder.ts";
import { retrainRegime } from "../../train/retrain-regime.ts";
import { trainingBars } from "../../train/training-bars.ts";
import { trainingCodeVersion } from "../../train/training-hash.ts";
import type { TrainingOutcome } from "../../train/training-outcome.ts";
import { usualBlockBars } from "../../../domain/block-bars.ts";
import { KiwiError, type ErrorParts } from "../../../base/errors.ts";
import { defineJob, type JobContext } from "../../../jobs/job.ts";
import { resolvedConfigSchema } from "../request-schemas.ts";

/** What training models of regimes takes. */
export const trainRegimeRequest = z.strictObject({
  folder: z.string(),
  config: resolvedConfigSchema,
  nowMs: z.number(),
  /** Of the only model; by default each has the name of its symbol and timeframe. */
  name: z.string().optional(),
  statesMin: z.int(),
  statesMax: z.int(),
  restarts: z.int(),
  jobs: z.int(),
  /** Where workers on other machines hear of attempts. */
  queue: z.string().optional(),
  /** Bars that one look of the model sums up; left out, it is left to the timeframe. */
  blockBars: z.int().optional(),
  /** Train only where the newest version has missed so much. */
  everyMs: z.number().optional(),
});
export type TrainRegimeInput = z.output<typeof trainRegimeRequest>;

export type TrainRegimeOutput = {
  readonly trained: readonly (
    | { readonly kind: "done"; readonly outcome: TrainingOutcome }
    | { readonly kind: "failed"; readonly symbol: string; readonly parts: ErrorParts }
  )[];
  readonly warnings: readonly string[];
};

/** Trains a model of the regimes for every symbol of the data. */
async function performTraining(
  input: TrainRegimeInput,
  { board, stage, say }: JobContext,
): Promise<TrainRegimeOutput> {
  const { name, folder, config, nowMs } = input;
  stage("load");
  const { series, dataKind, warnings } = await trainingBars({ folder, config, nowMs }, (done, total) =>
    board.report(done, total),
  );
  if (name !== undefined && series.length > 1)
    throw severalSymbols(
      name,
      series.map(({ symbol }) => symbol),
    );
  const store = new ModelStore(modelsFolderOf(folder));
  const codeVersion = trainingCodeVersion();
  const trained: TrainRegimeOutput["trained"][number][] = [];
  for (const bars of series) {
    stage(bars.symbol);
    try {
      const outcome = await retrainRegime({
        statesMin: input.statesMin,
        statesMax: input.statesMax,
        restarts: input.restarts,
        jobs: input.jobs,
        queue: input.queue,
        onLine: say,
        everyMs: input.everyMs,
        blockBars: input.blockBars ?? usualBlockBars(bars.timeframe),
        store,
        bars,
        name: name ?? nameOf(bars.symbol, bars.timeframe),
        seed: config.seed,
        codeVersion,
        createdMs: nowMs,
        dataKind,
        onProgress: (done, total) => board.report(done, total),
      });
      trained.push({ kind: "done", outcome });
    } catch (error) {
      if (!(error instanceof KiwiError)) throw error;
      trained.push({ kind: "failed", symbol: bars.symbol, parts: error.parts });
    }
  }
  return { trained, warnings };
}

/** A symbol may have letters that no file may. */
function nameOf(symbol: string, timeframe: string): string {
  return `regime-${symbol.replaceAll(/[^A-Za-z0-9._-]/g, "")}-${timeframe}`;
}

function severalSymbols(name: string, symbols: readonly string[]): KiwiError {
  return new KiwiError({
    code: "MODEL_ONE_SYMBOL",
    exit: "usage",
    message: `${name} would be the name of ${symbols.length} models: ${symbols.slice(0, 6).join(", ")}`,
    why: "a model belongs to one symbol",
    fix: `say which: -p ${symbols[0]!}   (or leave --name out: each gets its own)`,
    topic: "models",
  });
}

export default defineJob({ request: trainRegimeRequest, perform: performTraining });

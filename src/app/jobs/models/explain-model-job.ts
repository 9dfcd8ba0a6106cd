import { z } from "zod";
import { KiwiError } from "../../../base/errors.ts";
import { defineJob } from "../../../jobs/job.ts";
import { runConfigOf } from "../../config/config-schema.ts";
import {
  explainImportance,
  explainPrediction,
  readPredictor,
  type ImportanceExplained,
  type NetworkExplained,
  type PredictionExplained,
} from "../../predictions/explain-prediction.ts";
import { plainSymbol } from "../../bars/pick-symbols.ts";
import { calendarOf } from "../../train/model-bars.ts";
import { trainingBars } from "../../train/training-bars.ts";
import { resolvedConfigSchema } from "../request-schemas.ts";

const request = z.strictObject({
  folder: z.string(),
  config: resolvedConfigSchema,
  nowMs: z.number(),
  /** A name, or NAME@VERSION. */
  model: z.string(),
  /** The bar to explain; left out, it is said which features the model needs. */
  atMs: z.number().optional(),
});

/** What a model's answers come from. */
export type ModelExplained = PredictionExplained | NetworkExplained | ImportanceExplained;

export default defineJob({
  request,
  async perform({ folder, config, nowMs, model, atMs }, { board, stage }): Promise<ModelExplained> {
    const artifact = await readPredictor(folder, model);
    stage("load");
    const { series } = await trainingBars(
      { folder, config: { ...config, timeframe: config.timeframe ?? artifact.timeframe }, nowMs },
      (done, total) => board.report(done, total),
    );
    const bars = series.find(({ symbol }) => plainSymbol(symbol) === plainSymbol(artifact.symbol));
    if (bars === undefined) throw otherSymbol(model, artifact.symbol, series[0]!.symbol);
    const calendar = calendarOf(bars, runConfigOf(config));
    stage("explain");
    return atMs === undefined
      ? explainImportance(artifact, bars, calendar, (share) => board.report(share, 1))
      : explainPrediction(artifact, bars, calendar, atMs);
  },
});

function otherSymbol(model: string, symbol: string, found: string): KiwiError {
  return new KiwiError({
    code: "MODEL_OTHER_SYMBOL",
    exit: "usage",
    message: `${model} was trained on ${symbol}, and the bars are of ${found}`,
    why: "a model belongs to one symbol",
    fix: `give bars of ${symbol} with --data or -p ${symbol}`,
    topic: "models",
  });
}

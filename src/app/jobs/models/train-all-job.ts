import { z } from "zod";
import type { ErrorParts } from "../../../base/errors.ts";
import { KiwiError } from "../../../base/errors.ts";
import { predictorFamilies, type PredictorFamily } from "../../../domain/predictor-artifact.ts";
import { defineJob, jobAt, type JobContext } from "../../../jobs/job.ts";
import { openPool } from "../../../jobs/open-pool.ts";
import type { ProgressBoard } from "../../../jobs/progress-board.ts";
import { environmentWithoutSecrets } from "../../config/environment-without-secrets.ts";
import { trainingBars } from "../../train/training-bars.ts";
import { trainPredictorRequest, type TrainPredictorOutput } from "./train-predictor-job.ts";
import { trainRegimeRequest, type TrainRegimeOutput } from "./train-regime-job.ts";

const request = z.strictObject({
  predictor: trainPredictorRequest,
  regime: trainRegimeRequest,
  /** Models that are trained at the same time, one thread each. */
  jobs: z.int().min(1).max(256),
});
export type TrainAllInput = z.output<typeof request>;

type Family = PredictorFamily | "regime";

/** One model of many: what it came to, or why there is none. */
export type TrainedOfAll = { readonly symbol: string; readonly family: Family } & (
  | { readonly kind: "predictor"; readonly one: TrainPredictorOutput["trained"][number] }
  | { readonly kind: "regime"; readonly one: TrainRegimeOutput["trained"][number] }
  | { readonly kind: "failed"; readonly parts: ErrorParts }
);

export type TrainAllOutput = {
  readonly trained: readonly TrainedOfAll[];
  readonly warnings: readonly string[];
};

/**
 * What a training costs beside the others, in processor time on hourly bars of nine years: the longest begin first, and the
 * progress of all is theirs by these weights.
 */
const costs: Readonly<Record<Family, number>> = {
  "medium-term": 40,
  "short-term": 22,
  "long-term": 13,
  boosted: 10,
  forest: 10,
  regime: 5,
  logistic: 2,
};

const predictorJob = jobAt<typeof import("./train-predictor-job.ts").default>(
  "trainPredictor",
  new URL("./train-predictor-job.ts", import.meta.url),
);
const regimeJob = jobAt<typeof import("./train-regime-job.ts").default>(
  "trainRegime",
  new URL("./train-regime-job.ts", import.meta.url),
);

/** Trains every kind of model for every symbol of the data, several at a time. A model that fails stops no other. */
async function performTraining(input: TrainAllInput, context: JobContext): Promise<TrainAllOutput> {
  const { board, stage, say } = context;
  const { folder, config, nowMs } = input.predictor;
  stage("load");
  const { series, warnings } = await trainingBars({ folder, config, nowMs });
  const families: readonly Family[] = [...predictorFamilies, "regime"];
  const work = series.flatMap(({ symbol }) => families.map((family) => ({ symbol, family })));
  stage(`${work.length} models`);
  const shares = work.map(() => 0);
  const total = work.reduce((sum, { family }) => sum + costs[family], 0);
  const tell = (index: number, share: number): void => {
    shares[index] = share;
    const done = work.reduce((sum, { family }, k) => sum + costs[family] * shares[k]!, 0);
    board.report(Math.round(done * 1000), total * 1000);
  };
  const pool = openPool("thread", Math.min(input.jobs, work.length), {
    environment: environmentWithoutSecrets(process.env),
  });
  const trainOne = async (index: number): Promise<TrainedOfAll> => {
    const { symbol, family } = work[index]!;
    const watching = {
      onLook: (stageOfOne: string, { done, total: all }: ProgressBoard) =>
        tell(index, stageOfOne !== "load" && all > 0 ? done / all : 0),
      onLine: say,
    };
    const own = { ...config, pairs: [symbol] };
    try {
      if (family === "regime") {
        const { trained } = await pool.perform(
          regimeJob,
          { ...input.regime, config: own, jobs: 1 },
          watching,
        );
        return { symbol, family, kind: "regime", one: trained[0]! };
      }
      const wanted = { ...input.predictor, config: own, families: [family], jobs: 1 };
      const { trained } = await pool.perform(predictorJob, wanted, watching);
      return { symbol, family, kind: "predictor", one: trained[0]! };
    } catch (error) {
      if (!(error instanceof KiwiError)) throw error;
      return { symbol, family, kind: "failed", parts: error.parts };
    } finally {
      tell(index, 1);
    }
  };
  try {
    const order = [...work.keys()].sort((a, b) => costs[work[b]!.family] - costs[work[a]!.family]);
    const found = await Promise.all(order.map(async (index) => [index, await trainOne(index)] as const));
    return { trained: found.sort(([a], [b]) => a - b).map(([, one]) => one), warnings };
  } finally {
    await pool.close();
  }
}

export default defineJob({ request, perform: performTraining });

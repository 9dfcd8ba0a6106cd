import type { Judged } from "../../analysis/predictions/score-predictions.ts";
import type { Bars } from "../../domain/bars.ts";
import type { PredictorArtifact } from "../../domain/predictor-artifact.ts";
import { timeframeMs } from "../../domain/timeframe.ts";
import type { Dataset } from "../../learning/data/dataset.ts";
import { openNetwork } from "../predictions/predictor-model.ts";
import { answersFor, judgedOf, type Answers } from "./answers.ts";
import { nothingNew } from "./evaluation-errors.ts";

/** Answers of a model, and what became of the rows that have an outcome. */
export type Answered = { readonly answers: Answers; readonly judged: Judged };

/** What a stored model says of the bars after everything that it can have seen, from `fromMs` on. Throws `MODEL_NOTHING_NEW`. */
export async function answersAfter(
  artifact: PredictorArtifact,
  bars: Bars,
  fromMs: number,
  data: Dataset,
): Promise<Answered> {
  const { horizonBars } = artifact.label;
  const blindMs = artifact.trainedThroughMs + horizonBars * timeframeMs(artifact.timeframe);
  const from = data.closeTimeMs.findIndex((timeMs) => timeMs > blindMs && timeMs >= fromMs);
  const to = data.x.rows;
  if (from < 0 || to - from <= 2 * horizonBars) throw nothingNew(artifact, bars, blindMs);
  const graph = await openNetwork(artifact);
  try {
    const answers = await answersFor(artifact, data, { from, to }, graph);
    const judged = judgedOf(data, { from, to }, answers);
    if (judged.outcome.length === 0) throw nothingNew(artifact, bars, blindMs);
    return { answers, judged };
  } finally {
    await graph?.close();
  }
}

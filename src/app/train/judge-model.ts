import type { Judgement } from "../../adapters/stores/models/stored-model.ts";
import type { Bars } from "../../domain/bars.ts";
import type { HmmArtifact } from "../../domain/hmm-artifact.ts";
import { paramsOf } from "../../regimes/hmm-artifact-of.ts";
import { hmmFeatureNames, trainingRows } from "../../regimes/hmm-features.ts";
import { fitRegimes, type FitRequest } from "./fit-regimes.ts";
import { rowsBefore } from "./model-bars.ts";
import { regimeShape } from "./regime-shape.ts";
import { scoreModel } from "./score-model.ts";
import { splitRows } from "./split-rows.ts";
import { isUntrainable } from "./untrainable.ts";

/** Whether two models look at the same numbers, so that their likelihoods can be compared. */
export function isComparable({ features }: HmmArtifact, blockBars: number): boolean {
  return (
    features.kind === "blocks" &&
    features.blockBars === blockBars &&
    features.names.join() === hmmFeatureNames.join()
  );
}

/**
 * Compares the way in which a new model is about to be trained with the model in use: fits without the last bars, and
 * asks how likely both find these.
 */
export async function judgeModel(
  inUse: HmmArtifact,
  bars: Bars,
  blockBars: number,
  request: FitRequest,
  onDone: (done: number) => void,
): Promise<Judgement> {
  const none = { against: inUse.version, bars: 0, candidate: null, inUse: null, isAtLeastAsGood: false };
  if (!isComparable(inUse, blockBars)) return { ...none, kind: "incomparable" };
  const rowsAfter = bars.length - rowsBefore(bars, inUse.trainedThroughMs + 1);
  const { kind, heldOut } = splitRows(bars.length, rowsAfter);
  const rows = trainingRows(bars, blockBars, 0, bars.length - heldOut);
  try {
    const { best } = await fitRegimes(rows, regimeShape, request, onDone);
    const candidate = scoreModel(best.params, blockBars, bars, heldOut);
    const present = scoreModel(paramsOf(inUse.params), blockBars, bars, heldOut);
    const isAtLeastAsGood = candidate >= present;
    return { against: inUse.version, kind, bars: heldOut, candidate, inUse: present, isAtLeastAsGood };
  } catch (error) {
    if (!isUntrainable(error)) throw error;
    return { ...none, kind: "too-few" };
  }
}

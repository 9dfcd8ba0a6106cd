import { assert } from "../../base/assert.ts";
import type { PredictorFamily } from "../../domain/predictor-artifact.ts";
import type { TensorGraph } from "../../ports/tensor-runtime.ts";
import type { Dataset } from "../data/dataset.ts";
import { crossTurnsOf, type Fold, type Span } from "../data/splits.ts";
import { calibratePredictor, type Calibrated } from "./calibrate-predictor.ts";
import type { Learned, Learner, MetricsLog } from "./fit-predictor.ts";
import { rawPredictions } from "./raw-predictions.ts";

/** How a model is made of rows. */
export type Recipe = {
  readonly learner: Learner;
  readonly seed: number;
  readonly calibration: "beta" | "steps";
  /** `walk`: on the newer half, answered by models of what lay before it; `window`: on rows that are kept from learning. */
  readonly recalibratedBy: "walk" | "window";
};

/** Who hears how a turn goes. */
export type Ears = { readonly onShare: (share: number) => void; readonly log: MetricsLog };

/** A model, and what it was made of. */
export type Made = {
  readonly learned: Learned;
  readonly calibrated: Calibrated;
  /** The rows that its features were learned from. */
  readonly learn: Span;
  /** The rows that recalibrated it, and what was said of them before that. */
  readonly answered: Span;
  readonly raw: Float64Array;
  readonly graph: TensorGraph | null;
};

/** Opens the network of a model that has one. */
export type OpenGraph = (learned: Learned) => Promise<TensorGraph | null>;

/** Four networks would have to be trained in the place of one; the other families learn in seconds. */
export function recalibrationOf(family: PredictorFamily): Recipe["recalibratedBy"] {
  return family === "logistic" || family === "boosted" || family === "forest" ? "walk" : "window";
}

/**
 * Learns from parts and recalibrates: all that makes a model, and nothing after `parts`. Recalibrated by a walk, it learns from all
 * of the rows, and models that knew a half, two thirds and five sixths of them tell what such a model is worth: cross-validated
 * calibration (Platt 1999), in time order.
 */
export async function makePredictor(
  recipe: Recipe,
  data: Dataset,
  parts: Omit<Fold, "test">,
  open: OpenGraph,
  { onShare, log }: Ears,
): Promise<Made> {
  const { learner, seed, calibration } = recipe;
  if (recipe.recalibratedBy === "walk") return makeByWalk(recipe, data, parts, open, { onShare, log });
  const learned = await learner(data, parts, seed, onShare, log);
  const graph = await open(learned);
  const { calibrate: answered } = parts;
  const { probability: raw } = await rawPredictions(learned, data.x, answered.from, answered.to, graph);
  const calibrated = calibratePredictor(data, answered, raw, calibration);
  return { learned, calibrated, learn: parts.learn, answered, raw, graph };
}

async function makeByWalk(
  { learner, seed, calibration }: Recipe,
  data: Dataset,
  parts: Omit<Fold, "test">,
  open: OpenGraph,
  { onShare, log }: Ears,
): Promise<Made> {
  const { turns, whole } = crossTurnsOf(parts);
  const { to } = parts.calibrate;
  const answered = { from: turns[0]!.answered.from, to };
  const raw = new Float64Array(to - answered.from);
  const rows = turns.reduce((sum, { learn }) => sum + learn.to, to);
  const learned = await learner(data, whole, seed, (share) => onShare((share * to) / rows), log);
  const { again } = learned;
  assert(again !== undefined, "who is recalibrated by a walk can be made again");
  let before = to;
  for (const { learn, answered: span } of turns) {
    const hear = (share: number): void => onShare((before + share * learn.to) / rows);
    // The same decisions, or the earlier ones would be sharper or duller than the model that they speak for.
    const earlier = await again(learn, hear);
    before += learn.to;
    const graph = await open(earlier);
    const said = await rawPredictions(earlier, data.x, span.from, span.to, graph);
    raw.set(said.probability, span.from - answered.from);
    await graph?.close();
  }
  const calibrated = calibratePredictor(data, answered, raw, calibration, parts.calibrate.from);
  return { learned, calibrated, learn: whole.learn, answered, raw, graph: await open(learned) };
}

import type { PredictorBody, PredictorFamily } from "../../domain/predictor-artifact.ts";
import { gatherRows, labelledRows, type Dataset } from "../data/dataset.ts";
import { fitScaler, scaleRows, type Scaler } from "../data/scaler.ts";
import type { Fold, Span } from "../data/splits.ts";
import { fitLogistic, type LogisticRows } from "../linear/logistic-regression.ts";
import { boostDefaults, type BoostOptions } from "../trees/boost.ts";
import type { Labelled } from "../trees/labelled.ts";
import { forestDefaults, type ForestOptions } from "../trees/forest.ts";
import { plainFitters, type TreeFitters } from "./tree-fitters.ts";

/** What learning from a part came to. */
export type Learned = {
  readonly body: PredictorBody;
  readonly scaler: Scaler;
  readonly windowRows: number;
  /** Share of the gain by feature; null where the family cannot tell. */
  readonly importance: readonly number[] | null;
  readonly settings: Readonly<Record<string, number | string>>;
  /** Loss on held rows, look by look, where learning is looked at as it goes. */
  readonly heldLosses?: readonly number[];
  /** What whoever trains should know. */
  readonly warnings?: readonly string[];
  /** Makes another with what was decided here; absent where that costs as much as the first. */
  readonly again?: Again;
};

/** Learns from all rows of a span of the same data, with nothing left to decide. */
export type Again = (span: Span, onShare: (share: number) => void) => Promise<Learned> | Learned;

/** Hears numbers by name while a model learns, at the step that they belong to. */
export type MetricsLog = (step: number, values: Readonly<Record<string, number>>) => void;

/** A way to learn: from `learn`, stopped by `held`, seeing nothing else. */
export type Learner = (
  data: Dataset,
  parts: Pick<Fold, "learn" | "held">,
  seed: number,
  onShare: (share: number) => void,
  log?: MetricsLog,
) => Promise<Learned> | Learned;

/** Settings of the families that need no network. */
export type TreeSettings = {
  readonly boosted?: Partial<BoostOptions>;
  readonly forest?: Partial<ForestOptions>;
};

/** The learner of a family that needs no network. */
export function plainLearner(
  family: Extract<PredictorFamily, "boosted" | "forest" | "logistic">,
  settings: TreeSettings = {},
  fitters: TreeFitters = plainFitters,
): Learner {
  if (family === "boosted") return (...given) => learnBoosted(fitters, settings.boosted ?? {}, ...given);
  if (family === "forest") return (...given) => learnForest(fitters, settings.forest ?? {}, ...given);
  return learnLogistic;
}

function partOf(data: Dataset, span: Fold["learn"]): Labelled {
  const { rows, y, weights } = labelledRows(data, span);
  return { x: gatherRows(data.x, rows), y, weights: toMeanOne(weights) };
}

/** So that a limit on the weight of a leaf means rows. */
function toMeanOne(weights: Float32Array): Float32Array {
  const mean = weights.reduce((sum, weight) => sum + weight, 0) / Math.max(1, weights.length);
  return weights.map((weight) => (mean > 0 ? weight / mean : 1));
}

async function learnBoosted(
  fitters: TreeFitters,
  changes: Partial<BoostOptions>,
  ...[data, parts, seed, onShare]: Parameters<Learner>
): Promise<Learned> {
  const options = { ...boostDefaults, ...changes, seed };
  const [learn, held] = [partOf(data, parts.learn), partOf(data, parts.held)];
  const { rounds } = await fitters.boosted(learn, options, held, (share) => onShare(share / 2));
  // How many trees it takes is known now: rows that have told that are learned from too.
  const decided = { ...options, rounds };
  const again: Again = async (span, hear) => {
    const { body, importance } = await fitters.boosted(partOf(data, span), decided, null, hear);
    // All that it takes to make it again.
    const settings = { ...numbersOf(options), treesKept: rounds, ...monotoneOf(options) };
    return {
      body,
      scaler: fitScaler(data.x, span.from, span.to),
      windowRows: 1,
      importance,
      settings,
      again,
    };
  };
  return again(wholeOf(parts), (share) => onShare((1 + share) / 2));
}

/** All that a model may learn from once nothing is left to decide. */
function wholeOf({ learn, held }: Pick<Fold, "learn" | "held">): Span {
  return { from: learn.from, to: held.to };
}

async function learnForest(
  fitters: TreeFitters,
  changes: Partial<ForestOptions>,
  ...[data, parts, seed, onShare]: Parameters<Learner>
): Promise<Learned> {
  const options = { ...forestDefaults, ...changes, seed };
  const again: Again = async (span, hear) => {
    const { body, importance } = await fitters.forest(partOf(data, span), options, hear);
    const settings = numbersOf(options);
    return {
      body,
      scaler: fitScaler(data.x, span.from, span.to),
      windowRows: 1,
      importance,
      settings,
      again,
    };
  };
  // A forest needs no rows that stop it: it learns from those too.
  return again(wholeOf(parts), onShare);
}

/** The options that are numbers; the seed stands elsewhere. */
export function numbersOf(options: object): Readonly<Record<string, number>> {
  const numbers = Object.entries(options).filter(
    (entry): entry is [string, number] => typeof entry[1] === "number" && entry[0] !== "seed",
  );
  return Object.fromEntries(numbers);
}

function monotoneOf({ monotone }: BoostOptions): { readonly monotone?: string } {
  return monotone.length === 0 ? {} : { monotone: monotone.join(" ") };
}

const ridges = [1, 10, 100, 1000] as const;

/** The baseline that everybody must beat: the strength of its ridge is what does best on `held`. */
async function learnLogistic(...[data, parts, , onShare]: Parameters<Learner>): Promise<Learned> {
  const scaler = fitScaler(data.x, parts.learn.from, parts.learn.to);
  const [learn, held] = [scaledRows(data, parts.learn, scaler), scaledRows(data, parts.held, scaler)];
  const tried = ridges.map((ridge) => ({
    ridge,
    loss: lossOf(fitLogistic(learn, ridge).coefficients, held),
  }));
  const { ridge } = tried.reduce((a, b) => (b.loss < a.loss ? b : a));
  const again: Again = (span) => {
    const own = fitScaler(data.x, span.from, span.to);
    const { coefficients } = fitLogistic(scaledRows(data, span, own), ridge);
    const { width } = data.x;
    return {
      body: {
        kind: "linear",
        weights: [...coefficients.subarray(0, width)],
        intercept: coefficients[width]!,
      },
      scaler: own,
      windowRows: 1,
      importance: null,
      settings: { ridge },
      again,
    };
  };
  return again(wholeOf(parts), onShare);
}

function scaledRows(data: Dataset, span: Span, scaler: Scaler): LogisticRows {
  const { width } = data.x;
  const part = labelledRows(data, span);
  const gathered = gatherRows(data.x, part.rows);
  const x = new Float32Array(gathered.values.length);
  scaleRows(scaler, gathered.values, 0, part.rows.length, x);
  return { x, y: part.y, weights: toMeanOne(part.weights), width };
}

function lossOf(coefficients: Float64Array, { x, y, weights, width }: LogisticRows): number {
  let loss = 0;
  for (let row = 0; row < y.length; row++) {
    let score = coefficients[width]!;
    for (let k = 0; k < width; k++) score += coefficients[k]! * x[row * width + k]!;
    const signed = y[row]! > 0.5 ? score : -score;
    loss += weights[row]! * (Math.log1p(Math.exp(-Math.abs(signed))) + Math.max(0, -signed));
  }
  return loss;
}

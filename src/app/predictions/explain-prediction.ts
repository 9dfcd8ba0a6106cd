import { ModelStore } from "../../adapters/stores/models/model-store.ts";
import { KiwiError } from "../../base/errors.ts";
import { formatTime } from "../../base/time.ts";
import type { Bars } from "../../domain/bars.ts";
import type { Calendar } from "../../domain/calendar/calendar.ts";
import type {
  LinearBody,
  NetworkBody,
  PredictorArtifact,
  TreesBody,
} from "../../domain/predictor-artifact.ts";
import { featureSetNamed } from "../../features/feature-sets.ts";
import { makeDataset } from "../../learning/data/dataset.ts";
import { scaleRows } from "../../learning/data/scaler.ts";
import { permutationImportance } from "../../learning/judge/permutation-importance.ts";
import { recalibrate } from "../../learning/judge/recalibrate.ts";
import { networkViews, type NetworkView } from "../../learning/predictors/network-views.ts";
import { rawPredictions } from "../../learning/predictors/raw-predictions.ts";
import { shapOfTrees, type Contributions } from "../../learning/trees/shap.ts";
import { calculateFeatures } from "../features/calculate-features.ts";
import { modelsFolderOf, readModelName } from "../train/models-folder.ts";
import { rowsBefore } from "../train/model-bars.ts";
import { openNetwork, predictorModel } from "./predictor-model.ts";

/** A feature of a row, and what it added to the model's sum. */
export type FeatureShare = { readonly name: string; readonly value: number | null; readonly adds: number };

/** Why a model said what it said about one bar: `base` and what all features add make `sum`. */
export type PredictionExplained = {
  readonly kind: "row";
  readonly model: string;
  readonly closeTimeMs: number;
  /** What the sum is: log-odds of a rise, or its probability. */
  readonly unit: "log-odds" | "probability";
  readonly base: number;
  readonly sum: number;
  readonly raw: number;
  readonly probability: number;
  readonly features: readonly FeatureShare[];
};

/** What a network looked at when it answered about one bar. */
export type NetworkExplained = {
  readonly kind: "network";
  readonly model: string;
  readonly closeTimeMs: number;
  readonly raw: number;
  readonly probability: number;
  readonly views: readonly NetworkView[];
};

/** What a model would lose without each of its features, on bars after its training. */
export type ImportanceExplained = {
  readonly kind: "importance";
  readonly model: string;
  readonly fromMs: number;
  readonly throughMs: number;
  readonly rows: number;
  readonly logLoss: number;
  readonly features: readonly {
    readonly name: string;
    readonly rise: number;
    readonly gain: number | null;
  }[];
};

/** Rows that are shuffled: of networks fewer, for each answer costs much more. */
const rowsMax = { trees: 3_000, linear: 3_000, network: 500 } as const;
const rowsMin = 50;

/** A trained model of direction in a folder. Throws what reading throws, `MODEL_OTHER_KIND` and `MODEL_FEATURES_CHANGED`. */
export async function readPredictor(folder: string, wanted: string): Promise<PredictorArtifact> {
  const { name, version } = readModelName(wanted);
  const { artifact } = await new ModelStore(modelsFolderOf(folder)).read(name, version);
  if (artifact.kind !== "predictor")
    throw explainError(
      "MODEL_OTHER_KIND",
      `${name} is a model of regimes, and its answer is no sum of features`,
      "its states are shown by kiwi model show",
      `kiwi model show ${name}`,
    );
  // It refuses a model whose features mean something else by now.
  predictorModel(artifact);
  return artifact;
}

/** Why a model says what it says about the bar that holds a moment. Throws `BAR_NONE` and `PREDICTION_MISSING`. */
export async function explainPrediction(
  artifact: PredictorArtifact,
  bars: Bars,
  calendar: Calendar,
  atMs: number,
): Promise<PredictionExplained | NetworkExplained> {
  const { columns } = calculateFeatures(featureSetNamed(artifact.features.set), bars, calendar);
  const row = rowsBefore(bars, atMs);
  if (row >= bars.length)
    throw explainError(
      "BAR_NONE",
      `${bars.symbol} has no bar at ${formatTime(atMs)}`,
      `its bars close ${formatTime(bars.closeTimeMs[0]!)} to ${formatTime(bars.closeTimeMs[bars.length - 1]!)}`,
      `choose a moment in between: --at ${formatTime(bars.closeTimeMs[bars.length - 1]!)}`,
    );
  const { body } = artifact;
  if (body.kind === "network") return explainNetwork({ ...artifact, body }, bars, columns, row);
  const values = Float32Array.from(columns, (column) =>
    Number.isFinite(column[row]!) ? column[row]! : Number.NaN,
  );
  const { base, features } = contributionsOf({ ...artifact, body }, values);
  const sum = features.reduce((all, one) => all + one, base);
  const isShare = artifact.body.kind === "trees" && artifact.body.link === "probability";
  const raw = isShare ? Math.min(1, Math.max(0, sum)) : 1 / (1 + Math.exp(-sum));
  return {
    kind: "row",
    model: `${artifact.name}@${artifact.version}`,
    closeTimeMs: bars.closeTimeMs[row]!,
    unit: isShare ? "probability" : "log-odds",
    base,
    sum,
    raw,
    probability: recalibrate(artifact.calibration, raw).probability,
    features: artifact.features.names
      .map((name, k) => ({ name, value: Number.isNaN(values[k]!) ? null : values[k]!, adds: features[k]! }))
      .sort((a, b) => Math.abs(b.adds) - Math.abs(a.adds)),
  };
}

async function explainNetwork(
  artifact: PredictorArtifact & { readonly body: NetworkBody },
  bars: Bars,
  columns: readonly Float64Array[],
  row: number,
): Promise<NetworkExplained> {
  const { name, version, windowRows, calibration, label } = artifact;
  const { x } = makeDataset(bars, columns, 0, label);
  const closeTimeMs = bars.closeTimeMs[row]!;
  const graph = (await openNetwork(artifact))!;
  const raw = (await rawPredictions(artifact, x, row, row + 1, graph)).probability[0]!;
  const views = Number.isNaN(raw) ? [] : await networkViews(artifact, x, row, graph);
  await graph.close();
  if (Number.isNaN(raw))
    throw explainError(
      "PREDICTION_MISSING",
      `${name} says nothing about the bar that closes ${formatTime(closeTimeMs)}`,
      `it needs ${windowRows} rows whose features have warmed up, and there are fewer until then`,
      "choose a later --at, or add older bars",
    );
  const { probability } = recalibrate(calibration, raw);
  return { kind: "network", model: `${name}@${version}`, closeTimeMs, raw, probability, views };
}

type Summed = Pick<PredictorArtifact, "scaler"> & { readonly body: TreesBody | LinearBody };

function contributionsOf({ body, scaler }: Summed, values: Float32Array): Contributions {
  switch (body.kind) {
    case "trees":
      return shapOfTrees(body, values, values.length);
    case "linear": {
      // Against the median of every feature, where a scaled one is 0.
      const scaled = new Float32Array(values.length);
      scaleRows(scaler, values, 0, 1, scaled);
      return {
        base: body.intercept,
        features: Float64Array.from(scaled, (one, k) => one * body.weights[k]!),
      };
    }
  }
}

/** What a model would lose without each feature, on the newest bars after its training. Throws `IMPORTANCE_FEW_BARS`. */
export async function explainImportance(
  artifact: PredictorArtifact,
  bars: Bars,
  calendar: Calendar,
  onShare: (share: number) => void,
): Promise<ImportanceExplained> {
  const { label, body, trainedThroughMs, name, version, features, seed, windowRows } = artifact;
  const { columns } = calculateFeatures(featureSetNamed(features.set), bars, calendar);
  const { x, labels, closeTimeMs } = makeDataset(bars, columns, 0, label);
  const first = rowsBefore(bars, trainedThroughMs + 1) + label.horizonBars;
  const from = Math.max(first, bars.length - label.horizonBars - rowsMax[body.kind]);
  const to = bars.length - label.horizonBars;
  if (to - from < rowsMin)
    throw explainError(
      "IMPORTANCE_FEW_BARS",
      `${Math.max(0, to - from)} bars after the training of ${name} have an outcome, and ${rowsMin} are needed`,
      `it was trained through ${formatTime(trainedThroughMs)}; on bars that it has learned from every feature looks important`,
      "give newer bars with --data, or explain one bar with --at",
    );
  const begin = Math.max(0, from - windowRows + 1);
  const part = { ...x, values: x.values.slice(begin * x.width, to * x.width), rows: to - begin };
  const graph = await openNetwork(artifact);
  const found = await permutationImportance(
    async (changed) => {
      const raw = await rawPredictions(artifact, changed, 0, changed.rows, graph);
      return raw.probability.map((p) =>
        Number.isNaN(p) ? p : recalibrate(artifact.calibration, p).probability,
      );
    },
    { x: part, outcome: labels.outcome.slice(begin, to) },
    seed,
    onShare,
  );
  await graph?.close();
  return {
    kind: "importance",
    model: `${name}@${version}`,
    fromMs: closeTimeMs[from]!,
    throughMs: closeTimeMs[to - 1]!,
    rows: found.rows,
    logLoss: found.logLoss,
    features: features.names
      .map((feature, k) => ({
        name: feature,
        rise: found.rises[k]!,
        gain: artifact.importance?.[k] ?? null,
      }))
      .sort((a, b) => b.rise - a.rise),
  };
}

function explainError(code: string, message: string, why: string, fix: string): KiwiError {
  return new KiwiError({
    code,
    exit: code === "IMPORTANCE_FEW_BARS" ? "data" : "usage",
    message,
    why,
    fix,
    topic: "models",
  });
}

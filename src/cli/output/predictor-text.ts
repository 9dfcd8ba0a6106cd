import { formatTime } from "../../base/time.ts";
import type { PredictorArtifact, PredictorScores } from "../../domain/predictor-artifact.ts";
import { pairs, table } from "./table.ts";

const right = { align: "right" } as const;
const featuresShown = 8;

/** What a model of direction was trained on, what it looks at, and how it did on bars that it had not seen. */
export function predictorText(artifact: PredictorArtifact, dataKind: "real" | "synthetic"): string {
  const { symbol, timeframe, trainedFromMs, trainedThroughMs, label, features, family, settings } = artifact;
  const synthetic = dataKind === "synthetic" ? "SYNTHETIC " : "";
  const head = pairs([
    ["family", family],
    [
      "trained on",
      `${synthetic}${symbol} ${timeframe}, bars that close ${formatTime(trainedFromMs)} to ${formatTime(trainedThroughMs)}`,
    ],
    [
      "tells",
      `up or down within ${label.horizonBars} bars (${label.kind}, least move ${label.moveMin} deviations)`,
    ],
    [
      "looks at",
      `${features.names.length} features of the set ${features.set}, ${artifact.windowRows} rows at a time`,
    ],
    [
      "settings",
      Object.entries(settings)
        .map(([name, value]) => `${name} ${value}`)
        .join(", "),
    ],
    ["recalibrated", calibrationText(artifact)],
  ]);
  const scores = artifact.scores === null ? "not judged: too few bars" : scoresText(artifact.scores);
  return [head, scores, importanceText(artifact)].filter((part) => part !== "").join("\n\n");
}

function calibrationText({ calibration, conformal }: PredictorArtifact): string {
  const sets = `; 90 % sets reach ${conformal.toFixed(3)}`;
  if (calibration.kind === "none") return "not";
  if (calibration.kind === "steps") return `${calibration.from.length} steps (isotonic)${sets}`;
  const { a, b, c } = calibration;
  return `beta: a ${a.toFixed(3)}, b ${b.toFixed(3)}, c ${c.toFixed(3)}${sets}`;
}

/** How predictions did, with what they must be held against. */
function scoresText(scores: PredictorScores): string {
  const { accuracy, baseRate, skillP } = scores;
  const verdict =
    accuracy.low > baseRate && skillP < 0.05
      ? "better than chance"
      : "no better than chance can be told from";
  return pairs([
    [
      "judged",
      `walking forward, ${scores.rows} rows from ${formatTime(scores.fromMs)} to ${formatTime(scores.throughMs)}: ${verdict}`,
    ],
    ...scoreRows(scores),
  ]);
}

/** The numbers of predictions, a name and a line each. */
export function scoreRows(scores: PredictorScores): readonly (readonly [string, string])[] {
  const { accuracy, baseRate, persistence, skillP, reliability, resolution, uncertainty } = scores;
  // What probabilities that share a bin differ by: with it the parts add up.
  const within = scores.brier - reliability + resolution - uncertainty;
  return [
    [
      "accuracy",
      `${percent(accuracy.value)} (95 %: ${percent(accuracy.low)} to ${percent(accuracy.high)}); always the same ${percent(baseRate)}, the last again ${percent(persistence)}; skill p ${skillP.toFixed(3)}`,
    ],
    [
      "up calls",
      `precision ${share(scores.precision)}, recall ${share(scores.recall)}, F1 ${share(scores.f1)}, AUC ${share(scores.auc)}`,
    ],
    [
      "probability",
      `log loss ${scores.logLoss.toFixed(4)}, Brier ${scores.brier.toFixed(4)} = ${reliability.toFixed(5)} reliability - ${resolution.toFixed(5)} resolution + ${uncertainty.toFixed(4)} uncertainty ${within < 0 ? "-" : "+"} ${Math.abs(within).toFixed(5)} within bins`,
    ],
    [
      "calibration",
      `ECE ${share(scores.eceWidth)} / ${share(scores.eceMass)}, MCE ${share(scores.mceWidth)} / ${share(scores.mceMass)} (equal width / mass); 90 % sets hold ${percent(scores.coverage)}`,
    ],
  ];
}

function importanceText({ importance, features }: PredictorArtifact): string {
  if (importance === null) return "";
  const rows = features.names
    .map((name, k) => ({ name, gain: importance[k]! }))
    .sort((a, b) => b.gain - a.gain)
    .slice(0, featuresShown)
    .map(({ name, gain }) => [name, percent(gain)]);
  return table([{ title: "feature" }, { title: "share of gain", ...right }], rows);
}

function percent(value: number): string {
  return `${(value * 100).toFixed(1)} %`;
}

function share(value: number | null): string {
  return value === null ? "n/a" : value.toFixed(3);
}

import type { ForecastEvaluation } from "../../analysis/predictions/evaluate-forecasts.ts";
import type { PredictorArtifact, PredictorFamily } from "../../domain/predictor-artifact.ts";
import type { TradedAnswers } from "./trade-answers.ts";

/** How answers were had: of the stored model on bars after its training, or of models made like it, each on what lay before. */
export type EvaluationMethod =
  | { readonly kind: "after-training" }
  | { readonly kind: "walk-forward"; readonly folds: number };

/** Everything that was found about a model of direction. Plain data. */
export type ModelEvaluation = {
  readonly schema: "model-evaluation@1";
  readonly model: Pick<PredictorArtifact, "name" | "symbol" | "timeframe" | "label" | "trainedThroughMs"> & {
    /** Null for an ensemble, which has none. */
    readonly version: number | null;
    readonly family: PredictorFamily | "ensemble";
    /** Of the file of the model; of an ensemble, of its configuration and its members. */
    readonly sha256: string;
  };
  readonly method: EvaluationMethod;
  readonly dataKind: "real" | "synthetic";
  /** Bars that were answered. */
  readonly bars: number;
  readonly forecasts: ForecastEvaluation;
  /** What trading by it came to; the first two by the model, the last without it. */
  readonly trading: readonly TradedAnswers[];
  /** What the trading cost, in words. */
  readonly costs: string;
  readonly verdict: string;
  readonly level: "refuted" | "open" | "supported";
  readonly findings: readonly string[];
  readonly warnings: readonly string[];
  /** What was typed. */
  readonly command: string;
};

type Judged = Pick<ModelEvaluation, "forecasts" | "trading">;

const pMax = 0.05;
const effectiveRowsMin = 100;
const coverageRange = [0.85, 0.95] as const;
const errorMax = 0.05;

/** What the numbers amount to, in words. */
export function verdictOf(judged: Judged): Pick<ModelEvaluation, "verdict" | "level" | "findings"> {
  const { scores, coinGain } = judged.forecasts;
  const findings = findingsOf(judged);
  if ((coinGain?.high ?? 0) < 0)
    return { verdict: "Its probabilities are worse than a coin's", level: "refuted", findings };
  const hasSkill = scores.accuracy.low > scores.baseRate && scores.skillP < pMax;
  if (hasSkill && (coinGain?.low ?? 0) > 0)
    return { verdict: "On these bars its calls are better than chance", level: "supported", findings };
  return { verdict: "Nothing here tells it from chance", level: "open", findings };
}

function findingsOf({ forecasts, trading }: Judged): readonly string[] {
  const { scores, coinGain, effectiveRows } = forecasts;
  const found: string[] = [];
  const say = (isSo: boolean, text: string): void => void (isSo && found.push(text));
  const { accuracy, baseRate, persistence, skillP, coverage, eceMass } = scores;
  say(
    effectiveRows < effectiveRowsMin,
    `its outcomes overlap: they tell as much as ${effectiveRows.toFixed(0)} rows, which is little`,
  );
  say(
    accuracy.low <= baseRate,
    `the interval of its accuracy, from ${percent(accuracy.low)}, holds what saying always the same gets (${percent(baseRate)})`,
  );
  say(
    persistence > accuracy.value,
    `saying again what happened last gets more: ${percent(persistence)} against ${percent(accuracy.value)}`,
  );
  say(skillP >= pMax, `calls without skill are right as often in ${percent(skillP)} of all shifts`);
  say((coinGain?.low ?? 0) <= 0, "its log loss cannot be told from a coin's");
  say(
    (eceMass ?? 0) > errorMax,
    `its probabilities are off by ${percent(eceMass ?? 0)} on average (expected calibration error)`,
  );
  say(
    coverage < coverageRange[0] || coverage > coverageRange[1],
    `its 90 % sets hold ${percent(coverage)} of the outcomes`,
  );
  const [calls] = trading;
  say(
    calls !== undefined && (calls.sharpe?.low ?? -Infinity) <= 0,
    "after costs, trading its calls cannot be told from earning nothing",
  );
  return found;
}

function percent(share: number): string {
  return `${(share * 100).toFixed(1)} %`;
}

import { calibrationDrift, type CalibrationDrift } from "../../learning/judge/calibration-drift.ts";
import type { Judged } from "./score-predictions.ts";

/** Whether what came contradicts what was said. */
export type CalibrationState = CalibrationDrift & {
  /** Outcomes that are known, overlapping ones too. */
  readonly rows: number;
  /** Mean of what came less mean of what was said. */
  readonly meanGap: number;
};

/** How far a model has been left behind by its market. */
export type ModelDrift = {
  readonly rows: number;
  readonly fromMs: number;
  readonly throughMs: number;
  /** Population stability index of each feature since training, the largest first. */
  readonly features: readonly { readonly name: string; readonly stability: number }[];
  /** Of what it says, since it was recalibrated. */
  readonly prediction: number | null;
  readonly calibration: CalibrationState;
  readonly level: "none" | "watch" | "drifted";
  /** Why, a sentence each. */
  readonly reasons: readonly string[];
};

export type DriftLimits = {
  /** Population stability indices from which on a shift is worth a look, and is one. */
  readonly watch: number;
  readonly drifted: number;
  /** Standard errors of the calibration gap at which outcomes contradict the probabilities. */
  readonly errorsMax: number;
};

/** What is usual: conventions of credit scoring, and three standard errors. */
const driftLimits: DriftLimits = { watch: 0.1, drifted: 0.25, errorsMax: 3 };

/** How what came stands to what was said. */
export function calibrationState(
  { probability, outcome }: Judged,
  horizonBars: number,
  { errorsMax }: DriftLimits = driftLimits,
): CalibrationState {
  let gap = 0;
  for (let row = 0; row < outcome.length; row++) gap += outcome[row]! - probability[row]!;
  return {
    ...calibrationDrift(probability, outcome, { overlapBars: horizonBars, deviationsMax: errorsMax }),
    rows: outcome.length,
    meanGap: outcome.length === 0 ? 0 : gap / outcome.length,
  };
}

/**
 * What the parts amount to. Features that moved are worth a look and no more: volatility, for one, is elsewhere for months, and a
 * model may be as right there. What it says, and what comes of that, decides.
 */
export function driftLevel(
  features: ModelDrift["features"],
  prediction: number | null,
  { meanGap, gap, spread, hasDrifted }: CalibrationState,
  limits: DriftLimits = driftLimits,
): Pick<ModelDrift, "level" | "reasons"> {
  const reasons: string[] = [];
  const over = (limit: number) => features.filter(({ stability }) => stability >= limit);
  const moved = over(limits.drifted);
  const isShifted = (prediction ?? 0) >= limits.drifted;
  if (hasDrifted)
    reasons.push(
      Math.abs(gap) >= Math.abs(spread)
        ? `outcomes contradict its probabilities: ${(Math.abs(meanGap) * 100).toFixed(1)} points ${gap > 0 ? "more" : "fewer"} rises came than it said, ${Math.abs(gap).toFixed(1)} standard errors`
        : `it is surer than it may be, by ${Math.abs(spread).toFixed(1)} standard errors`,
    );
  if ((prediction ?? 0) >= limits.watch)
    reasons.push(`it says other things than it did: stability index ${prediction!.toFixed(2)}`);
  if (moved.length > 0)
    reasons.push(
      `${moved.length} of ${features.length} features have moved: ${moved
        .slice(0, 3)
        .map(({ name, stability }) => `${name} ${stability.toFixed(2)}`)
        .join(", ")}`,
    );
  if (hasDrifted || isShifted) return { level: "drifted", reasons };
  const isWatched = (prediction ?? 0) >= limits.watch || moved.length > 0;
  return { level: isWatched ? "watch" : "none", reasons };
}

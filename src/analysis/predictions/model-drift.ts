import type { Judged } from "./score-predictions.ts";

/** Whether what came contradicts what was said. */
export type CalibrationState = {
  /** Outcomes that are known. */
  readonly rows: number;
  /** Mean of what came less mean of what was said. */
  readonly gap: number;
  /** The gap in its standard errors, overlapping outcomes counted once; 0 where there are too few to say. */
  readonly errors: number;
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
export const driftLimits: DriftLimits = { watch: 0.1, drifted: 0.25, errorsMax: 3 };

/** Outcomes that do not overlap, from which on anything is said of calibration. */
const outcomesMin = 10;
/** How what came stands to what was said. */
export function calibrationState({ probability, outcome }: Judged, horizonBars: number): CalibrationState {
  let [gap, variance] = [0, 0];
  const rows = outcome.length;
  for (let row = 0; row < rows; row++) {
    gap += outcome[row]! - probability[row]!;
    variance += probability[row]! * (1 - probability[row]!);
  }
  const isEnough = rows / horizonBars >= outcomesMin && variance > 0;
  return {
    rows,
    gap: rows === 0 ? 0 : gap / rows,
    errors: isEnough ? gap / Math.sqrt(variance * horizonBars) : 0,
  };
}

/**
 * What the parts amount to. Features that moved are worth a look and no more: volatility, for one, is elsewhere for months, and a
 * model may be as right there. What it says, and what comes of that, decides.
 */
export function driftLevel(
  features: ModelDrift["features"],
  prediction: number | null,
  { gap, errors }: CalibrationState,
  limits: DriftLimits = driftLimits,
): Pick<ModelDrift, "level" | "reasons"> {
  const reasons: string[] = [];
  const over = (limit: number) => features.filter(({ stability }) => stability >= limit);
  const moved = over(limits.drifted);
  const isContradicted = Math.abs(errors) >= limits.errorsMax;
  const isShifted = (prediction ?? 0) >= limits.drifted;
  if (isContradicted)
    reasons.push(
      `outcomes contradict its probabilities: ${(Math.abs(gap) * 100).toFixed(1)} points ${gap > 0 ? "more" : "fewer"} rises came than it said, ${Math.abs(errors).toFixed(1)} standard errors`,
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
  if (isContradicted || isShifted) return { level: "drifted", reasons };
  const isWatched = (prediction ?? 0) >= limits.watch || moved.length > 0;
  return { level: isWatched ? "watch" : "none", reasons };
}

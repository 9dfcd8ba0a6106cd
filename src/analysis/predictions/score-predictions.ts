import { Prng } from "../../base/prng.ts";
import type { Estimate, PredictorScores } from "../../domain/predictor-artifact.ts";
import { wilson } from "../../learning/judge/recalibrate.ts";
import {
  brierScore,
  expectedCalibrationError,
  maximumCalibrationError,
  reliabilityBins,
} from "../statistics/calibration.ts";
import { ratioOrNull } from "../statistics/finite-or-null.ts";

/** Recalibrated predictions beside what became of them, in time order. */
export type Judged = {
  readonly closeTimeMs: Float64Array;
  readonly probability: Float64Array;
  /** 1 up, 0 down. */
  readonly outcome: Float32Array;
  /** How much each row counts: rows with overlapping outcomes are not as many as they are. */
  readonly weights: Float32Array;
  /** What saying again what happened last would have said. */
  readonly persistence: Uint8Array;
  /** Reach of the prediction sets that was in force at each row. */
  readonly conformal: Float64Array;
};

/** Predictions of several turns as one, in the order given. */
export function joinJudged(parts: readonly Judged[]): Judged {
  const all = (name: keyof Judged) => parts.flatMap((part) => [...part[name]]);
  return {
    closeTimeMs: Float64Array.from(all("closeTimeMs")),
    probability: Float64Array.from(all("probability")),
    outcome: Float32Array.from(all("outcome")),
    weights: Float32Array.from(all("weights")),
    persistence: Uint8Array.from(all("persistence")),
    conformal: Float64Array.from(all("conformal")),
  };
}

const shifts = 999;
const deviations = 1.96;

/** Scores of predictions. The interval of the accuracy counts rows by their overlap weights. */
export function scorePredictions(judged: Judged, horizonBars: number, seed: number): PredictorScores {
  const { closeTimeMs, probability, outcome, weights, persistence } = judged;
  const rows = outcome.length;
  const says = Uint8Array.from(probability, (p) => (p > 0.5 ? 1 : 0));
  const effective = weights.reduce((sum, weight) => sum + weight, 0);
  const ups = outcome.reduce((sum, one) => sum + one, 0);
  const { precision, recall, f1 } = pointingUp(says, outcome);
  const [width, mass] = [
    reliabilityBins(probability, outcome, "equal-width"),
    reliabilityBins(probability, outcome, "equal-mass"),
  ];
  const uncertainty = (ups / rows) * (1 - ups / rows);
  return {
    fromMs: closeTimeMs[0]!,
    throughMs: closeTimeMs[rows - 1]!,
    rows,
    accuracy: estimateOf(shareEqual(says, outcome), effective),
    baseRate: Math.max(ups, rows - ups) / rows,
    persistence: shareEqual(persistence, outcome),
    precision,
    recall,
    f1,
    auc: areaUnderCurve(probability, outcome),
    logLoss: logLoss(probability, outcome),
    brier: brierScore(probability, outcome)!,
    reliability:
      mass.reduce((sum, bin) => sum + bin.count * (bin.frequency - bin.meanProbability) ** 2, 0) / rows,
    resolution: mass.reduce((sum, bin) => sum + bin.count * (bin.frequency - ups / rows) ** 2, 0) / rows,
    uncertainty,
    eceWidth: expectedCalibrationError(width),
    eceMass: expectedCalibrationError(mass),
    mceWidth: maximumCalibrationError(width),
    mceMass: maximumCalibrationError(mass),
    coverage: coverageOf(judged),
    skillP: skillByShifts(says, outcome, horizonBars, seed),
  };
}

/** A share with Wilson's 95 % interval at an effective number of rows. */
function estimateOf(value: number, effective: number): Estimate {
  return { value, ...wilson(value, effective, deviations) };
}

function shareEqual(says: Uint8Array, outcome: Float32Array): number {
  let right = 0;
  for (let row = 0; row < outcome.length; row++) if (says[row] === outcome[row]) right += 1;
  return right / outcome.length;
}

function pointingUp(
  says: Uint8Array,
  outcome: Float32Array,
): Pick<PredictorScores, "precision" | "recall" | "f1"> {
  let [said, happened, both] = [0, 0, 0];
  for (let row = 0; row < outcome.length; row++) {
    said += says[row]!;
    happened += outcome[row]!;
    both += says[row]! * outcome[row]!;
  }
  return {
    precision: ratioOrNull(both, said),
    recall: ratioOrNull(both, happened),
    f1: ratioOrNull(2 * both, said + happened),
  };
}

/** Chance that a row that went up was given more than one that went down, ties counted half (Mann and Whitney 1947). */
function areaUnderCurve(probability: Float64Array, outcome: Float32Array): number | null {
  const order = Int32Array.from(probability.keys()).sort((a, b) => probability[a]! - probability[b]!);
  let [ranks, ups] = [0, 0];
  for (let from = 0; from < order.length;) {
    let to = from + 1;
    while (to < order.length && probability[order[to]!] === probability[order[from]!]) to += 1;
    for (let k = from; k < to; k++) {
      if (outcome[order[k]!] !== 1) continue;
      ranks += (from + 1 + to) / 2;
      ups += 1;
    }
    from = to;
  }
  return ratioOrNull(ranks - (ups * (ups + 1)) / 2, ups * (order.length - ups));
}

function logLoss(probability: Float64Array, outcome: Float32Array): number {
  let loss = 0;
  for (let row = 0; row < outcome.length; row++) {
    const p = outcome[row] === 1 ? probability[row]! : 1 - probability[row]!;
    loss -= Math.log(Math.max(1e-12, p));
  }
  return loss / outcome.length;
}

function coverageOf({ probability, outcome, conformal }: Judged): number {
  let inside = 0;
  for (let row = 0; row < outcome.length; row++) {
    const miss = outcome[row] === 1 ? 1 - probability[row]! : probability[row]!;
    if (miss <= conformal[row]!) inside += 1;
  }
  return inside / outcome.length;
}

/**
 * How often predictions would be right as often without skill: the outcomes are moved round in time against them, which keeps
 * what is alike in neighbouring rows (a circular shift test).
 */
function skillByShifts(says: Uint8Array, outcome: Float32Array, horizonBars: number, seed: number): number {
  const rows = outcome.length;
  const random = new Prng(seed).fork("skill");
  const nearest = Math.min(Math.floor(rows / 4), 10 * horizonBars);
  const own = shareEqual(says, outcome);
  let asGood = 0;
  for (let shift = 0; shift < shifts; shift++) {
    const by = nearest + random.integer(Math.max(1, rows - 2 * nearest));
    let right = 0;
    for (let row = 0; row < rows; row++) {
      const other = row + by < rows ? row + by : row + by - rows;
      if (says[row] === outcome[other]) right += 1;
    }
    if (right / rows >= own) asGood += 1;
  }
  return (asGood + 1) / (shifts + 1);
}

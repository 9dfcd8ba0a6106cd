import { Prng } from "../../base/prng.ts";
import type { Estimate, PredictorScores } from "../../domain/predictor-artifact.ts";
import { wilson } from "../../learning/judge/recalibrate.ts";
import { bootstrapInterval, meanOf } from "../statistics/bootstrap.ts";
import { reliabilityBins, type Binning, type ReliabilityBin } from "../statistics/calibration.ts";
import { forecastGroups, type ForecastGroup } from "./forecast-groups.ts";
import { scorePredictions, type Judged } from "./score-predictions.ts";

/** A bin of a reliability diagram with the 95 % interval of its share, overlapping outcomes counted once. */
export type ReliabilityRow = ReliabilityBin & { readonly low: number; readonly high: number };

/** What the 90 % prediction sets hold: one outcome is a call, both are "cannot tell", none is a surprise either way. */
export type SetShares = { readonly one: number; readonly both: number; readonly none: number };

/** Everything that predictions beside their outcomes say about whoever made them. */
export type ForecastEvaluation = {
  readonly scores: PredictorScores;
  /** Rows that tell as much as all of them together, for their outcomes overlap. */
  readonly effectiveRows: number;
  readonly auc: Estimate | null;
  /** Log loss of a coin less that of the model, per row: above zero the model knows something. */
  readonly coinGain: Estimate | null;
  /** Share of the uncertainty that the model takes away: 1 - Brier score / Brier score of the base rate in hindsight. */
  readonly brierSkill: Estimate | null;
  readonly reliability: Readonly<Record<Binning, readonly ReliabilityRow[]>>;
  /** Points of the receiver operating characteristic, from 0,0 to 1,1: false and true alarms. */
  readonly roc: readonly (readonly [number, number])[];
  readonly sets: SetShares;
  readonly years: readonly ForecastGroup[];
  readonly regimes: readonly ForecastGroup[];
};

const deviations = 1.96;
const samples = 500;
const rocPointsMax = 200;

/** Judges predictions by everything. `states` says of each row what the market had been doing. */
export function evaluateForecasts(
  judged: Judged,
  states: readonly string[],
  horizonBars: number,
  seed: number,
): ForecastEvaluation {
  const { probability, outcome, weights } = judged;
  const scores = scorePredictions(judged, horizonBars, seed);
  const effectiveRows = weights.reduce((sum, weight) => sum + weight, 0);
  const interval = (values: Float64Array, scale: number): Estimate | null => {
    const blockLength = Math.max(2 * horizonBars, Math.round(Math.cbrt(values.length)));
    const found = bootstrapInterval(values, meanOf, {
      prng: new Prng(seed).fork("forecasts"),
      samples,
      blockLength: Math.min(blockLength, values.length),
    });
    return found && { value: found.estimate * scale, low: found.low * scale, high: found.high * scale };
  };
  const base = outcome.reduce((sum, one) => sum + one, 0) / outcome.length;
  const gains = Float64Array.from(probability, (p, row) =>
    Math.log(2 * Math.max(1e-12, outcome[row] === 1 ? p : 1 - p)),
  );
  const skills = Float64Array.from(
    probability,
    (p, row) => (base - outcome[row]!) ** 2 - (p - outcome[row]!) ** 2,
  );
  const share = effectiveRows / outcome.length;
  return {
    scores,
    effectiveRows,
    auc: scores.auc === null ? null : aucEstimate(scores.auc, base, effectiveRows),
    coinGain: interval(gains, 1),
    brierSkill: base > 0 && base < 1 ? interval(skills, 1 / (base * (1 - base))) : null,
    reliability: {
      "equal-width": rowsOf(reliabilityBins(probability, outcome, "equal-width"), share),
      "equal-mass": rowsOf(reliabilityBins(probability, outcome, "equal-mass"), share),
    },
    roc: rocOf(probability, outcome),
    sets: setShares(judged),
    ...forecastGroups(judged, states),
  };
}

function rowsOf(bins: readonly ReliabilityBin[], share: number): readonly ReliabilityRow[] {
  return bins.map((bin) => ({ ...bin, ...wilson(bin.frequency, bin.count * share, deviations) }));
}

/** The interval of an area under the curve by its standard error (Hanley and McNeil 1982), at an effective number of rows. */
function aucEstimate(auc: number, base: number, effective: number): Estimate | null {
  const [ups, downs] = [base * effective, (1 - base) * effective];
  if (ups < 2 || downs < 2) return null;
  const [pairsUp, pairsDown] = [auc / (2 - auc), (2 * auc * auc) / (1 + auc)];
  const variance =
    (auc * (1 - auc) + (ups - 1) * (pairsUp - auc * auc) + (downs - 1) * (pairsDown - auc * auc)) /
    (ups * downs);
  const reach = deviations * Math.sqrt(Math.max(0, variance));
  return { value: auc, low: Math.max(0, auc - reach), high: Math.min(1, auc + reach) };
}

/** Shares of false and true alarms at falling thresholds; equal predictions are one step. */
function rocOf(probability: Float64Array, outcome: Float32Array): readonly (readonly [number, number])[] {
  const order = Int32Array.from(probability.keys()).sort((a, b) => probability[b]! - probability[a]!);
  const ups = outcome.reduce((sum, one) => sum + one, 0);
  const downs = outcome.length - ups;
  if (ups === 0 || downs === 0) return [];
  const points: [number, number][] = [[0, 0]];
  const step = Math.ceil(order.length / rocPointsMax);
  let [trues, falses, since] = [0, 0, 0];
  for (const [rank, row] of order.entries()) {
    if (outcome[row] === 1) trues += 1;
    else falses += 1;
    since += 1;
    const isTied = probability[order[rank + 1] ?? -1] === probability[row];
    if (!isTied && (since >= step || rank === order.length - 1)) {
      points.push([falses / downs, trues / ups]);
      since = 0;
    }
  }
  return points;
}

function setShares({ probability, conformal }: Judged): SetShares {
  let [one, both] = [0, 0];
  for (const [row, p] of probability.entries()) {
    const size = Number(1 - p <= conformal[row]!) + Number(p <= conformal[row]!);
    if (size === 1) one += 1;
    if (size === 2) both += 1;
  }
  const rows = probability.length;
  return { one: one / rows, both: both / rows, none: (rows - one - both) / rows };
}

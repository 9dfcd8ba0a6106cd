import type { Calibration } from "../../domain/predictor-artifact.ts";
import { fitLogistic } from "../linear/logistic-regression.ts";

/** Probabilities closer to 0 or 1 than this are moved there: their logarithms must stay finite. */
const edge = 1e-6;
/** 95 % of a normal distribution lies above this many standard deviations below its mean. */
const deviations = 1.645;

/** A recalibrated probability, and where it lies with 90 % confidence by what the calibration rows could tell. */
export type Recalibrated = { readonly probability: number; readonly low: number; readonly high: number };

/** A coefficient more must better twice the log-likelihood by this: the 95th percentile of chi-squared, one degree of freedom. */
const worthMin = 3.841;

/**
 * Beta calibration (Kull, Silva Filho and Flach 2017): a logistic regression of outcomes on ln p and -ln(1 - p), both coefficients
 * at least 0 so that the order of predictions stays. They are one and the same (on the logit) unless the rows say that there are
 * two: one that nothing speaks for makes ranges wider far from one half. Where predictions say nothing, it says the base rate.
 * `weights` are the overlap weights of the rows: rows that tell of the same moves must not make it sure of itself.
 */
export function fitBetaCalibration(rows: CalibrationRows): Calibration {
  const tied = fitCoefficients(rows, ["ab"]);
  const free = fitCoefficients(rows, ["a", "b"]);
  return 2 * (tied.loss - free.loss) > worthMin ? free.calibration : tied.calibration;
}

/** Raw probabilities, what came of them (1 or 0), and how much each counts. */
export type CalibrationRows = {
  readonly probabilities: ArrayLike<number>;
  readonly outcomes: ArrayLike<number>;
  readonly weights: ArrayLike<number>;
};

/** Fits coefficients that belong to one of the two terms, or to both; those that come out below 0 are left out. */
function fitCoefficients(
  rows: CalibrationRows,
  wanted: readonly ("a" | "b" | "ab")[],
): { readonly calibration: Calibration; readonly loss: number } {
  const { probabilities, outcomes, weights } = rows;
  const width = wanted.length;
  const x = new Float64Array(outcomes.length * width);
  for (let row = 0; row < outcomes.length; row++) {
    const { a, b } = termsOf(probabilities[row]!);
    const terms = { a, b, ab: a + b };
    for (const [k, name] of wanted.entries()) x[row * width + k] = terms[name];
  }
  const { coefficients, covariance } = fitLogistic({ x, y: outcomes, weights, width }, 1e-6);
  const negative = wanted.findIndex((_, k) => coefficients[k]! < 0);
  if (negative >= 0)
    return fitCoefficients(
      rows,
      wanted.filter((_, k) => k !== negative),
    );
  const order = [
    wanted.findIndex((name) => name.includes("a")),
    wanted.findIndex((name) => name.includes("b")),
    width,
  ];
  const [a, b, c] = order.map((k) => (k < 0 ? 0 : coefficients[k]!)) as [number, number, number];
  const full = order.flatMap((row) =>
    order.map((column) => (row < 0 || column < 0 ? 0 : covariance[row * (width + 1) + column]!)),
  );
  const calibration = { kind: "beta", a, b, c, covariance: full } as const;
  return { calibration, loss: lossOf(calibration, rows) };
}

function lossOf(calibration: Calibration, { probabilities, outcomes, weights }: CalibrationRows): number {
  let loss = 0;
  for (let row = 0; row < outcomes.length; row++) {
    const { probability } = recalibrate(calibration, probabilities[row]!);
    loss -= weights[row]! * Math.log(outcomes[row]! > 0.5 ? probability : 1 - probability);
  }
  return loss;
}

/** An intercept and a slope, and the 95th percentile of chi-squared with so many degrees of freedom. */
const freedoms = 2;
const differentMin = 5.991;

/**
 * How many times more than chance newer rows differ from older ones in what they say about predictions: the likelihood ratio of a Beta
 * calibration for each against one for all, over its mean. 1 where that is no more than chance makes in 19 of 20: then all are alike.
 */
export function contradiction(older: CalibrationRows, newer: CalibrationRows, all: CalibrationRows): number {
  const loss = (rows: CalibrationRows): number => fitCoefficients(rows, ["ab"]).loss;
  const ratio = 2 * (loss(all) - loss(older) - loss(newer));
  return ratio > differentMin ? ratio / freedoms : 1;
}

function termsOf(probability: number): { readonly a: number; readonly b: number } {
  const p = Math.min(1 - edge, Math.max(edge, probability));
  return { a: Math.log(p), b: -Math.log(1 - p) };
}

/**
 * Isotonic regression by pooling neighbours that are out of order (Ayer et al. 1955): the rising staircase closest to the
 * outcomes. Needs more rows than Beta calibration, and can follow any shape.
 */
export function fitStepCalibration({ probabilities, outcomes, weights }: CalibrationRows): Calibration {
  const order = Array.from(outcomes, (_, row) => row).sort((a, b) => probabilities[a]! - probabilities[b]!);
  const steps: { from: number; up: number; weight: number }[] = [];
  for (let k = 0; k < order.length;) {
    const step = { from: probabilities[order[k]!]!, up: 0, weight: 0 };
    // Equal predictions get equal answers: they are one step before neighbours are pooled.
    for (; k < order.length && probabilities[order[k]!] === step.from; k++) {
      step.up += outcomes[order[k]!]! * weights[order[k]!]!;
      step.weight += weights[order[k]!]!;
    }
    steps.push(step);
    while (steps.length > 1 && meanOf(steps.at(-2)!) >= meanOf(steps.at(-1)!)) {
      const top = steps.pop()!;
      const below = steps.at(-1)!;
      below.up += top.up;
      below.weight += top.weight;
    }
  }
  return {
    kind: "steps",
    from: steps.map(({ from }) => from),
    value: steps.map(meanOf),
    weight: steps.map(({ weight }) => weight),
  };
}

function meanOf({ up, weight }: { readonly up: number; readonly weight: number }): number {
  return weight > 0 ? up / weight : 0.5;
}

/** A raw probability as a calibration sees it. */
export function recalibrate(calibration: Calibration, raw: number): Recalibrated {
  if (Number.isNaN(raw)) return { probability: raw, low: raw, high: raw };
  if (calibration.kind === "none") return { probability: raw, low: 0, high: 1 };
  if (calibration.kind === "steps") return onStep(calibration, raw);
  const { a, b, c, covariance } = calibration;
  const terms = termsOf(raw);
  const score = a * terms.a + b * terms.b + c;
  const v = [terms.a, terms.b, 1];
  let variance = 0;
  for (let i = 0; i < 3; i++) for (let j = 0; j < 3; j++) variance += v[i]! * v[j]! * covariance[i * 3 + j]!;
  const reach = deviations * Math.sqrt(Math.max(0, variance));
  const share = (x: number) => 1 / (1 + Math.exp(-x));
  return { probability: share(score), low: share(score - reach), high: share(score + reach) };
}

/** The step that a value stands on, with Wilson's interval of its share. */
function onStep({ from, value, weight }: Extract<Calibration, { kind: "steps" }>, raw: number): Recalibrated {
  let step = from.findLastIndex((start) => start <= raw);
  if (step < 0) step = 0;
  const [share, count] = [value[step]!, weight[step]!];
  const { low, high } = wilson(share, count, deviations);
  // A few rows that all went one way do not make the other impossible.
  const least = Math.max(edge, 0.5 / (count + 1));
  return { probability: Math.min(1 - least, Math.max(least, share)), low, high };
}

/** Wilson's interval of a share of `count`, reaching `z` standard deviations (Wilson 1927). */
export function wilson(
  share: number,
  count: number,
  z: number,
): { readonly low: number; readonly high: number } {
  if (!(count > 0)) return { low: 0, high: 1 };
  const square = (z * z) / count;
  const middle = (share + square / 2) / (1 + square);
  const reach = (z * Math.sqrt((share * (1 - share)) / count + square / (4 * count))) / (1 + square);
  return { low: Math.max(0, middle - reach), high: Math.min(1, middle + reach) };
}

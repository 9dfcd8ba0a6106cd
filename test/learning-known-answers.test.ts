import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { scorePredictions } from "../src/analysis/predictions/score-predictions.ts";
import { reliabilityBins } from "../src/analysis/statistics/calibration.ts";
import { fitBetaCalibration, fitStepCalibration, recalibrate } from "../src/learning/judge/recalibrate.ts";
import { boostDefaults, fitBoosted } from "../src/learning/trees/boost.ts";
import type { Labelled } from "../src/learning/trees/labelled.ts";
import { fitForest, forestDefaults } from "../src/learning/trees/forest.ts";
import { predictTrees } from "../src/learning/trees/trees.ts";

// Answers of scikit-learn, XGBoost and LightGBM to the same questions; `madeBy` in the file says which versions gave them.

type Known = {
  readonly isotonic: { readonly at: readonly number[]; readonly value: readonly number[] };
  readonly betaCalibration: {
    readonly one: { readonly slope: number; readonly c: number };
    readonly two: { readonly a: number; readonly b: number; readonly c: number };
  };
  readonly calibrationCurve: {
    readonly frequency: readonly number[];
    readonly meanProbability: readonly number[];
  };
  readonly trees: {
    readonly ups: number;
    readonly x0: number;
    readonly xLast: number;
    readonly xgboostAuc: number;
    readonly lightgbmAuc: number;
    readonly forestAuc: number;
    readonly xgboost: number;
    readonly lightgbm: number;
    readonly forest: number;
  };
} & Readonly<Record<"brier" | "auc" | "logLoss" | "precision" | "recall" | "f1", number>>;

const known = JSON.parse(
  readFileSync(join(import.meta.dirname, "known-answers", "learning.json"), "utf8"),
) as Known;

const count = 400;
const probability = Float64Array.from({ length: count }, (_, k) => (((k * 37) % 101) + 0.5) / 102);
const outcome = Float32Array.from({ length: count }, (_, k) =>
  ((k * 53) % 97) / 97 < 0.25 + 0.5 * probability[k]! ? 1 : 0,
);
const weights = new Float32Array(count).fill(1);

test("scores are those of scikit-learn", () => {
  const scores = scorePredictions(
    {
      closeTimeMs: probability.map((_, k) => k),
      probability,
      outcome,
      weights,
      persistence: new Uint8Array(count),
      conformal: new Float64Array(count).fill(1),
    },
    1,
    1,
  );
  for (const name of ["brier", "auc", "logLoss", "precision", "recall", "f1"] as const)
    expect([name, scores[name]]).toEqual([name, expect.closeTo(known[name], 9)]);
});

test("the reliability diagram is scikit-learn's calibration curve", () => {
  const bins = reliabilityBins(probability, outcome, "equal-width");
  bins.forEach(({ frequency, meanProbability }, k) => {
    expect(frequency).toBeCloseTo(known.calibrationCurve.frequency[k]!, 9);
    expect(meanProbability).toBeCloseTo(known.calibrationCurve.meanProbability[k]!, 9);
  });
});

test("isotonic steps are those of scikit-learn", () => {
  const calibration = fitStepCalibration({ probabilities: probability, outcomes: outcome, weights });
  known.isotonic.at.forEach((at, k) =>
    expect(recalibrate(calibration, at).probability).toBeCloseTo(known.isotonic.value[k]!, 6),
  );
});

test("Beta calibration is scikit-learn's logistic regression: on the logit, or on ln p and -ln(1 - p) where that is worth it", () => {
  const { one, two } = known.betaCalibration;
  const close = (value: number) => expect.closeTo(value, 4);
  expect(fitBetaCalibration({ probabilities: probability, outcomes: outcome, weights })).toMatchObject({
    a: close(one.slope),
    b: close(one.slope),
    c: close(one.c),
  });
  // Promises that are far too low: twice the log-likelihood grows by 8.0 with the second slope, where chance makes 3.8.
  const low = probability.map((p) => p ** 3);
  const came = Float32Array.from(probability, (p, k) => (((k * 53) % 97) / 97 < p ? 1 : 0));
  expect(fitBetaCalibration({ probabilities: low, outcomes: came, weights })).toMatchObject({
    a: close(two.a),
    b: close(two.b),
    c: close(two.c),
  });
});

/** Sums of a linear congruential generator, which Python has too. */
function treeRows(rows: number, seed: number): Labelled {
  let state = seed >>> 0;
  const next = () => (state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0) / 2 ** 32;
  const values = Float32Array.from(
    { length: rows * 6 },
    () => (next() + next() + next() + next() - 2) * 1.7320508,
  );
  const y = Float32Array.from({ length: rows }, (_, row) => {
    const score = 1.2 * values[row * 6]! + values[row * 6 + 1]! * values[row * 6 + 2]!;
    return next() < 1 / (1 + Math.exp(-score)) ? 1 : 0;
  });
  return { x: { values, rows, width: 6 }, y, weights: new Float32Array(rows).fill(1) };
}

test("trees are right as often as those of XGBoost, LightGBM and scikit-learn on the same rows, to half a point", () => {
  const [learn, fresh] = [treeRows(6_000, 1), treeRows(6_000, 2)];
  const { trees } = known;
  // The very same rows.
  expect(learn.y.reduce((sum, up) => sum + up, 0)).toBe(trees.ups);
  expect([learn.x.values[0], learn.x.values.at(-1)]).toEqual([
    expect.closeTo(trees.x0, 6),
    expect.closeTo(trees.xLast, 6),
  ]);
  const accuracy = (body: Parameters<typeof predictTrees>[0]) => {
    const found = predictTrees(body, fresh.x.values, 6_000, 6);
    return found.filter((p, row) => p > 0.5 === (fresh.y[row] === 1)).length / 6_000;
  };
  const options = { rounds: 150, rate: 0.1, depthMax: 4, childWeightMin: 1, rowShare: 1, featureShare: 1 };
  const boosted = accuracy(fitBoosted(learn, { ...boostDefaults, ...options }).body);
  expect(boosted).toBeGreaterThan(Math.max(trees.xgboost, trees.lightgbm) - 0.005);
  const forest = fitForest(learn, { ...forestDefaults, trees: 100, depthMax: 10, leafWeightMin: 10 });
  expect(accuracy(forest.body)).toBeGreaterThan(trees.forest - 0.005);
});

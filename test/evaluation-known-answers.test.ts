import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { evaluateForecasts } from "../src/analysis/predictions/evaluate-forecasts.ts";
import { reliabilityBins } from "../src/analysis/statistics/calibration.ts";
import { fitStepCalibration, recalibrate } from "../src/learning/judge/recalibrate.ts";

// Answers of scikit-learn to the same questions; `madeBy` in the file says which version gave them.

type Known = {
  readonly roc: readonly (readonly [number, number])[];
  readonly weightedIsotonic: { readonly at: readonly number[]; readonly value: readonly number[] };
  readonly quantileCurve: {
    readonly frequency: readonly number[];
    readonly meanProbability: readonly number[];
  };
};

const known = JSON.parse(
  readFileSync(join(import.meta.dirname, "known-answers", "evaluation.json"), "utf8"),
) as Known;

const count = 400;
const probability = Float64Array.from({ length: count }, (_, k) => (((k * 37) % 101) + 0.5) / 102);
const outcome = Float32Array.from(probability, (p, k) => (((k * 53) % 97) / 97 < 0.25 + 0.5 * p ? 1 : 0));

test("every point of the characteristic is a point of scikit-learn's roc_curve", () => {
  const judged = {
    closeTimeMs: probability.map((_, k) => k),
    probability,
    outcome,
    weights: new Float32Array(count).fill(1),
    persistence: new Uint8Array(count),
    conformal: new Float64Array(count).fill(1),
  };
  const { roc } = evaluateForecasts(
    judged,
    Array.from(outcome, () => "any"),
    1,
    1,
  );
  expect(roc.length).toBeGreaterThan(50);
  expect(roc.at(-1)).toEqual([1, 1]);
  for (const [falses, trues] of roc)
    expect(
      known.roc.some(([x, y]) => Math.abs(x - falses) < 1e-9 && Math.abs(y - trues) < 1e-9),
      `${falses}, ${trues}`,
    ).toBe(true);
});

test("isotonic steps of weighted rows are those of scikit-learn", () => {
  const weights = Float64Array.from(outcome, (_, k) => (k % 3 === 0 ? 0.25 : 1));
  const calibration = fitStepCalibration({ probabilities: probability, outcomes: outcome, weights });
  known.weightedIsotonic.at.forEach((at, k) =>
    expect(recalibrate(calibration, at).probability).toBeCloseTo(known.weightedIsotonic.value[k]!, 6),
  );
});

test("bins of equal mass are scikit-learn's calibration_curve of quantiles", () => {
  const said = Float64Array.from({ length: 200 }, (_, k) => (((k * 7919) % 200) + 0.5) / 200);
  const came = Float32Array.from(said, (p, k) => (((k * 53) % 97) / 97 < p ? 1 : 0));
  const bins = reliabilityBins(said, came, "equal-mass");
  expect(bins.map(({ frequency }) => frequency)).toEqual(
    known.quantileCurve.frequency.map((value) => expect.closeTo(value, 9)),
  );
  expect(bins.map(({ meanProbability }) => meanProbability)).toEqual(
    known.quantileCurve.meanProbability.map((value) => expect.closeTo(value, 9)),
  );
});

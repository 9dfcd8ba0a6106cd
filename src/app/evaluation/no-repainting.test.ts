import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { marketBars } from "../../../test/training-bars.ts";
import {
  learningCheckDefaults,
  learningLookahead,
  type LearningPipeline,
} from "../../analysis/checks/learning/learning-lookahead.ts";
import { noiseAfter } from "../../analysis/checks/noise-bars.ts";
import { calendarNamed } from "../../domain/calendar/calendar-named.ts";
import type { PredictorArtifact } from "../../domain/predictor-artifact.ts";
import { modelTypes } from "../../features/feature-set.ts";
import { labelledRows } from "../../learning/data/dataset.ts";
import { labelBars } from "../../learning/data/labels.ts";
import { fitScaler } from "../../learning/data/scaler.ts";
import { partsBefore, walkDefaults } from "../../learning/data/splits.ts";
import { prepareRows } from "../../learning/hmm/prepare-rows.ts";
import { plainLearner, type Learner } from "../../learning/predictors/fit-predictor.ts";
import { featureSets } from "../../features/feature-sets.ts";
import { hmmFeatureNames, trainingRows } from "../../regimes/hmm-features.ts";
import { calculateFeatures } from "../features/calculate-features.ts";
import { datasetOf } from "../train/train-predictor.ts";
import { pipelineOf } from "./check-learning.ts";

// What was computed of the past must not change when the future does: byte for byte, and for everything that learns.

const bars = marketBars(2_600);
const calendar = calendarNamed("24/7");
const label = { kind: "direction", horizonBars: 4, moveMin: 0 } as const;
const seed = 20_261_130;
const learners: Readonly<Record<string, Learner>> = {
  logistic: plainLearner("logistic"),
  boosted: plainLearner("boosted", { boosted: { rounds: 12 } }),
  forest: plainLearner("forest", { forest: { trees: 6 } }),
};

function pipeline(learner: Learner): LearningPipeline {
  const set = featureSets.medium;
  const named = { name: "mine", features: { set: set.name }, label } as PredictorArtifact;
  return pipelineOf(named, calendar, { learner, seed: 1, calibration: "beta", recalibratedBy: "walk" });
}

/** One cut is enough for what is planted. */
const once = { ...learningCheckDefaults, cuts: [0.8] };

test("features of every set, labels that have ended, and rows of regimes do not know what comes", () => {
  const columnsOf = (table: typeof bars) =>
    modelTypes.map((type) => calculateFeatures(featureSets[type], table, calendar).columns);
  const whole = {
    features: columnsOf(bars),
    labels: labelBars(bars, label),
    barrier: labelBars(bars, { kind: "triple-barrier", horizonBars: 24, moveMin: 1 }),
  };
  fc.assert(
    fc.property(fc.integer({ min: 30, max: bars.length - 1 }), fc.nat(), (cut, noise) => {
      const other = noiseAfter(bars, bars.closeTimeMs[cut - 1]!, noise);
      const same = (one: ArrayLike<number>, two: ArrayLike<number>, to: number) => {
        for (let row = 0; row < to; row++) if (!Object.is(one[row], two[row])) return false;
        return true;
      };
      const features = columnsOf(other);
      whole.features.forEach((columns, set) =>
        columns.forEach((column, k) => expect(same(column, features[set]![k]!, cut)).toBe(true)),
      );
      const changed = labelBars(other, label);
      const ended = whole.labels.end.findIndex((end) => end >= cut);
      expect(same(whole.labels.outcome, changed.outcome, ended)).toBe(true);
      const barrier = labelBars(other, { kind: "triple-barrier", horizonBars: 24, moveMin: 1 });
      for (let row = 0; row < cut; row++)
        if (whole.barrier.end[row]! < cut && !Number.isNaN(whole.barrier.outcome[row]!))
          expect(Object.is(barrier.outcome[row], whole.barrier.outcome[row])).toBe(true);
      expect(trainingRows(other, 24, 0, cut)).toEqual(trainingRows(bars, 24, 0, cut));
    }),
    { seed, numRuns: 6 },
  );
});

test("a scaler, and the rows that a model of regimes is fitted on, are those of their own part", () => {
  const data = datasetOf({ set: featureSets.medium, bars, calendar, label });
  fc.assert(
    fc.property(fc.integer({ min: 500, max: 1_500 }), fc.nat(), (to, noise) => {
      const cut = bars.length - data.x.rows + to;
      const other = noiseAfter(bars, bars.closeTimeMs[cut - 1]!, noise);
      const changed = datasetOf({ set: featureSets.medium, bars: other, calendar, label });
      expect(fitScaler(changed.x, 0, to)).toEqual(fitScaler(data.x, 0, to));
      const prepared = (table: typeof bars) => {
        const { values, length } = trainingRows(table, 24, 0, cut);
        return prepareRows(values, length, hmmFeatureNames.length, 2);
      };
      expect(prepared(other)).toEqual(prepared(bars));
    }),
    { seed, numRuns: 5 },
  );
});

describe.each(Object.entries(learners))("%s", (_, learner) => {
  test("passes the look for the future", async () => {
    const { pass, findings, columnsCompared } = await learningLookahead(pipeline(learner), bars, once);
    expect([pass, findings]).toEqual([true, []]);
    expect(columnsCompared).toBeGreaterThan(30);
  });
});

describe("what is planted is caught:", () => {
  const honest = pipeline(learners["logistic"]!);
  const found = async (changes: Partial<LearningPipeline>) => {
    const { pass, findings } = await learningLookahead({ ...honest, ...changes }, bars, once);
    expect(pass).toBe(false);
    return findings.map(({ culprit }) => culprit);
  };

  test("a scaler that was fitted on the whole sample", async () => {
    const leaky: Learner = async (data, parts, ...rest) => ({
      ...(await learners["logistic"]!(data, parts, ...rest)),
      scaler: fitScaler(data.x, 0, data.x.rows),
    });
    expect(await found(pipeline(leaky))).toContain("scaler");
  });

  test("a label among the features", async () => {
    const culprits = await found({
      features(table) {
        const outcome = Float64Array.from(labelBars(table, label).outcome);
        return { ...honest.features(table), outcome };
      },
    });
    expect(culprits).toEqual(["feature outcome"]);
  });

  test("a feature that was centred over the whole sample", async () => {
    const culprits = await found({
      features(table) {
        const close = table.close.subarray(0, table.length);
        const mean = close.reduce((sum, value) => sum + value, 0) / close.length;
        return { centred: close.map((value) => value - mean) };
      },
    });
    expect(culprits).toEqual(["feature centred"]);
  });

  test("outcomes that overlap what is judged, because nothing was purged", async () => {
    const culprits = await found({
      learn(table, cut) {
        const data = datasetOf({ set: featureSets.medium, bars: table, calendar, label });
        const end = cut - (table.length - data.x.rows);
        const parts = partsBefore(end, { ...walkDefaults, purge: 0, embargo: 0 });
        // Learns from rows up to the cut itself, whose outcomes are told behind it.
        const { rows, y } = labelledRows(data, { from: parts.calibrate.from, to: end });
        return { parts: { "the model": [...y], rows: [...rows] } };
      },
    });
    expect(culprits).toContain("the model");
  });

  test("a label that looks further than it says", async () => {
    const culprits = await found({
      labels(table) {
        const labels = labelBars(table, { ...label, horizonBars: 12 });
        return { ...labels, end: labels.end.map((end, row) => Math.min(end, row + 4)) };
      },
    });
    expect(culprits).toContain("labels");
  });
});

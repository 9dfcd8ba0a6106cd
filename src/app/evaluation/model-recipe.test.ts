import { expect, test } from "vitest";
import { plant, plantedWidth } from "../../../test/planted-market.ts";
import type { PredictorFamily } from "../../domain/predictor-artifact.ts";
import { partsBefore, walkDefaults } from "../../learning/data/splits.ts";
import { learnerOf, type LearnerSetting } from "../train/learners/learner-of.ts";
import { recipeOf } from "./model-recipe.ts";

const seed = 4;
const { data } = plant(900, seed, 0.5);
const parts = partsBefore(900, { ...walkDefaults, purge: 1, embargo: 1 });
const names = Array.from({ length: plantedWidth }, (_, k) => `f${k}`);
const nothing = { boosted: {}, forest: {}, network: {}, device: "cpu" } as const;
const quick = { epochs: 2, stepsPerEpoch: 3, batch: 16, weightDecay: 0.01, patience: 1 };
const cases: readonly (readonly [PredictorFamily, Partial<LearnerSetting["training"]>])[] = [
  // More trees than there are by default, steps too small for any to be the last good one before.
  ["boosted", { boosted: { rounds: 320, rate: 0.001, monotone: { f0: "up", f4: "down" } } }],
  ["forest", { forest: { trees: 7, depthMax: 3, featuresPerNode: 2 } }],
  ["logistic", {}],
  ["long-term", { network: quick }],
];

test.each(cases)("a stored model of the family %s is made again as it was made", async (family, changes) => {
  const setting = { family, size: "small", features: names, threads: 1, codeVersion: "" } as const;
  const learner = await learnerOf({ ...setting, training: { ...nothing, ...changes } });
  const made = await learner(data, parts, seed, () => {});
  const stored = {
    family,
    seed,
    settings: made.settings,
    calibration: { kind: "none" },
    features: { set: "", version: 1, definition: "", names },
  } as const;
  const again = await (await recipeOf(stored, 1)).learner(data, parts, seed, () => {});
  // The way to make one more is no part of what was made.
  expect({ ...again, again: null }).toEqual({ ...made, again: null });
  if (family === "boosted") expect(made.settings["treesKept"]).toBeGreaterThan(300);
});

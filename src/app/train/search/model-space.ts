import { KiwiError } from "../../../base/errors.ts";
import type { PredictorFamily } from "../../../domain/predictor-artifact.ts";
import { SearchSpace, type Setting } from "../../../search/search-space.ts";
import type { KiwiConfig } from "../../config/config-schema.ts";

type Values = Readonly<Record<string, readonly number[]>>;

const ofBoosted: Values = {
  rate: [0.02, 0.03, 0.05, 0.08, 0.12],
  depthMax: [2, 3, 4, 5, 6],
  l1: [0, 0.1, 1, 5],
  l2: [0.1, 1, 5, 20],
  childWeightMin: [5, 20, 50, 100],
  rowShare: [0.4, 0.6, 0.8, 1],
  featureShare: [0.3, 0.5, 0.8, 1],
};

const ofForest: Values = {
  depthMax: [3, 4, 6, 8, 10],
  leafWeightMin: [10, 25, 50, 100, 200, 400],
  featuresPerNode: [2, 4, 8, 16],
};

const ofNetworks: Values = {
  ratePeak: [0.0003, 0.0006, 0.001, 0.002],
  weightDecay: [0.00001, 0.1, 1, 2.5, 5, 10],
  batch: [32, 64, 128],
};

type Section = "boosted" | "forest" | "network";

/** The part of the configuration that a family is set by, and what a search tries there; null where nothing can be set. */
function sectionOf(family: PredictorFamily): { readonly section: Section; readonly values: Values } | null {
  if (family === "boosted") return { section: "boosted", values: ofBoosted };
  if (family === "forest") return { section: "forest", values: ofForest };
  return family === "logistic" ? null : { section: "network", values: ofNetworks };
}

/** What a search over a family tries; what the configuration sets already stays. Throws `SPACE_EMPTY`. */
export function modelSpace(family: PredictorFamily, training: KiwiConfig["training"]): SearchSpace {
  const found = sectionOf(family);
  const set: Readonly<Record<string, unknown>> = found === null ? {} : training[found.section];
  const open = Object.entries(found?.values ?? {}).filter(([name]) => set[name] === undefined);
  if (open.length === 0) throw nothingOpen(family);
  return new SearchSpace(
    open.map(([name, values]) => ({ name, values, isOrdered: true })),
    [],
  );
}

/** The configuration of training with what a trial set. */
export function trainingWith(
  family: PredictorFamily,
  training: KiwiConfig["training"],
  setting: Setting,
): KiwiConfig["training"] {
  const found = sectionOf(family);
  return found === null
    ? training
    : { ...training, [found.section]: { ...training[found.section], ...setting } };
}

function nothingOpen(family: PredictorFamily): KiwiError {
  return new KiwiError({
    code: "SPACE_EMPTY",
    exit: "usage",
    message: `nothing of ${family} is left to search`,
    why:
      family === "logistic"
        ? "the strength of its ridge is found by rows of its own in every training"
        : "the configuration sets everything that a search would try (training in kiwi config show)",
    fix: family === "logistic" ? "leave --search out" : "leave some of it out of the configuration",
    topic: "models",
  });
}

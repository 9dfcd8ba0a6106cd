import { didYouMean } from "../base/nearest.ts";
import { KiwiError } from "../base/errors.ts";
import { modelTypes, type FeatureSet, type ModelType } from "./feature-set.ts";
import { longFeatures } from "./long.ts";
import { mediumFeatures } from "./medium.ts";
import { shortFeatures } from "./short.ts";

/** The built-in feature set of every model type. */
export const featureSets: Readonly<Record<ModelType, FeatureSet>> = {
  short: shortFeatures,
  medium: mediumFeatures,
  long: longFeatures,
};

/** The feature set of that name. Throws `FEATURE_SET_UNKNOWN`, proposing the nearest name. */
export function featureSetNamed(name: string): FeatureSet {
  const found = modelTypes.find((modelType) => modelType === name);
  if (found !== undefined) return featureSets[found];
  throw new KiwiError({
    code: "FEATURE_SET_UNKNOWN",
    exit: "usage",
    message: `there is no feature set "${name}"`,
    why: `the feature sets are ${modelTypes.join(", ")}: one for each type of model`,
    fix: didYouMean(name, modelTypes, (near) => `"${near}"`, "kiwi features list shows all"),
    topic: "indicators",
  });
}

/** Names of the features of a model type, in the order of the columns. */
export function featureNames(modelType: ModelType): readonly string[] {
  return Object.keys(featureSets[modelType].notes);
}

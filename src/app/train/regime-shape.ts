import { hmmFeatureNames } from "../../regimes/hmm-features.ts";

/** What every regime model has in common: the features of a block, which may depend on each other. */
export const regimeShape = { features: hmmFeatureNames.length, covariance: "full" } as const;

import type { Timeframe } from "./timeframe.ts";

/** Families of models that predict the direction of the next bars. */
export const predictorFamilies = [
  "short-term",
  "medium-term",
  "long-term",
  "forest",
  "boosted",
  "logistic",
] as const;
export type PredictorFamily = (typeof predictorFamilies)[number];

/** Decision trees as flat arrays, all trees behind one another. */
export type TreesBody = {
  readonly kind: "trees";
  /** First node of each tree. */
  readonly roots: readonly number[];
  /** Feature that a node asks about; -1 for a leaf. */
  readonly feature: readonly number[];
  /** Rows with a value below it go left. Each is a number that 32 bits hold. */
  readonly threshold: readonly number[];
  readonly left: readonly number[];
  readonly right: readonly number[];
  /** 1 where a row without a value goes left. */
  readonly missingLeft: readonly number[];
  /** What a leaf adds; of inner nodes, the mean of what is below, by weight of rows. */
  readonly value: readonly number[];
  /** Weight of the rows that came through each node in training. */
  readonly cover: readonly number[];
  /** Added to the sum of the leaves. */
  readonly base: number;
  /** `logit`: the sum is a log-odds; `probability`: it is the probability itself. */
  readonly link: "logit" | "probability";
};

/** A linear model of log-odds over scaled features. */
export type LinearBody = {
  readonly kind: "linear";
  readonly weights: readonly number[];
  readonly intercept: number;
};

/** A network as an ONNX file that any runtime opens: input `rows`, outputs `alpha` and `beta`. */
export type NetworkBody = {
  readonly kind: "network";
  /** Sequences per run of the graph; shapes are static, so that a row's answer never depends on its neighbours. */
  readonly batch: number;
  readonly parameters: number;
  /** The file, in base 64. */
  readonly onnx: string;
};

/** What was learned, by the family of the model. */
export type PredictorBody = TreesBody | LinearBody | NetworkBody;

/**
 * What turns a raw probability into one that can be believed: `beta` is logistic in ln p and ln(1 - p), `steps` a rising staircase.
 * Fitted on bars after those that the model learned from.
 */
export type Calibration =
  | { readonly kind: "none" }
  | {
      readonly kind: "beta";
      readonly a: number;
      readonly b: number;
      readonly c: number;
      /** Of a, b and c, row-major. */
      readonly covariance: readonly number[];
    }
  | {
      readonly kind: "steps";
      readonly from: readonly number[];
      readonly value: readonly number[];
      /** Weight of the rows on each step. */
      readonly weight: readonly number[];
    };

/** A number with the ends of its 95 % interval. */
export type Estimate = { readonly value: number; readonly low: number; readonly high: number };

/** How a model did on bars that it had not seen, after recalibration. */
export type PredictorScores = {
  readonly fromMs: number;
  readonly throughMs: number;
  readonly rows: number;
  readonly accuracy: Estimate;
  /** Share of the more frequent outcome: what saying always the same would have got. */
  readonly baseRate: number;
  /** What saying again what happened last would have got. */
  readonly persistence: number;
  readonly precision: number | null;
  readonly recall: number | null;
  readonly f1: number | null;
  readonly auc: number | null;
  readonly logLoss: number;
  readonly brier: number;
  /** Parts of the Brier score (Murphy 1973): reliability - resolution + uncertainty. */
  readonly reliability: number;
  readonly resolution: number;
  readonly uncertainty: number;
  readonly eceWidth: number | null;
  readonly eceMass: number | null;
  readonly mceWidth: number | null;
  readonly mceMass: number | null;
  /** Share of outcomes inside the 90 % sets. */
  readonly coverage: number;
  /** Chance of such an accuracy without skill: by shifting the outcomes against the predictions. */
  readonly skillP: number;
};

/** How values were spread: bins between edges, and the share of each; the last share is that of missing values. */
export type ReferenceBins = {
  /** Ascending; a value belongs to the first bin whose upper edge is above it. */
  readonly edges: readonly number[];
  readonly shares: readonly number[];
  readonly rows: number;
};

/** What a model saw where it learned, and said where it was recalibrated: what drift is measured from. */
export type DriftReference = {
  /** By feature. */
  readonly features: readonly ReferenceBins[];
  readonly probability: ReferenceBins;
};

/** A trained model of direction with everything that is needed to use it, and to know what it may be used on. Plain data. */
export type PredictorArtifact = {
  readonly format: 1;
  readonly kind: "predictor";
  readonly family: PredictorFamily;
  readonly name: string;
  readonly version: number;
  readonly symbol: string;
  readonly timeframe: Timeframe;
  readonly features: {
    readonly set: string;
    readonly version: number;
    /** SHA-256 over what the features mean: a model must not read others of the same names. */
    readonly definition: string;
    readonly names: readonly string[];
  };
  /** Median and spread of each feature in training; what is missing becomes the median. */
  readonly scaler: { readonly centres: readonly number[]; readonly scales: readonly number[] };
  /** Bars that are looked ahead, and the least move that counted as one, in volatilities of a bar. */
  readonly label: { readonly kind: LabelKind; readonly horizonBars: number; readonly moveMin: number };
  /** Rows of features that one prediction reads. */
  readonly windowRows: number;
  readonly body: PredictorBody;
  readonly calibration: Calibration;
  /** Nonconformity of the right answer that nine of ten rows of the calibration stayed within. */
  readonly conformal: number;
  /** Quantiles of that nonconformity, from 0 to 1 in equal steps: what wider and narrower sets are made of. Absent from old models. */
  readonly conformalMisses?: readonly number[];
  /** Close times of the first bar and of the last whose features it learned from, calibration included. */
  readonly trainedFromMs: number;
  readonly trainedThroughMs: number;
  readonly dataFingerprint: string;
  readonly seed: number;
  readonly codeVersion: string;
  /** Settings of the training, for people and for the next training. */
  readonly settings: Readonly<Record<string, number | string>>;
  /** Share of the gain that each feature brought, where the family can tell. */
  readonly importance: readonly number[] | null;
  /** Absent from models that were trained before it was kept. */
  readonly reference?: DriftReference;
  readonly scores: PredictorScores | null;
};

/** How the outcome of a row is told: the sign of the return, or which of two barriers is touched first. */
export type LabelKind = "direction" | "triple-barrier";

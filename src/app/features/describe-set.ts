import type { Timeframe } from "../../domain/timeframe.ts";
import { modelTypes, type FeatureSet } from "../../features/feature-set.ts";
import { featureSetNamed, featureSets } from "../../features/feature-sets.ts";
import { warmupNeed } from "../session/warmup-need.ts";
import { expressionsOf } from "./set-expressions.ts";

/** Warm-up and the higher timeframe are shown as they are for bars of this length. */
const shownTimeframe: Timeframe = "1h";

/** A feature set for people and programs. */
export type SetDescription = {
  readonly name: string;
  readonly version: number;
  readonly summary: string;
  /** What the expressions and the warm-up are shown for. */
  readonly timeframe: Timeframe;
  /** Bars that must have passed before the first complete row. */
  readonly warmup: string;
  readonly features: readonly FeatureDescription[];
};

export type FeatureDescription = {
  readonly name: string;
  readonly meaning: string;
  /** Least and greatest possible value; null where there is no bound. */
  readonly range: readonly [number | null, number | null];
  readonly warmup: string;
  readonly expression: string;
};

/** Describes every built-in feature set. */
export function describeSets(): readonly SetDescription[] {
  return modelTypes.map((modelType) => describe(featureSets[modelType]));
}

/** Describes the feature set of that name. Throws `FEATURE_SET_UNKNOWN`. */
export function describeSet(name: string): SetDescription {
  return describe(featureSetNamed(name));
}

function describe(set: FeatureSet): SetDescription {
  const { name, version, summary, notes } = set;
  const expressions = expressionsOf(set, shownTimeframe);
  const features = Object.entries(expressions).map(([feature, expression]) => {
    const { meaning, range } = notes[feature]!;
    return {
      name: feature,
      meaning,
      range: [boundOf(range[0]), boundOf(range[1])] as const,
      warmup: warmupNeed({ expressions: { [feature]: expression } }),
      expression: expression.key,
    };
  });
  return { name, version, summary, timeframe: shownTimeframe, warmup: warmupNeed({ expressions }), features };
}

function boundOf(value: number): number | null {
  return Number.isFinite(value) ? value : null;
}

import type { BarSeries, Expr } from "../domain/expression.ts";
import type { Timeframe } from "../domain/timeframe.ts";

/** The horizons that models are made for; each has a feature set of the same name. */
export const modelTypes = ["short", "medium", "long"] as const;
export type ModelType = (typeof modelTypes)[number];

/** What a feature set is built from. None of it holds numbers, so no feature can see the future. */
export type FeatureTools = {
  readonly bars: BarSeries;
  /** A higher timeframe of the same symbol, by its last closed bar. */
  readonly tf: (timeframe: Timeframe) => BarSeries;
  /** Timeframe of `bars`, for sets that choose a higher one to go with it. */
  readonly timeframe: Timeframe;
};

/** What people should know about a feature. */
export type FeatureNote = {
  /** One sentence, with the unit. */
  readonly meaning: string;
  /** Least and greatest possible value; infinite where there is no bound. */
  readonly range: readonly [number, number];
};

/** Ranges that many features have. */
export const anything = [-Infinity, Infinity] as const;
export const positive = [0, Infinity] as const;
export const share = [0, 1] as const;
export const unit = [-1, 1] as const;
export const percent = [0, 100] as const;
/** Percent by which a price changed: it can lose all of itself and gain any multiple. */
export const change = [-100, Infinity] as const;

/**
 * A named list of model inputs. Names and their order are the same on every timeframe. Whoever changes what a feature
 * means raises the version; stored values of other definitions are never taken for these.
 */
export type FeatureSet<Name extends string = string> = {
  /** Small letters, digits and hyphens: it names a folder. */
  readonly name: string;
  readonly version: number;
  readonly summary: string;
  readonly notes: Readonly<Record<Name, FeatureNote>>;
  readonly features: (tools: FeatureTools) => Readonly<Record<Name, Expr>>;
};

/** Gives a feature set its types: a feature without a note, or a note without a feature, does not compile. */
export function featureSet<Name extends string>(definition: FeatureSet<Name>): FeatureSet<Name> {
  return definition;
}

import { expect, test } from "vitest";
import { KiwiError } from "../base/errors.ts";
import { barSeries, timeframeFrame } from "../domain/expression.ts";
import type { Timeframe } from "../domain/timeframe.ts";
import { modelTypes } from "./feature-set.ts";
import { featureNames, featureSetNamed, featureSets } from "./feature-sets.ts";
import { higherTimeframe } from "./higher-timeframe.ts";

const timeframes: readonly Timeframe[] = ["1s", "1m", "7m", "1h", "4h", "1d", "1w", "1M"];

function featuresOn(modelType: (typeof modelTypes)[number], timeframe: Timeframe) {
  return featureSets[modelType].features({
    bars: barSeries(),
    tf: (higher) => barSeries(timeframeFrame(higher)),
    timeframe,
  });
}

test("every feature set is found under the name of its model type", () => {
  for (const modelType of modelTypes) {
    expect(featureSets[modelType].name).toBe(modelType);
    expect(featureSetNamed(modelType)).toBe(featureSets[modelType]);
  }
});

test("on every timeframe a set has the features of its notes, in their order", () => {
  for (const modelType of modelTypes) {
    for (const timeframe of timeframes)
      expect(Object.keys(featuresOn(modelType, timeframe))).toEqual(featureNames(modelType));
  }
});

test("no set has the same feature twice", () => {
  for (const modelType of modelTypes) {
    const keys = Object.values(featuresOn(modelType, "1h")).map(({ key }) => key);
    expect(new Set(keys).size).toBe(keys.length);
  }
});

test("every feature is explained in a sentence and has a range", () => {
  for (const { notes } of Object.values(featureSets)) {
    for (const { meaning, range } of Object.values(notes)) {
      expect(meaning).toMatch(/^\S.{10,}\.$/);
      expect(range[0]).toBeLessThan(range[1]);
    }
  }
});

test("the higher timeframe is higher, and days for everything below them", () => {
  const chosen = (["1m", "4h", "1d", "3d", "1w", "1M"] as const).map(higherTimeframe);
  expect(chosen).toEqual(["1d", "1d", "1w", "1w", "1M", "12M"]);
});

test("an unknown set is refused with the nearest name", () => {
  const refused = (() => {
    try {
      featureSetNamed("sort");
    } catch (error) {
      return error;
    }
    return null;
  })();
  expect(refused).toBeInstanceOf(KiwiError);
  expect((refused as KiwiError).parts).toMatchObject({
    code: "FEATURE_SET_UNKNOWN",
    fix: expect.stringContaining(`"short"`) as string,
  });
});

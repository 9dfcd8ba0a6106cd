import type { Bars } from "../../domain/bars.ts";
import type { Calendar } from "../../domain/calendar/calendar.ts";
import type { FeatureSet, ModelType } from "../../features/feature-set.ts";
import { featureSets } from "../../features/feature-sets.ts";
import { columnGroups } from "./column-groups.ts";
import { FeatureColumns } from "./feature-columns.ts";
import {
  emptyColumn,
  featureTable,
  rowsBetween,
  wantedNames,
  type FeatureSelection,
  type FeatureTable,
} from "./feature-table.ts";
import { expressionsOf } from "./set-expressions.ts";

/** Columns and what lies between them may take this much before the work is done in parts. */
export const memoryBytesMax = 512 * 1024 * 1024;

/**
 * Computes features of bars in memory, stored nowhere. All bars are folded, whatever the selection, so that every
 * value is the one that a live session would have. Throws `FEATURE_UNKNOWN`.
 */
export function calculateFeatures(
  set: FeatureSet,
  bars: Bars,
  calendar: Calendar,
  selection: FeatureSelection = {},
): FeatureTable {
  const names = wantedNames(set, selection);
  const [from, to] = rowsBetween(bars, bars.length, selection);
  const all = expressionsOf(set, bars.timeframe);
  const wanted = Object.fromEntries(names.map((name) => [name, all[name]!]));
  const made = new Map<string, Float64Array>();
  for (const group of columnGroups(wanted, bars.length, memoryBytesMax)) {
    const columns = new FeatureColumns(group, bars, calendar);
    columns.names.forEach((name, index) => {
      const values = emptyColumn(to - from, selection.isShared === true);
      columns.copy(index, from, to, values);
      made.set(name, values);
    });
  }
  const found = names.map((name) => made.get(name)!);
  return featureTable(names, found, bars, [from, to], selection);
}

/** The features of a model type in memory. Throws `FEATURE_UNKNOWN`. */
export function calculateForModel(
  modelType: ModelType,
  bars: Bars,
  calendar: Calendar,
  selection: FeatureSelection = {},
): FeatureTable {
  return calculateFeatures(featureSets[modelType], bars, calendar, selection);
}

/** The features of every model type in memory. */
export function calculateAll(bars: Bars, calendar: Calendar): Readonly<Record<ModelType, FeatureTable>> {
  return {
    short: calculateForModel("short", bars, calendar),
    medium: calculateForModel("medium", bars, calendar),
    long: calculateForModel("long", bars, calendar),
  };
}

// Bars and features for programs of your own: what they import from "kiwi/data". Apart from "kiwi", so that a strategy
// file loads no database.
export { DataPipeline } from "./data/pipeline/data-pipeline.ts";
export type {
  FetchOutcome,
  FetchProgress,
  FetchReport,
  FetchRequest,
} from "./data/pipeline/data-pipeline.ts";
export type { BarRequest, BarSource } from "./ports/bar-source.ts";
export type { BarStore, HeldBars, Provenance, VersionedBars } from "./ports/bar-store.ts";
export type { FetchedRanges, TimeRange } from "./ports/fetched-ranges.ts";
export { FetchedRangesFiles } from "./adapters/stores/coverage/fetched-ranges-files.ts";
export { CsvBarStore } from "./adapters/stores/csv/csv-bar-store.ts";
export { ParquetBarStore } from "./adapters/stores/parquet/parquet-bar-store.ts";
export { systemClock } from "./adapters/system-clock.ts";
export { calendarNamed } from "./domain/calendar/calendar-named.ts";
export { syntheticBarSource } from "./app/data/synthetic-bar-source.ts";
export { FeatureStore } from "./app/features/feature-store.ts";
export { calculateAll, calculateForModel } from "./app/features/calculate-features.ts";
export { featureSet } from "./features/feature-set.ts";
export { featureSets } from "./features/feature-sets.ts";

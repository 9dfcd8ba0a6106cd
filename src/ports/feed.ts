import type { SliceBatch } from "../domain/slice.ts";

/** Slices in time order, in batches. The engine's only source of time. */
export type Feed = Iterable<SliceBatch> | AsyncIterable<SliceBatch>;

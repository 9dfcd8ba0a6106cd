import { Prng } from "../src/base/prng.ts";
import { CsvBarStore } from "../src/adapters/stores/csv/csv-bar-store.ts";
import { ParquetBarStore } from "../src/adapters/stores/parquet/parquet-bar-store.ts";
import type { BarStore, BarsToStore, Provenance } from "../src/ports/bar-store.ts";
import { hourlyBars } from "./bar-store-model.ts";

export type StoreKind = "parquet" | "csv";

/** One write of a plan that a killed process and the test that killed it both know. */
export type PlannedAppend = { readonly bars: BarsToStore; readonly provenance: Provenance };

/** The append at a place of the plan: mostly new hours, some that are held already, some of those revised. */
export function plannedAppend(seed: number, place: number): PlannedAppend {
  const prng = new Prng(seed * 1_000_003 + place);
  const first = Math.max(0, 3 * place - prng.integer(6));
  const hours = Array.from({ length: 1 + prng.integer(8) }, (_, index) => first + index);
  const bars = hourlyBars(hours, prng.integer(2));
  const source = prng.integer(2) === 0 ? "a" : "b";
  return { bars, provenance: { source, receivedAtMs: place, mayJoin: "any" } };
}

/** A store that merges and parts its files after a few dozen rows. */
export function openSmallStore(kind: StoreKind, folder: string): BarStore {
  return kind === "csv" ? new CsvBarStore(folder) : new ParquetBarStore(folder, { blockRows: 40 });
}

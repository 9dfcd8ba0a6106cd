import type { Timeframe } from "../../domain/timeframe.ts";
import { featureSetNamed } from "../../features/feature-sets.ts";
import type { BarsRequest } from "../bars/bars-request.ts";
import { loadBars } from "../bars/load-bars.ts";
import type { KiwiConfig } from "../config/config-schema.ts";
import { calendarOfHeld } from "../data/held-series.ts";
import { FeatureStore, type StoreOutcome } from "./feature-store.ts";

/** What became of the features of one symbol. */
export type ComputedFeatures = {
  readonly symbol: string;
  readonly timeframe: Timeframe;
  readonly rows: number;
  /** The first row in which every feature has a value; `rows` where there is none. */
  readonly firstCompleteRow: number;
} & StoreOutcome;

/** Computes a feature set over bars, symbol by symbol, and keeps it in a folder. Throws what finding, loading and storing throw. */
export async function computeFeatures(
  setName: string,
  request: BarsRequest,
  config: KiwiConfig,
  folder: string,
  warn: (text: string) => void,
): Promise<readonly ComputedFeatures[]> {
  const set = featureSetNamed(setName);
  const { sources, warnings } = await loadBars(request);
  for (const warning of warnings) warn(warning);
  const store = new FeatureStore({ folder, warn });
  const computed: ComputedFeatures[] = [];
  for (const { bars } of sources) {
    const calendar = calendarOfHeld(config, bars, undefined);
    const outcome = await store.computeAndStore(set, bars, calendar);
    const { length, firstCompleteRow } = await store.getFeatures(set, bars, calendar);
    const { symbol, timeframe } = bars;
    computed.push({ symbol, timeframe, rows: length, firstCompleteRow, ...outcome });
  }
  return computed;
}

import { join } from "node:path";
import { syntheticMarket } from "../src/data/synthetic/synthetic-market.ts";
import { barsOf, sliceBars, type Bars } from "../src/domain/bars.ts";
import { ModelStore } from "../src/adapters/stores/models/model-store.ts";
import type { RegimeTraining } from "../src/app/train/retrain-regime.ts";
import { hourMs } from "../src/base/time.ts";

/** Hourly bars of a made-up market, always the same. */
export function marketBars(bars: number, seed = 20_261_121): Bars {
  return syntheticMarket({
    seed,
    symbols: 1,
    timeframe: "1h",
    bars,
    startMs: Date.UTC(2022, 0, 1),
    calendarName: "24/7",
  }).bars[0]!;
}

/** Hourly bars with these closes and nothing but them. */
export function barsOfCloses(closes: readonly number[]): Bars {
  const close = Float64Array.from(closes);
  return barsOf("FLAT", "1h", {
    closeTimeMs: close.map((_, row) => Date.UTC(2022, 0, 1) + (row + 1) * hourMs),
    open: close,
    high: close,
    low: close,
    close,
    volume: new Float64Array(close.length),
  });
}

/** The first so many bars. */
export function firstBars(bars: Bars, count: number): Bars {
  return sliceBars(bars, 0, count);
}

/** A quick training of the model `regime` in a folder of its own. */
export function quickTraining(folder: string, changes: Partial<RegimeTraining> = {}): RegimeTraining {
  return {
    store: new ModelStore(join(folder, ".kiwi", "models")),
    name: "regime",
    bars: marketBars(1_500),
    blockBars: 6,
    statesMin: 2,
    statesMax: 2,
    restarts: 3,
    seed: 7,
    jobs: 1,
    codeVersion: "test",
    createdMs: Date.UTC(2024, 0, 1),
    dataKind: "synthetic",
    everyMs: undefined,
    onProgress: () => {},
    ...changes,
  };
}

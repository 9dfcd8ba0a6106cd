import type { Bars } from "../../domain/bars.ts";
import { predictionName } from "../../domain/external-series.ts";
import type { Instrument } from "../../domain/instrument.ts";
import type { PredictionReader } from "../../ports/model.ts";
import { predictionMissing } from "../bars/find-external.ts";

/**
 * Reads what models said, bounded by the bars that a run has seen: nothing that was said about a later bar is handed out.
 * `PREDICTION_MISSING` where a model says nothing of a symbol at all.
 */
export function predictionReaders(
  externals: ReadonlyMap<string, Bars>,
  instruments: readonly Instrument[],
  seen: readonly Bars[],
): (model: string) => PredictionReader {
  return (model) => {
    const tables = new Map<string, { readonly table: Bars; row: number }>();
    return {
      now(instrument, output) {
        const { symbol } = instruments[instrument]!;
        const name = predictionName({ model, output, symbol });
        let place = tables.get(name);
        if (place === undefined) {
          const table = externals.get(name);
          if (table === undefined) throw predictionMissing(model, symbol);
          tables.set(name, (place = { table, row: -1 }));
        }
        const { table } = place;
        const bars = seen[instrument]!;
        const nowMs = bars.length === 0 ? -Infinity : bars.closeTimeMs[bars.length - 1]!;
        while (place.row + 1 < table.length && table.closeTimeMs[place.row + 1]! <= nowMs) place.row += 1;
        return place.row < 0 ? Number.NaN : table.close[place.row]!;
      },
    };
  };
}

import { expect, test } from "vitest";
import { BarTable } from "../../domain/bar-table.ts";
import { calendarNamed } from "../../domain/calendar/calendar-named.ts";
import { syntheticMarket } from "../../data/synthetic/synthetic-market.ts";
import { modelTypes } from "../../features/feature-set.ts";
import { featureSets } from "../../features/feature-sets.ts";
import { calculateForModel } from "./calculate-features.ts";
import { FeatureColumns } from "./feature-columns.ts";
import { expressionsOf } from "./set-expressions.ts";

const calendar = calendarNamed("24/7");

test("bars that arrive one by one have the features that they have in history", () => {
  const startMs = Date.UTC(2022, 0, 1);
  const bars = syntheticMarket({ seed: 5, symbols: ["SYN"], timeframe: "4h", bars: 500, startMs }).bars[0]!;
  for (const modelType of modelTypes) {
    const history = calculateForModel(modelType, bars, calendar);
    const live = new BarTable("SYN", "4h");
    const columns = new FeatureColumns(expressionsOf(featureSets[modelType], "4h"), live, calendar);
    const row = new Float64Array(columns.names.length);
    for (let k = 0; k < bars.length; k++) {
      const { closeTimeMs, open, high, low, close, volume } = bars;
      live.append(closeTimeMs[k]!, open[k]!, high[k]!, low[k]!, close[k]!, volume[k]!);
      columns.extend();
      expect(columns.length).toBe(k + 1);
      columns.row(k, row);
      const wrong = columns.names.filter((_, f) => !Object.is(row[f], history.columns[f]![k]));
      expect(wrong).toEqual([]);
    }
  }
});

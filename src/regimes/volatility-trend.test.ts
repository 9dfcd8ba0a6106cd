import { expect, test } from "vitest";
import { make } from "../../test/plugin-tools.ts";
import { agreement, foldRegime, plantedMarket } from "../../test/regime-harness.ts";
import { barsOf } from "../domain/bars.ts";
import { HmmFeatures } from "./hmm-features.ts";
import { volatilityTrend } from "./volatility-trend.ts";

const market = plantedMarket({ seed: 14, bars: 9_000, drift: 0.5 });

test("shares are the logistic functions of drift and volatility that the formula says", () => {
  const { bars } = market;
  const short = { trendBars: 30, volatilityBars: 10, usualBars: 50 };
  const { columns } = foldRegime(
    make(volatilityTrend, { ...short, trendSignal: 2, volatileRatio: 1.5 }),
    bars,
  );
  const trend = new HmmFeatures(30);
  const volatility = new HmmFeatures(10);
  const levels: number[] = [];
  for (let row = 0; row < 2_000; row++) {
    const bar = [bars.high[row]!, bars.low[row]!, bars.close[row]!] as const;
    trend.next(...bar);
    volatility.next(...bar);
    levels.push(volatility.row[1]!);
    // The first level is that of row 10, the fiftieth that of row 59.
    if (row < 59) {
      expect(columns[4]![row]).toBe(1);
      continue;
    }
    const window = levels.slice(-50).toSorted((a, b) => a - b);
    const above = volatility.row[1]! - (window[24]! + window[25]!) / 2;
    const wild = 1 / (1 + Math.exp(-(above - Math.log(1.5)) / 0.1));
    const up = (1 - wild) / (1 + Math.exp(-(trend.row[0]! - 2) / 0.3));
    expect(columns[3]![row]).toBeCloseTo(wild, 9);
    expect(columns[0]![row]).toBeCloseTo(up, 9);
    expect(columns[7]![row]).toBeNaN();
  }
});

test("planted regimes are told by rules alone on three bars of four", () => {
  const { labels } = foldRegime(make(volatilityTrend), market.bars);
  expect(agreement(labels.slice(2_100), market.truth.slice(2_100))).toBeGreaterThan(0.72);
});

test("shares add up to 1, also where a threshold of next to nothing makes everything a trend", () => {
  for (const trendSignal of [0, 0.25, 1.5]) {
    const { columns } = foldRegime(make(volatilityTrend, { trendSignal, usualBars: 100 }), market.bars);
    for (let row = 0; row < market.bars.length; row++) {
      const sum = columns.slice(0, 5).reduce((total, column) => total + column[row]!, 0);
      expect(sum).toBeCloseTo(1, 9);
    }
  }
});

test("a market that never changes is unknown", () => {
  const length = 400;
  const still = new Float64Array(length).fill(100);
  const bars = barsOf("FLAT", "1h", {
    closeTimeMs: Float64Array.from(still, (_, row) => (row + 1) * 3_600_000),
    open: still,
    high: still,
    low: still,
    close: still,
    volume: still,
  });
  const { labels } = foldRegime(make(volatilityTrend, { usualBars: 50 }), bars);
  expect(new Set(labels)).toEqual(new Set(["unknown"]));
});

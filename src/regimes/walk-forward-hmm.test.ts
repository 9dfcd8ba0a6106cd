import { expect, test } from "vitest";
import { make } from "../../test/plugin-tools.ts";
import { agreement, changesOf, foldRegime, plantedMarket } from "../../test/regime-harness.ts";
import { syntheticMarket } from "../data/synthetic/synthetic-market.ts";
import { sliceBars } from "../domain/bars.ts";
import { hmm } from "./hmm.ts";
import { HmmFeatures } from "./hmm-features.ts";
import { hasCollapsed, prototypeModel } from "./regime-anchors.ts";
import { WalkForwardHmm } from "./walk-forward-hmm.ts";

// What the detector is worth on markets whose truth is known. docs/concepts/regimes.md has more of these numbers.

test("planted regimes with a drift of half a deviation a bar are told right on nine bars of ten, without flicker", () => {
  for (const seed of [1, 2]) {
    const { bars, truth } = plantedMarket({ seed, bars: 20_000, drift: 0.5 });
    const labels = foldRegime(make(hmm), bars).labels.slice(5_000);
    const known = truth.slice(5_000);
    expect(agreement(labels, known)).toBeGreaterThan(0.9);
    expect(changesOf(labels)).toBeLessThan(1.5 * changesOf(known));
  }
});

test("in the usual synthetic market trends are too weak to be seen well, and half of the bars are told right", () => {
  // Drift 0.05 deviations a bar for 300 bars is less than one deviation of the whole trend.
  const market = syntheticMarket({ seed: 1, symbols: 1, timeframe: "1h", bars: 10_000, startMs: 0 });
  const truth = Array.from(market.regime[0]!, (index) => market.regimeNames[index]!).slice(2_500);
  const labels = foldRegime(make(hmm), market.bars[0]!).labels.slice(2_500);
  const right = agreement(labels, truth);
  expect(right).toBeGreaterThan(0.4);
  expect(right).toBeLessThan(0.6);
  const trends = labels.filter((label) => label.startsWith("trend")).length / labels.length;
  expect(trends).toBeLessThan(0.4);
});

/** Share of the bars of each planted regime that are told right; the least of them. */
function leastRecall(labels: readonly string[], truth: readonly string[]): number {
  const recalls = [...new Set(truth)].map((name) => {
    const rows = truth.flatMap((label, row) => (label === name ? [row] : []));
    return rows.filter((row) => labels[row] === name).length / rows.length;
  });
  return Math.min(...recalls);
}

test("on twenty planted markets the worst is told right on 85 bars of 100, and every regime on 70", () => {
  for (let seed = 1; seed <= 20; seed++) {
    const { bars, truth } = plantedMarket({ seed, bars: 20_000, drift: 0.5 });
    const labels = foldRegime(make(hmm), bars).labels.slice(5_000);
    const known = truth.slice(5_000);
    expect({ seed, isRight: agreement(labels, known) >= 0.85 }).toEqual({ seed, isRight: true });
    expect({ seed, isRecalled: leastRecall(labels, known) >= 0.7 }).toEqual({ seed, isRecalled: true });
    const changes = changesOf(labels) / changesOf(known);
    expect({ seed, isCalm: changes > 0.5 && changes < 2 }).toEqual({ seed, isCalm: true });
  }
});

test("wherever within 30 days history begins, nine labels of ten are the same soon after the first training", () => {
  for (const seed of [1, 2, 3]) {
    const { bars } = plantedMarket({ seed, bars: 9_000, drift: 0.3 });
    const from = 1_500 + 720 + 720;
    const fans = [0, 1, 5, 11, 30].map((days) =>
      foldRegime(make(hmm), sliceBars(bars, days * 24, bars.length)).labels.slice(from - days * 24),
    );
    for (const one of fans)
      for (const other of fans) expect(agreement(one, other)).toBeGreaterThanOrEqual(0.9);
    // A label that never changed would agree with itself.
    expect(new Set(fans[0]).size).toBeGreaterThanOrEqual(4);
  }
});

test("once the window is full, the model does not know where history began", () => {
  const { bars } = plantedMarket({ seed: 4, bars: 4_000, drift: 0.4 });
  const quick = { windowBars: 1_000, trainBarsMin: 500, refitBars: 240 };
  const fold = (from: number) => foldRegime(make(hmm, quick), sliceBars(bars, from, bars.length)).columns;
  const [whole, later] = [fold(0), fold(777)];
  // 2,500 rows: the window, a refit after it, and room for the filter and the regime in force to forget.
  for (const [k, column] of whole.slice(0, 5).entries())
    for (let row = 2_500; row < bars.length; row++) expect(later[k]![row - 777]).toBeCloseTo(column[row]!, 6);
});

test("a fit whose states have run into each other is refused", () => {
  const prototype = prototypeModel(-5);
  expect(hasCollapsed(prototype)).toBe(false);
  for (const [state, other, feature] of [
    [0, 2, 0],
    [1, 2, 0],
    [3, 2, 1],
  ] as const) {
    const means = prototype.means.slice();
    means[2 * state + feature] = means[2 * other + feature]!;
    expect(hasCollapsed({ means })).toBe(true);
  }
  expect(hasCollapsed({ means: prototype.means.fill(Number.NaN) })).toBe(true);
  // Not anchored, on a market of one regime: fits collapse, and whatever model stays has not.
  const { bars } = plantedMarket({ seed: 11, bars: 6_000, drift: 0.4, isUniform: true });
  const features = new HmmFeatures(12);
  const model = new WalkForwardHmm({
    blockBars: 12,
    trainBarsMin: 1_000,
    refitBars: 150,
    windowBars: 2_000,
    anchorBlocks: 0,
    stickiness: 10,
  });
  for (let row = 0; row < bars.length; row++) {
    features.next(bars.high[row]!, bars.low[row]!, bars.close[row]!);
    model.add(features.row, features.logReturn, bars.closeTimeMs[row]!);
    if (model.params !== null) expect(hasCollapsed(model.params)).toBe(false);
  }
  expect(model.takeOvers).toBeLessThan(model.fits);
});

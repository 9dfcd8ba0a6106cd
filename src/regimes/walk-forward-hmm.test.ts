import { expect, test } from "vitest";
import { make } from "../../test/plugin-tools.ts";
import { agreement, changesOf, foldRegime, plantedMarket } from "../../test/regime-harness.ts";
import { syntheticMarket } from "../data/synthetic/synthetic-market.ts";
import type { Bars } from "../domain/bars.ts";
import { hmm } from "./hmm.ts";
import { HmmFeatures } from "./hmm-features.ts";
import { WalkForwardHmm, type WalkForwardOptions } from "./walk-forward-hmm.ts";

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

test("in the usual synthetic market trends are too weak to be seen, and nobody claims that they are", () => {
  // Drift 0.05 deviations a bar for 300 bars is less than one deviation of the whole trend.
  const market = syntheticMarket({ seed: 1, symbols: 1, timeframe: "1h", bars: 10_000, startMs: 0 });
  const truth = Array.from(market.regime[0]!, (index) => market.regimeNames[index]!).slice(2_500);
  const labels = foldRegime(make(hmm), market.bars[0]!).labels.slice(2_500);
  const right = agreement(labels, truth);
  expect(right).toBeGreaterThan(0.3);
  expect(right).toBeLessThan(0.6);
  const trends = labels.filter((label) => label.startsWith("trend")).length / labels.length;
  expect(trends).toBeLessThan(0.25);
});

function walk(
  bars: Bars,
  options: Omit<WalkForwardOptions, "states" | "seed">,
  visit: (model: WalkForwardHmm) => void,
): WalkForwardHmm {
  const features = new HmmFeatures(options.blockBars);
  const model = new WalkForwardHmm({ states: 4, seed: 1, ...options });
  for (let row = 0; row < bars.length; row++) {
    features.next(bars.high[row]!, bars.low[row]!, bars.close[row]!);
    const { fits } = model;
    model.add(features.row, features.logReturn);
    if (model.fits > fits) visit(model);
  }
  return model;
}

test("states keep their names through more than fifty models that took over", () => {
  let [changed, takenOver] = [0, 0];
  for (const seed of [1, 3]) {
    const { bars } = plantedMarket({ seed, bars: 18_000, drift: 0.5 });
    const names: string[] = [];
    const options = { blockBars: 24, trainBarsMin: 5_000, refitBars: 240, windowBars: 8_000 };
    const model = walk(bars, options, ({ filter }) => names.push(filter!.labels.join()));
    expect(model.fits).toBeGreaterThan(50);
    takenOver += model.takeOvers;
    changed += changesOf(names);
  }
  expect(takenOver).toBeGreaterThan(50);
  // On one seed the wilder of the two trends counts as volatile for five trainings, and is a trend again.
  expect(changed).toBeLessThanOrEqual(2);
});

test("a model that finds the latest bars less likely than the present one does is not taken over", () => {
  const { bars } = plantedMarket({ seed: 11, bars: 6_000, drift: 0.4 });
  let [refused, taken] = [0, 0];
  let [before, takeOvers] = [null as unknown, 0];
  const model = walk(
    bars,
    { blockBars: 12, trainBarsMin: 1_000, refitBars: 150, windowBars: 5_000 },
    ({ params, ...now }) => {
      if (now.takeOvers === takeOvers) {
        expect(params).toBe(before);
        refused += 1;
      } else {
        expect(params).not.toBe(before);
        taken += 1;
      }
      [before, takeOvers] = [params, now.takeOvers];
    },
  );
  expect(refused).toBeGreaterThan(3);
  expect(taken).toBeGreaterThan(3);
  expect(refused + taken).toBe(model.fits);
});

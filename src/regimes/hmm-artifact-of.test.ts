import { expect, test } from "vitest";
import { plantedMarket } from "../../test/regime-harness.ts";
import { KiwiError } from "../base/errors.ts";
import type { HmmArtifact } from "../domain/hmm-artifact.ts";
import { fitHmm } from "../learning/hmm/fit-hmm.ts";
import { artifactOf, filterOf, paramsOf } from "./hmm-artifact-of.ts";
import { HmmFeatures, trainingRows } from "./hmm-features.ts";

const { bars } = plantedMarket({ seed: 12, bars: 6_000, drift: 0.5 });
const [blockBars, fromRow, toRow, seed] = [12, 500, 5_000, 3] as const;
const { values, length } = trainingRows(bars, blockBars, fromRow, toRow);
const fit = fitHmm(values, length, { states: 4, features: 2, covariance: "full", seed, restarts: 3 });
const artifact = artifactOf(fit, {
  bars,
  fromRow,
  toRow,
  blockBars,
  seed,
  name: "regime-PLANTED-1h",
  version: 1,
  dataFingerprint: "f".repeat(64),
  codeVersion: "test",
});

test("an artifact says what it was trained on, what its states are, and how the fit went", () => {
  expect(artifact).toMatchObject({ format: 1, symbol: "PLANTED", timeframe: "1h", seed, version: 1 });
  expect(artifact.trainedFromMs).toBe(bars.closeTimeMs[500]);
  expect(artifact.trainedThroughMs).toBe(bars.closeTimeMs[4_999]);
  expect(artifact.features).toEqual({ kind: "blocks", blockBars, names: ["drift", "log volatility"] });
  expect([artifact.logLikelihood, artifact.aic, artifact.bic]).toEqual([fit.logLikelihood, fit.aic, fit.bic]);
  expect(artifact.restarts).toHaveLength(3);
  // What was planted: drift of +-0.5 deviations, four regimes.
  expect(artifact.labels.toSorted()).toEqual(["sideways", "trend-down", "trend-up", "volatile"]);
  const up = artifact.summaries[artifact.labels.indexOf("trend-up")]!;
  // A bar of an upward trend rises by 0.5 x 0.002.
  expect(Math.abs(up.meanReturn / 0.001 - 1)).toBeLessThan(0.25);
  expect(artifact.summaries.reduce((sum, { share }) => sum + share, 0)).toBeCloseTo(1, 6);
  for (const { expectedDwellBars } of artifact.summaries) expect(expectedDwellBars).toBeGreaterThan(60);
});

test("the scaler is the mean and the deviation of the training rows", () => {
  const drifts = Array.from({ length }, (_, row) => values[2 * row]!);
  const mean = drifts.reduce((sum, value) => sum + value, 0) / length;
  expect(artifact.scaler.centres[0]).toBeCloseTo(mean, 10);
  const variance = drifts.reduce((sum, value) => sum + (value - mean) ** 2, 0) / length;
  expect(artifact.scaler.scales[0]).toBeCloseTo(Math.sqrt(variance), 10);
});

test("through JSON and back an artifact filters as before, bit for bit", () => {
  const read = JSON.parse(JSON.stringify(artifact)) as HmmArtifact;
  expect(read).toEqual(artifact);
  expect(paramsOf(read.params)).toEqual(fit.params);
  const [one, other] = [filterOf(artifact), filterOf(read)];
  const features = new HmmFeatures(blockBars);
  for (let row = 0; row < 400; row++) {
    features.next(bars.high[row]!, bars.low[row]!, bars.close[row]!);
    expect(other.step(features.row)).toEqual(one.step(features.row));
  }
});

test("numbers that are no model are refused", () => {
  const damaged = { ...artifact, params: { ...artifact.params, transition: [1, 2, 3] } };
  expect(() => filterOf(damaged)).toThrow(KiwiError);
});

import { expect, test } from "vitest";
import { make, testTools } from "../../test/plugin-tools.ts";
import { agreement, foldRegime, plantedMarket } from "../../test/regime-harness.ts";
import { barSeries } from "../domain/expression.ts";
import type { HmmArtifact } from "../domain/hmm-artifact.ts";
import { fitHmm } from "../learning/hmm/fit-hmm.ts";
import type { PluginTools } from "../ports/plugin.ts";
import { artifactOf } from "./hmm-artifact-of.ts";
import { trainingRows } from "./hmm-features.ts";
import { hmmModel } from "./hmm-model.ts";

const { bars, truth } = plantedMarket({ seed: 13, bars: 12_000, drift: 0.5 });
const trainedRows = 7_000;

function trained(version: number): HmmArtifact {
  const { values, length } = trainingRows(bars, 12, 0, trainedRows);
  const shape = { states: 4, features: 2, covariance: "full" } as const;
  const fit = fitHmm(values, length, { ...shape, seed: version, restarts: 4 });
  const record = { bars, fromRow: 0, toRow: trainedRows, blockBars: 12, seed: version };
  const about = { name: "planted", version, dataFingerprint: "", codeVersion: "test" };
  return artifactOf(fit, { ...record, ...about });
}

const artifact = trained(1);
const tools: PluginTools = { ...testTools(), regimeModel: () => artifact };

test("a stored model says nothing about the bars that it was trained on, and tells the later ones right", () => {
  const { columns, labels } = foldRegime(make(hmmModel, { model: "planted" }, tools), bars);
  for (let row = 0; row < trainedRows; row++) expect([columns[4]![row], labels[row]]).toEqual([1, "unknown"]);
  expect(columns[4]![trainedRows]).toBe(0);
  expect(agreement(labels.slice(trainedRows), truth.slice(trainedRows))).toBeGreaterThan(0.9);
});

test("the same artifact is the same column, and another version is another one", () => {
  const key = (given: PluginTools) => make(hmmModel, { model: "planted" }, given)(barSeries()).label;
  expect(key(tools).node).toEqual(key(tools).node);
  expect(key(tools).key).toBe(key(tools).key);
  const later = { ...artifact, version: 2 };
  expect(key({ ...tools, regimeModel: () => later }).key).not.toBe(key(tools).key);
});

test("without a name or without models there is an error that says what to do", () => {
  expect(() => make(hmmModel, {}, tools)(barSeries())).toThrow("MODEL_UNNAMED");
  expect(() => make(hmmModel, { model: "planted" })(barSeries())).toThrow("MODEL_UNKNOWN");
});

import { expect, test } from "vitest";
import { Prng } from "../../base/prng.ts";
import { overfittingProbability } from "./overfitting-probability.ts";

function noise(seed: number, trials: number, rows: number, edge = 0): Float64Array[] {
  const prng = new Prng(seed);
  return Array.from({ length: trials }, (_, trial) =>
    Float64Array.from({ length: rows }, () => 0.01 * (prng.normal() + (trial === 3 ? edge : 0))),
  );
}

function plainSharpe(values: readonly number[]): number {
  const mean = values.reduce((a, b) => a + b, 0) / values.length;
  const variance = values.reduce((a, b) => a + (b - mean) ** 2, 0) / (values.length - 1);
  return mean / Math.sqrt(variance);
}

test("four blocks and three trials give what enumerating the six splits by hand gives", () => {
  const trials = noise(21, 3, 26);
  const bounds = [0, 6, 13, 19, 26];
  const rowsOf = (trial: number, blocks: readonly number[]) =>
    blocks.flatMap((block) => Array.from(trials[trial]!.subarray(bounds[block], bounds[block + 1])));
  // Two of four blocks, in the order of their bit masks; the mirror image of the list is the other half of each.
  const halves = ["01", "02", "12", "03", "13", "23"].map((text) => Array.from(text, Number));
  const logits = halves.map((chosenBy, split) => {
    const judgedBy = halves[5 - split]!;
    const inSample = [0, 1, 2].map((trial) => plainSharpe(rowsOf(trial, chosenBy)));
    const outOfSample = [0, 1, 2].map((trial) => plainSharpe(rowsOf(trial, judgedBy)));
    const best = outOfSample[inSample.indexOf(Math.max(...inSample))]!;
    const rank = outOfSample.filter((value) => value <= best).length;
    return Math.log(rank / 4 / (1 - rank / 4));
  });
  const report = overfittingProbability(trials, 4)!;
  for (const [split, logit] of logits.entries()) expect(report.logits[split]).toBeCloseTo(logit, 12);
  const below = logits.filter((logit) => logit < 0).length;
  expect(report.probability).toBe((below + logits.filter((logit) => logit === 0).length / 2) / 6);
});

test("choosing among noise is a coin toss out of sample", () => {
  let total = 0;
  for (let seed = 0; seed < 60; seed++) {
    total += overfittingProbability(noise(100 + seed, 24, 480), 8)!.probability;
  }
  expect(total / 60).toBeGreaterThan(0.43);
  expect(total / 60).toBeLessThan(0.57);
});

test("one planted edge among noise is found again out of sample", () => {
  const report = overfittingProbability(noise(22, 24, 1000, 0.2), 16)!;
  expect(report.logits.length).toBe(12_870);
  expect(report.probability).toBeLessThan(0.05);
  expect(report.lossProbability).toBeLessThan(0.05);
  expect(report.inSample.reduce((a, b) => a + b) / 12_870).toBeCloseTo(0.2, 1);
});

test("trials that are all the same are neither above nor below the median", () => {
  const [only] = noise(23, 1, 100);
  expect(overfittingProbability([only!, only!, only!, only!], 4)!.probability).toBe(0.5);
});

test("a trial that never moves scores zero instead of breaking the ranking", () => {
  const report = overfittingProbability([...noise(24, 3, 64, 0.5), new Float64Array(64).fill(0.001)], 4)!;
  expect(report.logits.every((logit) => Number.isFinite(logit))).toBe(true);
});

test("a single trial and a short history have no probability of overfitting", () => {
  expect(overfittingProbability(noise(25, 1, 100), 4)).toBeNull();
  expect(overfittingProbability(noise(25, 5, 31), 16)).toBeNull();
  expect(overfittingProbability([], 4)).toBeNull();
});

test("odd numbers of blocks and trials over different periods are our own bugs", () => {
  expect(() => overfittingProbability(noise(26, 2, 100), 5)).toThrow(/even/);
  expect(() => overfittingProbability([new Float64Array(40), new Float64Array(41)], 4)).toThrow(
    /same periods/,
  );
});

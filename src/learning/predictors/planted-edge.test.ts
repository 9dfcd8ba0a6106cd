import { describe, expect, test } from "vitest";
import { scorePredictions } from "../../analysis/predictions/score-predictions.ts";
import { Prng } from "../../base/prng.ts";
import type { Dataset } from "../data/dataset.ts";
import { learnFrom, plant, plantedWidth, type Found } from "../../../test/planted-market.ts";
import { plainLearner, type Learner } from "./fit-predictor.ts";

// Markets whose every chance is known: what a model finds of it is held against who knows it, and what it finds where nothing is.

function scoresOf(data: Dataset, { fold, answers, reach }: Found) {
  const { from, to } = fold.test;
  return scorePredictions(
    {
      closeTimeMs: data.closeTimeMs.slice(from, to),
      probability: Float64Array.from(answers, ({ probability }) => probability),
      outcome: data.labels.outcome.slice(from, to),
      weights: data.weights.slice(from, to),
      persistence: data.persistence.slice(from, to),
      conformal: reach,
    },
    1,
    1,
  );
}

/** Share of rows about which a model is sure of at least a hundredth: where `follow-predictions` would hold something. */
function shareHeld({ answers }: Found): number {
  return answers.filter(({ low, high }) => low > 0.51 || high < 0.49).length / answers.length;
}

const learners: readonly (readonly [string, Learner])[] = [
  ["logistic", plainLearner("logistic")],
  ["boosted", plainLearner("boosted", { boosted: { rounds: 200 } })],
  ["forest", plainLearner("forest", { forest: { trees: 80 } })],
];

describe.each(learners)("%s", (_, learner) => {
  const [rows, seeds] = [18_000, [1]] as const;

  test("finds at least four fifths of a planted edge, is honest about it, and holds something", async () => {
    const shares: number[] = [];
    for (const seed of seeds) {
      const { data, chance } = plant(rows, seed, 0.22);
      const found = await learnFrom(data, learner, seed);
      const scores = scoresOf(data, found);
      const { from, to } = found.fold.test;
      // What the model would get on average on these rows, by the true chances: its luck with these outcomes is left out.
      const known = chance.slice(from, to);
      const right = (ups: (k: number) => boolean) =>
        known.reduce((sum, p, k) => sum + (ups(k) ? p : 1 - p), 0) / known.length;
      const bayes = right((k) => known[k]! > 0.5);
      expect(bayes).toBeGreaterThan(0.53);
      expect(bayes).toBeLessThan(0.6);
      shares.push((right((k) => found.answers[k]!.probability > 0.5) - 0.5) / (bayes - 0.5));
      expect(scores.eceMass).toBeLessThan(0.035);
      expect(scores.resolution).toBeGreaterThan(0);
      expect(scores.coverage).toBeGreaterThan(0.87);
      expect(scores.coverage).toBeLessThan(0.93);
      expect(scores.skillP).toBeLessThan(0.05);
      expect(shareHeld(found)).toBeGreaterThan(0.5);
    }
    expect(Math.min(...shares), `seeds ${seeds.join(", ")}: ${shares.join(", ")}`).toBeGreaterThan(0.8);
  });

  test("finds nothing where nothing is, and holds nothing", async () => {
    for (const seed of seeds) {
      const { data } = plant(rows, 100 + seed, 0);
      const found = await learnFrom(data, learner, seed);
      const { accuracy } = scoresOf(data, found);
      // Three and a half standard errors: whatever is learned is right in half of the rows, and the rest is luck.
      expect(accuracy.low).toBeLessThan(0.51);
      expect(shareHeld(found)).toBeLessThan(0.5);
    }
  });

  test("holds nothing after its outcomes were shuffled", async () => {
    const { data } = plant(rows, 7, 0.22);
    const random = new Prng(8);
    const outcome = data.labels.outcome.slice();
    for (let k = outcome.length - 1; k > 0; k--) {
      const other = random.integer(k + 1);
      [outcome[k], outcome[other]] = [outcome[other]!, outcome[k]!];
    }
    const shuffled = {
      ...data,
      labels: { ...data.labels, outcome, size: outcome.map((up) => (up - 0.5) * 1.3) },
    };
    expect(shareHeld(await learnFrom(shuffled, learner, 1))).toBeLessThan(0.5);
  });
});

test("what is not purged is learned by heart: a feature that holds the outcome shows in the scores at once", async () => {
  const { data } = plant(9_000, 11, 0);
  const values = data.x.values.slice();
  for (let row = 0; row < data.x.rows; row++) values[row * plantedWidth + 5] = data.labels.outcome[row]!;
  const leaky = { ...data, x: { ...data.x, values } };
  const scores = scoresOf(leaky, await learnFrom(leaky, plainLearner("boosted"), 1));
  // A market in which 97 of 100 calls are right does not exist.
  expect(scores.accuracy.value).toBeGreaterThan(0.97);
});

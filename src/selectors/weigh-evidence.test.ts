import fc from "fast-check";
import { expect, test } from "vitest";
import { weighEvidence } from "./weigh-evidence.ts";

const seed = 20_260_401;

test("the posterior mean is the one that a person computes by hand", () => {
  // 100 bars against a prior of 100: trust = 1/2. t = 0.002 * 10 / 0.01 = 2.
  // Bayes factor = sqrt(1/2) * e^(4/4) = 1.922116; odds of 1 to 1 give 1.922116 / 2.922116 = 0.657782.
  // 0.657782 * 1/2 * 0.002 = 0.000657782.
  expect(weighEvidence(100, 0.002, 0.01, 0, { share: 0.5, bars: 100 })).toBeCloseTo(0.000657782, 9);
  // The same seen from a center of 0.001: t = 1, Bayes factor = sqrt(1/2) * e^(1/4) = 0.907943, with odds of 1 to 4
  // 0.226986 / 1.226986 = 0.184995; 0.001 + 0.184995 * 1/2 * 0.001 = 0.001092497.
  expect(weighEvidence(100, 0.002, 0.01, 0.001, { share: 0.2, bars: 100 })).toBeCloseTo(0.001092497, 9);
});

test("it agrees with the posterior mean that numerical integration over the slab finds", () => {
  const inputs = fc.record({
    bars: fc.double({ min: 1, max: 5_000, noNaN: true }),
    t: fc.double({ min: -6, max: 6, noNaN: true }),
    deviation: fc.double({ min: 1e-4, max: 0.1, noNaN: true }),
    center: fc.double({ min: -0.01, max: 0.01, noNaN: true }),
    share: fc.double({ min: 0.01, max: 0.99, noNaN: true }),
    priorBars: fc.double({ min: 10, max: 5_000, noNaN: true }),
  });
  fc.assert(
    fc.property(inputs, ({ bars, t, deviation, center, share, priorBars }) => {
      const error = deviation / Math.sqrt(bars);
      const mean = center + t * error;
      const found = weighEvidence(bars, mean, deviation, center, { share, bars: priorBars });
      const integrated = byIntegration(mean, error, center, share, deviation / Math.sqrt(priorBars));
      expect(Math.abs(found - integrated)).toBeLessThan(1e-6 * error);
    }),
    { seed, numRuns: 200 },
  );
});

/** Spike at the center with 1 - share, normal slab around it with share; what is seen errs normally by `error`. */
function byIntegration(seen: number, error: number, center: number, share: number, slab: number): number {
  const density = (x: number, deviation: number) =>
    Math.exp(-((x / deviation) ** 2) / 2) / (deviation * Math.sqrt(2 * Math.PI));
  // Fine enough for the narrower of the two, wide enough for the product of both.
  const step = Math.min(error, slab) / 40;
  const reach = 12 * Math.min(error, slab);
  const middle = center + ((seen - center) * slab ** 2) / (slab ** 2 + error ** 2);
  let slabMass = 0;
  let slabMoment = 0;
  for (let effect = middle - reach; effect <= middle + reach; effect += step) {
    const weight = density(effect - center, slab) * density(seen - effect, error) * step;
    slabMass += weight;
    slabMoment += weight * effect;
  }
  const spikeMass = density(seen - center, error);
  return (
    (share * slabMoment + (1 - share) * spikeMass * center) / (share * slabMass + (1 - share) * spikeMass)
  );
}

test("without bars, or where nothing moved or is known, nothing but the center is believed", () => {
  const prior = { share: 0.3, bars: 200 };
  expect(weighEvidence(0, 0.01, 0.01, 0.002, prior)).toBe(0.002);
  expect(weighEvidence(Number.NaN, 0.01, 0.01, 0.002, prior)).toBe(0.002);
  expect(weighEvidence(100, 0.01, 0, 0.002, prior)).toBe(0.002);
  expect(weighEvidence(100, Number.NaN, Number.NaN, 0.002, prior)).toBe(0.002);
});

test("overwhelming evidence is believed as far as its bars are trusted, and does not overflow", () => {
  const prior = { share: 0.05, bars: 1_000 };
  // t = 1e6: e^(t^2 / 2) is far beyond a double.
  expect(weighEvidence(1_000, 1, 0.001 / Math.sqrt(1_000), 0, prior)).toBeCloseTo(0.5, 12);
  expect(weighEvidence(1_000, -1, 0.001 / Math.sqrt(1_000), 0, prior)).toBeCloseTo(-0.5, 12);
  expect(weighEvidence(1e12, 0.01, 0.01, 0, prior)).toBeCloseTo(0.01, 10);
});

test("where no difference is expected to be real none is believed, where all are it is plain shrinkage", () => {
  const mean = 0.002;
  expect(weighEvidence(100, mean, 0.01, 0, { share: 1e-300, bars: 100 })).toBeCloseTo(0, 15);
  expect(weighEvidence(100, mean, 0.01, 0, { share: 1 - 1e-16, bars: 100 })).toBeCloseTo(mean / 2, 12);
});

test("a better mean, and more hope, never lower what is believed; both sides of the center are alike", () => {
  const prior = fc.record({
    share: fc.double({ min: 0.01, max: 0.9, noNaN: true }),
    bars: fc.double({ min: 10, max: 5_000, noNaN: true }),
  });
  const bars = fc.double({ min: 1, max: 10_000, noNaN: true });
  const mean = fc.double({ min: -0.01, max: 0.01, noNaN: true });
  const more = fc.double({ min: 0, max: 0.01, noNaN: true });
  fc.assert(
    fc.property(bars, mean, more, prior, (count, low, rise, belief) => {
      const believed = (value: number, hope = belief) => weighEvidence(count, value, 0.01, 0, hope);
      expect(believed(low + rise)).toBeGreaterThanOrEqual(believed(low));
      expect(believed(-low)).toBe(-believed(low) + 0);
      expect(Math.abs(believed(low))).toBeLessThanOrEqual(Math.abs(low));
      const hopeful = { ...belief, share: (1 + belief.share) / 2 };
      expect(Math.abs(believed(low, hopeful))).toBeGreaterThanOrEqual(Math.abs(believed(low)));
    }),
    { seed, numRuns: 500 },
  );
});

test("the same t is believed less from few bars than from many of a smaller effect, by Lindley's paradox only up to a point", () => {
  // At t = 3 the probability of a real difference is greatest where the slab is as wide as what was seen.
  const prior = { share: 0.05, bars: 1_000 };
  const probability = (bars: number) => {
    const mean = (3 * 0.01) / Math.sqrt(bars);
    return weighEvidence(bars, mean, 0.01, 0, prior) / mean / (bars / (bars + prior.bars));
  };
  expect(probability(100)).toBeLessThan(probability(8_000));
  expect(probability(1e9)).toBeLessThan(probability(8_000));
});

import fc from "fast-check";
import { expect, test } from "vitest";
import { Prng } from "../base/prng.ts";
import { leadOf, weighEvidence, type Evidence } from "./weigh-evidence.ts";

const seed = 20_260_401;

test("the evidence of a difference is the one that a person computes by hand", () => {
  // 100 bars against a prior of 100: trust = 1/2. t = 0.002 * 10 / 0.01 = 2.
  // Bayes factor = sqrt(1/2) * e^(4/4) = 1.922116; expected are 0.001 with a variance of 0.01^2 / 100 / 2.
  const { logFactor, mean, variance } = weighEvidence(100, 0.002, 0.01, 100);
  expect(Math.exp(logFactor)).toBeCloseTo(1.922116, 6);
  expect(mean).toBeCloseTo(0.001, 15);
  expect(variance).toBeCloseTo(0.0000005, 15);
});

test("the lead of two regimes is the one that a person computes by hand", () => {
  // Factors 3 and 1/2: all regimes together 2 * 0.75 = 1.5, at odds of 1 to 9 1.5 / 10.5 = 1/7. The regimes differ with
  // 3/4 and 1/3: 0.8 * 1/7 * 3/4 * 0.02 + 0.2 * 1/7 * 1/3 * 0.03 = 0.002.
  const evidence = [
    { logFactor: Math.log(3), mean: 0.02, variance: 0.0001 },
    { logFactor: -Math.LN2, mean: 0.03, variance: 0.0004 },
  ];
  const { mean, doubt } = leadOf(evidence, [0.8, 0.2], 0.1);
  expect(mean).toBeCloseTo(0.002, 15);
  expect(doubt).toBeCloseTo(Math.sqrt(0.64 * 0.0001 + 0.04 * 0.0004), 15);
});

test("factor and mean are those that numerical integration over the slab finds", () => {
  const inputs = fc.record({
    bars: fc.double({ min: 1, max: 5_000, noNaN: true }),
    t: fc.double({ min: -6, max: 6, noNaN: true }),
    deviation: fc.double({ min: 1e-4, max: 0.1, noNaN: true }),
    priorBars: fc.double({ min: 10, max: 5_000, noNaN: true }),
  });
  fc.assert(
    fc.property(inputs, ({ bars, t, deviation, priorBars }) => {
      const error = deviation / Math.sqrt(bars);
      const found = weighEvidence(bars, t * error, deviation, priorBars);
      const integrated = byIntegration(t * error, error, deviation / Math.sqrt(priorBars));
      expect(found.logFactor).toBeCloseTo(integrated.logFactor, 5);
      expect(Math.abs(found.mean - integrated.mean)).toBeLessThan(1e-5 * error);
    }),
    { seed, numRuns: 200 },
  );
});

/** A normal slab around nothing; what is seen errs normally by `error`. */
function byIntegration(seen: number, error: number, slab: number) {
  const density = (x: number, deviation: number) =>
    Math.exp(-((x / deviation) ** 2) / 2) / (deviation * Math.sqrt(2 * Math.PI));
  // Fine enough for the narrower of the two, wide enough for the product of both.
  const step = Math.min(error, slab) / 40;
  const reach = 12 * Math.min(error, slab);
  const middle = (seen * slab ** 2) / (slab ** 2 + error ** 2);
  let [mass, moment] = [0, 0];
  for (let effect = middle - reach; effect <= middle + reach; effect += step) {
    const weight = density(effect, slab) * density(seen - effect, error) * step;
    mass += weight;
    moment += weight * effect;
  }
  return { logFactor: Math.log(mass / density(seen, error)), mean: moment / mass };
}

test("without bars, or where nothing moved or is known, there is no evidence", () => {
  const nothing = { logFactor: 0, mean: 0, variance: 0 };
  expect(weighEvidence(0, 0.01, 0.01, 200)).toEqual(nothing);
  expect(weighEvidence(Number.NaN, 0.01, 0.01, 200)).toEqual(nothing);
  expect(weighEvidence(100, 0.01, 0, 200)).toEqual(nothing);
  expect(weighEvidence(100, Number.NaN, 0.01, 200)).toEqual(nothing);
  expect(leadOf([nothing, nothing], [0.5, 0.5], 0.3)).toEqual({ mean: 0, doubt: 0 });
});

test("overwhelming evidence is believed as far as its bars are trusted, and does not overflow", () => {
  // t = 1e6: e^(t^2 / 2) is far beyond a double.
  for (const mean of [1, -1]) {
    const evidence = weighEvidence(1_000, mean, 0.001 / Math.sqrt(1_000), 1_000);
    expect(leadOf([evidence], [1], 0.005).mean).toBeCloseTo(mean / 2, 12);
  }
  expect(weighEvidence(1e12, 0.01, 0.01, 1_000).mean).toBeCloseTo(0.01, 10);
});

test("better means, and more hope, never lower a lead; both sides of nothing are alike", () => {
  const share = fc.double({ min: 0.01, max: 0.9, noNaN: true });
  const bars = fc.double({ min: 1, max: 10_000, noNaN: true });
  const size = fc.double({ min: 0, max: 0.01, noNaN: true });
  fc.assert(
    fc.property(bars, size, size, share, (count, low, rise, hope) => {
      const lead = (mean: number, share_ = hope) =>
        leadOf(
          [weighEvidence(count, mean, 0.01, 1_000), weighEvidence(500, 0.002, 0.01, 1_000)],
          [1, 0],
          share_,
        ).mean;
      expect(lead(low + rise)).toBeGreaterThanOrEqual(lead(low));
      expect(lead(-low)).toBeCloseTo(-lead(low), 15);
      expect(Math.abs(lead(low))).toBeLessThanOrEqual(low);
      expect(lead(low, (1 + hope) / 2)).toBeGreaterThanOrEqual(lead(low));
    }),
    { seed, numRuns: 500 },
  );
});

test("where there is no difference, the factor exceeds 1 / share about as seldom as Ville's inequality says", () => {
  const share = 0.05;
  const prng = new Prng(seed);
  let passed = 0;
  for (let market = 0; market < 400; market++) {
    const sums = [0, 0, 0, 0];
    let isPassed = false;
    for (let bars = 1; bars <= 1_000; bars++) {
      const evidence = sums.map((sum, k): Evidence => {
        sums[k] = sum + prng.normal();
        return weighEvidence(bars, sums[k]! / bars, 1, 100);
      });
      // Looked at after every tenth bar, as a choice would look all the time.
      if (bars % 10 === 0) isPassed ||= isAbove(evidence, share);
    }
    passed += isPassed ? 1 : 0;
  }
  // At most 20 of 400 are expected; 35 have a probability below one in a thousand.
  expect(passed).toBeLessThan(35);
  // An inequality that is never near would prove nothing.
  expect(passed).toBeGreaterThan(0);
});

/** Whether a difference is likelier than not, at even odds reached: the factor is above (1 - share) / share. */
function isAbove(evidence: readonly Evidence[], share: number): boolean {
  // A regime of its own that is sure to differ by 1 shows the belief in any difference.
  const witness = { logFactor: 0, mean: 2, variance: 0 };
  return leadOf([...evidence, witness], [0, 0, 0, 0, 1], share).mean > 0.5;
}

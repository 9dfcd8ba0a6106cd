import { expect, test } from "vitest";
import { Prng } from "../../base/prng.ts";
import { bootstrapInterval } from "./bootstrap.ts";
import { mean } from "./moments.ts";

function normalReturns(prng: Prng, length: number, centre: number): Float64Array {
  return Float64Array.from({ length }, () => centre + 0.01 * prng.normal());
}

/** Share of intervals for the mean that hold the truth, over many independent samples. */
function coverage(
  scheme: "stationary" | "circular",
  draw: (prng: Prng) => Float64Array,
  blockLength?: number,
): number {
  const prng = new Prng(31);
  const rounds = 400;
  let covered = 0;
  for (let round = 0; round < rounds; round++) {
    const options = { prng, samples: 200, scheme, ...(blockLength === undefined ? {} : { blockLength }) };
    const interval = bootstrapInterval(draw(prng), mean, options)!;
    if (interval.low <= 0.001 && 0.001 <= interval.high) covered += 1;
  }
  return covered / rounds;
}

// Over 3,000 rounds the coverage is 93 %: 200 resamples cost one per cent, blocks in a finite sample another. The bounds
// are three standard errors of 400 rounds to either side.
test("the interval holds the true mean of independent returns about 95 % of the time", () => {
  for (const scheme of ["stationary", "circular"] as const) {
    const share = coverage(scheme, (prng) => normalReturns(prng, 300, 0.001));
    expect(share).toBeGreaterThan(0.89);
    expect(share).toBeLessThan(0.97);
  }
});

test("blocks keep serial dependence that single draws lose", () => {
  const dependent = (prng: Prng) => {
    let state = 0;
    return Float64Array.from({ length: 120 }, () => {
      state = 0.6 * state + 0.01 * prng.normal();
      return 0.001 + state;
    });
  };
  // Over 2,000 rounds: 65 % and 84 %.
  const single = coverage("stationary", dependent, 1);
  const blocks = coverage("stationary", dependent, 12);
  expect(single).toBeLessThan(0.73);
  expect(blocks).toBeGreaterThan(0.78);
});

test("the same seed gives the same interval, another seed another", () => {
  const returns = normalReturns(new Prng(32), 60, 0);
  const of = (seed: number) => bootstrapInterval(returns, mean, { prng: new Prng(seed), samples: 100 });
  expect(of(1)).toEqual(of(1));
  expect(of(1)!.low).not.toBe(of(2)!.low);
  expect(of(1)!.estimate).toBe(mean(returns));
});

test("a circular block as long as the sample is a rotation of it", () => {
  const returns = normalReturns(new Prng(33), 40, 0);
  const options = { prng: new Prng(34), samples: 50, blockLength: 40, scheme: "circular" } as const;
  const interval = bootstrapInterval(returns, mean, options)!;
  expect(interval.low).toBeCloseTo(interval.estimate, 15);
  expect(interval.high).toBeCloseTo(interval.estimate, 15);
});

test("the default block length is the cube root of the sample and confidence widens the interval", () => {
  const returns = normalReturns(new Prng(35), 125, 0);
  const narrow = bootstrapInterval(returns, mean, { prng: new Prng(36), confidence: 0.5 })!;
  const wide = bootstrapInterval(returns, mean, { prng: new Prng(36), confidence: 0.99 })!;
  expect(narrow.blockLength).toBe(5);
  expect(narrow.samples).toBe(1000);
  expect(wide.high - wide.low).toBeGreaterThan(narrow.high - narrow.low);
});

test("a statistic that does not exist has no interval", () => {
  const prng = new Prng(37);
  expect(bootstrapInterval(Float64Array.of(0.1), mean, { prng })).toBeNull();
  expect(bootstrapInterval(Float64Array.of(0.1, 0.2), () => null, { prng })).toBeNull();
  let calls = 0;
  const rare = () => (calls++ % 3 === 0 ? 1 : Number.NaN);
  expect(bootstrapInterval(Float64Array.of(0.1, 0.2), rare, { prng, samples: 60 })).toBeNull();
});

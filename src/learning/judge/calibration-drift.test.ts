import fc from "fast-check";
import { expect, test } from "vitest";
import { Prng } from "../../base/prng.ts";
import { calibrationDrift, excessCalibrationError } from "./calibration-drift.ts";
import { shrunkenKelly } from "./shrunken-kelly.ts";

const limit = { overlapBars: 1, deviationsMax: 3 };

function outcomes(seed: number, chanceOf: (promised: number) => number) {
  const random = new Prng(seed);
  const promised = Float64Array.from({ length: 500 }, () => 0.35 + 0.3 * random.next());
  return { promised, came: promised.map((chance) => (random.next() < chanceOf(chance) ? 1 : 0)) };
}

test("probabilities that are kept have not drifted; a mean or a spread that is not kept is found", () => {
  const seeds = Array.from({ length: 200 }, (_, seed) => seed);
  const shareOf = (chanceOf: (promised: number) => number) =>
    seeds.filter((seed) => {
      const { promised, came } = outcomes(seed, chanceOf);
      return calibrationDrift(promised, came, limit).hasDrifted;
    }).length / seeds.length;
  // Two statistics at three standard errors: 0.5 % of those that are right.
  expect(shareOf((chance) => chance)).toBeLessThan(0.03);
  expect(shareOf((chance) => chance - 0.15)).toBeGreaterThan(0.98);
  // Sure in both directions, and the other way round it comes.
  expect(shareOf((chance) => 1 - chance)).toBeGreaterThan(0.8);
  // Outcomes that overlap tell less.
  const { promised, came } = outcomes(1, (chance) => chance - 0.15);
  expect(calibrationDrift(promised, came, { ...limit, overlapBars: 100 }).hasDrifted).toBe(false);
});

test("known values of the statistics", () => {
  const found = calibrationDrift([0.8, 0.8, 0.2, 0.2], [1, 0, 0, 0], limit);
  expect(found.gap).toBeCloseTo(-1 / Math.sqrt(4 * 0.16), 12);
  // Sum of (y - p)(1 - 2p) over the root of the sum of (1 - 2p)^2 p (1 - p), by hand.
  expect(found.spread).toBeCloseTo((-0.12 + 0.48 - 0.12 - 0.12) / Math.sqrt(4 * 0.36 * 0.16), 12);
  expect(found.outcomes).toBe(4);
  expect(found.hasDrifted).toBe(false);
});

test("the calibration error of what is kept is taken for chance, and a larger one is never said to be smaller", () => {
  const kept = Array.from({ length: 50 }, (_, seed) => outcomes(seed, (chance) => chance));
  const mean =
    kept.reduce((sum, { promised, came }) => sum + excessCalibrationError(promised, came, 1), 0) / 50;
  expect(mean).toBeLessThan(0.01);
  const errors = [0, 0.05, 0.1, 0.2, 0.3].map((shift) => {
    const came = Array<number>(500).fill(0.5);
    return excessCalibrationError(Array<number>(500).fill(0.5 + shift), came, 1);
  });
  expect(errors).toEqual(errors.toSorted((a, b) => a - b));
  expect(errors.at(-1)).toBeGreaterThan(0.25);
});

const unit = (max: number) => fc.double({ min: 0, max, noNaN: true });

test("a wider range, a larger calibration error or larger costs never give a larger order", () => {
  fc.assert(
    fc.property(
      unit(1),
      unit(0.2),
      unit(0.2),
      unit(0.1),
      unit(0.1),
      unit(0.01),
      fc.double({ min: 0.001, max: 0.2, noNaN: true }),
      (middle, reach, wider, error, more, cost, move) => {
        const bet = {
          low: middle - reach,
          high: middle + reach,
          calibrationError: error,
          move,
          cost,
          kelly: 0.25,
        };
        const share = shrunkenKelly(bet);
        for (const worse of [
          { low: bet.low - wider, high: bet.high + wider },
          { calibrationError: error + more },
          { cost: cost + more / 10 },
        ])
          expect(Math.abs(shrunkenKelly({ ...bet, ...worse }))).toBeLessThanOrEqual(Math.abs(share));
        expect(Math.abs(share)).toBeLessThanOrEqual((0.25 * 2 * Math.abs(middle - 0.5)) / move + 1e-9);
        if (bet.low <= 0.5 && bet.high >= 0.5) expect(share).toBe(0);
        const mirrored = shrunkenKelly({ ...bet, low: 1 - bet.high, high: 1 - bet.low });
        expect(mirrored).toBeCloseTo(-share, 6);
      },
    ),
    { seed: 20_261_130 },
  );
});

test("without costs and doubt it is a part of Kelly's share, and nothing comes of what is missing", () => {
  const bet = { low: 0.55, high: 0.55, calibrationError: 0, move: 0.02, cost: 0, kelly: 0.5 };
  expect(shrunkenKelly(bet)).toBeCloseTo((0.5 * 0.1) / 0.02, 12);
  for (const missing of [{ low: Number.NaN }, { move: Number.NaN }, { move: 0 }, { cost: Number.NaN }])
    expect(shrunkenKelly({ ...bet, ...missing })).toBe(0);
});

import { expect, test } from "vitest";
import { Prng } from "../../base/prng.ts";
import { defaultRegimes, regimePath, regimeShares } from "./regime-path.ts";

const bars = 2_000_000;
const path = regimePath(defaultRegimes, bars, new Prng(11));

/** Lengths of the complete stays in each regime. */
function dwells(): readonly (readonly number[])[] {
  const lengths: number[][] = defaultRegimes.map(() => []);
  let start = 0;
  for (let row = 1; row < bars; row++) {
    if (path[row] === path[row - 1]) continue;
    lengths[path[row - 1]!]!.push(row - start);
    start = row;
  }
  return lengths;
}

test("each regime takes its share of the bars", () => {
  const shares = regimeShares(defaultRegimes);
  expect(shares.reduce((sum, share) => sum + share)).toBeCloseTo(1, 12);
  const counts = defaultRegimes.map(() => 0);
  for (const regime of path) counts[regime]! += 1;
  // About 1950 stays per regime: two per cent standard error, twice that for the sum of the others.
  for (const [index, count] of counts.entries()) {
    expect(Math.abs(count / bars / shares[index]! - 1)).toBeLessThan(0.1);
  }
});

test("a regime lasts its mean and never less than its minimum", () => {
  for (const [index, lengths] of dwells().entries()) {
    const { dwellBarsMin, dwellBarsMean } = defaultRegimes[index]!;
    expect(Math.min(...lengths)).toBeGreaterThanOrEqual(dwellBarsMin);
    const mean = lengths.reduce((sum, length) => sum + length, 0) / lengths.length;
    expect(Math.abs(mean / dwellBarsMean - 1)).toBeLessThan(4 / Math.sqrt(lengths.length));
  }
});

test("weights decide where the market goes next", () => {
  const [first, second, third] = defaultRegimes;
  const regimes = [
    { ...first!, weight: 1 },
    { ...second!, weight: 2 },
    { ...third!, weight: 6 },
  ];
  const weighted = regimePath(regimes, bars, new Prng(12));
  let [toSecond, toThird] = [0, 0];
  for (let row = 1; row < bars; row++) {
    if (weighted[row - 1] !== 0 || weighted[row] === 0) continue;
    if (weighted[row] === 1) toSecond += 1;
    else toThird += 1;
  }
  expect(Math.abs(toSecond / (toSecond + toThird) - 0.25)).toBeLessThan(
    4 * Math.sqrt(0.1875 / (toSecond + toThird)),
  );
});

test("a longer path begins with the shorter one, and one regime never ends", () => {
  expect(regimePath(defaultRegimes, 5000, new Prng(11))).toEqual(path.slice(0, 5000));
  expect(new Set(regimePath(defaultRegimes.slice(0, 1), 500, new Prng(11)))).toEqual(new Set([0]));
  expect(regimeShares(defaultRegimes.slice(0, 1))).toEqual([1]);
});

test("regimes with a fixed length change on time", () => {
  const [first, second] = defaultRegimes;
  const length = { dwellBarsMin: 5, dwellBarsMean: 5 };
  const fixed = [
    { ...first!, ...length },
    { ...second!, ...length },
  ];
  const steps = regimePath(fixed, 500, new Prng(13));
  for (let row = 1; row < 500; row++) expect(steps[row] !== steps[row - 1]).toBe(row % 5 === 0);
});

test("a draw that rounding carries past the last weight is the last regime that has one", () => {
  // The largest number below one, and weights of which 0.1, 0.1 and 0.4, taken off their sum, leave a rest.
  const always = Object.assign(new Prng(1), { next: () => 1 - Number.EPSILON / 2 });
  const weights = [0.1, 0.1, 0.4, 0.1];
  const regimes = weights.map((weight, k) => ({
    ...defaultRegimes[k % 3]!,
    weight,
    dwellBarsMean: 1,
    dwellBarsMin: 1,
  }));
  const path = [...regimePath(regimes, 50, always)];
  // Of a dwell of one bar each, no regime follows itself: its own weight is none while it is left.
  expect(path.filter((regime, row) => regime === path[row - 1])).toEqual([]);
  expect(new Set(path.slice(1))).toEqual(new Set([2, 3]));
});

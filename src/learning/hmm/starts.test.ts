import { expect, test } from "vitest";
import { Prng } from "../../base/prng.ts";
import { flooredShares, shareMin } from "./floored-shares.ts";
import { kMeans } from "./k-means.ts";
import { prepareRows } from "./prepare-rows.ts";
import { startOf } from "./starts.ts";

test("k-means finds groups that lie apart, and survives rows that are all the same", () => {
  const prng = new Prng(2);
  const values = Float64Array.from({ length: 300 }, (_, k) => 10 * (k % 3) + prng.normal());
  const labels = kMeans(values, 300, 1, 3, new Prng(3));
  expect(new Set(labels.subarray(0, 3)).size).toBe(3);
  for (const [row, label] of labels.entries()) expect(label).toBe(labels[row % 3]);
  expect([...kMeans(new Float64Array(20), 10, 2, 3, new Prng(3))].every((label) => label < 3)).toBe(true);
});

test("every start names a state for every row, alike for the same restart and different for another", () => {
  const prng = new Prng(4);
  const rows = prepareRows(
    Float64Array.from({ length: 400 }, () => prng.normal()),
    200,
    2,
    3,
  );
  const labelsOf = (restart: number) =>
    startOf(rows, 3, restart, new Prng(5).fork(`restart ${restart}`)).labels;
  const starts = Array.from({ length: 12 }, (_, restart) => labelsOf(restart));
  for (const [restart, labels] of starts.entries()) {
    expect(labels).toHaveLength(200);
    expect(labels.every((label) => label < 3)).toBe(true);
    expect(labelsOf(restart)).toEqual(labels);
  }
  expect(new Set(starts.map((labels) => labels.join(""))).size).toBe(12);
});

test("shares are proportional to counts, none below the floor, and add up to one", () => {
  const shares = Float64Array.of(9, 0, 0, 0, 9);
  flooredShares(Float64Array.of(5, 3, 1, 0, 5), shares, 1, 3);
  expect([shares[0], shares[4]]).toEqual([9, 9]);
  expect(shares[3]).toBe(shareMin);
  expect(shares[1]! / shares[2]!).toBeCloseTo(3, 12);
  expect(shares[1]! + shares[2]! + shares[3]!).toBeCloseTo(1, 15);
});

test("raising one share can push another one under the floor, and counts of nothing change nothing", () => {
  const shares = new Float64Array(3);
  flooredShares(Float64Array.of(0, shareMin * (1 + shareMin / 2), 1), shares, 0, 3);
  expect(shares[0]).toBe(shareMin);
  expect(shares[1]).toBe(shareMin);
  expect(shares[2]).toBeCloseTo(1 - 2 * shareMin, 15);
  flooredShares(new Float64Array(3), shares, 0, 3);
  expect(shares[0]).toBe(shareMin);
});

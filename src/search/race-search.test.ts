import { expect, test } from "vitest";
import { Prng } from "../base/prng.ts";
import type { Tried } from "./proposer.ts";
import { raceSearch, usualParts } from "./race-search.ts";
import { keyOf, SearchSpace, steps } from "./search-space.ts";
import { studentTail } from "./student-tail.ts";

const values = steps(-4, 4, 1);
const space = new SearchSpace(
  ["x", "y"].map((name) => ({ name, values, isOrdered: true })),
  [],
);

/** Runs a race of 81 over four laps; `measure` gives a trial's value in one part of its share. */
function race(
  seed: number,
  measure: (truth: number, part: number, share: number) => number | null,
): { readonly tried: readonly Tried[]; readonly stopped: ReadonlyMap<number, string> } {
  const proposer = raceSearch(space, 81, seed, 4);
  const tried: Tried[] = [];
  for (;;) {
    const round = proposer.next(tried);
    if (round.length === 0) return { tried, stopped: proposer.stopped!(tried) };
    for (const proposal of round) {
      const { x, y } = space.settingAt(proposal.point);
      const truth = -(Number(x) ** 2) - Number(y) ** 2;
      const parts = Array.from({ length: usualParts }, (_, k) => measure(truth, k, proposal.share));
      const isKnown = parts.every((part) => part !== null);
      const value = isKnown ? (parts as number[]).reduce((sum, part) => sum + part, 0) / parts.length : null;
      tried.push({ ...proposal, value, parts });
    }
  }
}

const lastOf = (tried: readonly Tried[]): readonly Tried[] => tried.filter(({ share }) => share === 1);

test("Student's tail has the values of the published table", () => {
  // Points of 5 %, 1 % and 0.5 % of one tail: any table of Student's distribution.
  for (const [freedom, five, one, half] of [
    [1, 6.3138, 31.8205, 63.6567],
    [2, 2.92, 6.9646, 9.9248],
    [3, 2.3534, 4.5407, 5.8409],
    [7, 1.8946, 2.998, 3.4995],
    [10, 1.8125, 2.7638, 3.1693],
    [30, 1.6973, 2.4573, 2.75],
  ] as const) {
    expect(studentTail(five, freedom)).toBeCloseTo(0.05, 5);
    expect(studentTail(one, freedom)).toBeCloseTo(0.01, 5);
    expect(studentTail(half, freedom)).toBeCloseTo(0.005, 5);
    expect(studentTail(0, freedom)).toBe(0.5);
  }
});

test("a race keeps the best through noise in nearly every seed, and stops most of the others long before the end", () => {
  const seeds = Array.from({ length: 30 }, (_, seed) => seed);
  let kept = 0;
  let bars = 0;
  for (const seed of seeds) {
    const prng = new Prng(seed).fork("noise");
    // What the market gives to all in a part, and what each has for itself: less of it in a longer part.
    const market = Array.from({ length: usualParts }, () => 20 * prng.normal());
    const { tried, stopped } = race(
      seed,
      (truth, part, share) => truth + market[part]! + (3 * prng.normal()) / Math.sqrt(8 * share),
    );
    if (lastOf(tried).some(({ point }) => keyOf(point) === "4,4")) kept += 1;
    bars += tried.reduce((sum, { share }) => sum + share, 0) / 81;
    const again = new Set(tried.filter(({ share }) => share > 1 / 8).map(({ point }) => keyOf(point)));
    // Who is stopped never runs again, and everybody else of the first lap does.
    for (const [trial, { point, share }] of tried.entries())
      if (share === 1 / 8) expect(again.has(keyOf(point))).toBe(!stopped.has(trial));
  }
  // Its neighbours are one below it, and the mean of a first lap scatters by one: now and then a neighbour looks better.
  expect(kept).toBeGreaterThanOrEqual(26);
  expect(bars / seeds.length).toBeLessThan(0.5);
});

test("where a lap tells nobody apart the next one is the last", () => {
  const { tried } = race(1, (truth, part, share) => (share < 1 ? part : truth));
  expect([...new Set(tried.map(({ share }) => share))]).toEqual([1 / 8, 1]);
});

test("who is as good as the leader, or has no value yet, runs on; who has no result is stopped", () => {
  const alike = race(1, (_truth, part) => part);
  expect(lastOf(alike.tried).length).toBe(81);
  expect(alike.stopped.size).toBe(0);
  const mute = race(1, (truth, part, share) => (share < 1 && part === 0 ? null : truth));
  expect(lastOf(mute.tried).length).toBe(81);
  const proposer = raceSearch(space, 3, 1, 2);
  const [one, two, three] = proposer.next([]);
  const tried: readonly Tried[] = [
    { ...one!, value: 3, parts: [2, 3, 4, 3] },
    { ...two!, value: null, parts: [] },
    // Behind by 2 in every part: no scatter leaves no doubt.
    { ...three!, value: 1, parts: [0, 1, 2, 1] },
  ];
  expect(proposer.next(tried).map(({ point }) => point)).toEqual([one!.point]);
  expect([...proposer.stopped!(tried)]).toEqual([
    [1, "it has no result"],
    [2, "behind trial 0 by 2.00 in the mean of 4 parts, which chance does in less than 0.01 %"],
  ]);
});

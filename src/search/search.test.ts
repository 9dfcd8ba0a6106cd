import fc from "fast-check";
import { expect, test } from "vitest";
import { gridSearch } from "./grid-search.ts";
import { halvingSearch } from "./halving-search.ts";
import { paretoFront } from "./pareto-front.ts";
import type { Proposer, Tried } from "./proposer.ts";
import { randomSearch } from "./random-search.ts";
import { keyOf, SearchSpace, steps, type Dimension, type Setting } from "./search-space.ts";
import { tpeSearch } from "./tpe-search.ts";

type Surface = (setting: Setting) => number;

const numbers = (name: string, values: readonly number[]): Dimension => ({ name, values, isOrdered: true });

/** Asks round after round, and returns what was tried in its order. */
function searchOn(
  space: SearchSpace,
  proposer: Proposer,
  surface: Surface,
  goal = Infinity,
): readonly Tried[] {
  const tried: Tried[] = [];
  for (;;) {
    const round = proposer.next(tried);
    if (round.length === 0 || tried.some(({ value }) => value! >= goal)) return tried;
    for (const proposal of round)
      tried.push({ ...proposal, value: surface(space.settingAt(proposal.point)), parts: [] });
  }
}

const bestOf = (tried: readonly Tried[]): number => Math.max(...tried.map(({ value }) => value!));

// A bowl whose bottom lies at (3, -2), a bent valley, and a mixed one with a word in it: the best value of each is 0.
const bowl = {
  space: new SearchSpace([numbers("x", steps(-10, 10, 0.5)), numbers("y", steps(-10, 10, 0.5))], []),
  surface: (({ x, y }) => -((Number(x) - 3) ** 2) - 2 * (Number(y) + 2) ** 2) as Surface,
};
const valley = {
  space: new SearchSpace([numbers("x", steps(-2, 2, 0.1)), numbers("y", steps(-1, 3, 0.1))], []),
  surface: (({ x, y }) => -((1 - Number(x)) ** 2) - 20 * (Number(y) - Number(x) ** 2) ** 2) as Surface,
};
const mixed = {
  space: new SearchSpace(
    [
      numbers("x", steps(-5, 5, 0.25)),
      numbers("y", steps(-5, 5, 0.25)),
      numbers("z", steps(-5, 5, 0.25)),
      { name: "kind", values: ["none", "half", "all"], isOrdered: false },
    ],
    [],
  ),
  surface: (({ x, y, z, kind }) =>
    -((Number(x) - 1) ** 2) -
    2 * (Number(y) + 2) ** 2 -
    Math.abs(Number(z) - 3) -
    (kind === "half" ? 0 : 3)) as Surface,
};

test("a grid of billions of points is not gone through: what is tried lies evenly along every dimension, and is allowed", () => {
  const values = steps(1, 1_000, 1);
  const flag: Dimension = { name: "flag", values: [false, true], isOrdered: false };
  const isBelow = { text: "a < b", allows: ({ a, b }: Setting) => Number(a) < Number(b) };
  const space = new SearchSpace(
    [numbers("a", values), numbers("b", values), numbers("c", values), flag],
    [isBelow],
  );
  const proposer = gridSearch(space, 200);
  expect(proposer.total).toBe(2e9);
  const settings = proposer.next([]).map(({ point }) => space.settingAt(point));
  expect(new Set(settings.map((setting) => JSON.stringify(setting))).size).toBe(200);
  expect(settings.every((setting) => isBelow.allows(setting))).toBe(true);
  const share = (is: (setting: Setting) => boolean) => settings.filter(is).length / 200;
  expect(Math.abs(share(({ flag: is }) => is === true) - 0.5)).toBeLessThan(0.1);
  for (const fence of [250, 500, 750])
    expect(Math.abs(share(({ c }) => Number(c) <= fence) - fence / 1_000)).toBeLessThan(0.1);
});

test("a grid finds the optimum of a surface that has it on the lattice", () => {
  for (const { space, surface } of [bowl, valley])
    expect(bestOf(searchOn(space, gridSearch(space, Infinity), surface))).toBeCloseTo(0, 9);
});

test("a grid that is too large is thinned evenly, and says how large it is", () => {
  const { space, surface } = bowl;
  const proposer = gridSearch(space, 100);
  const tried = searchOn(space, proposer, surface);
  expect(proposer.total).toBe(41 * 41);
  expect(new Set(tried.map(({ point }) => keyOf(point))).size).toBe(100);
  // From the first hundredth of the grid to the last.
  expect(tried[0]!.point[0]).toBe(0);
  expect(tried.at(-1)!.point[0]).toBe(40);
});

test("the estimator finds the optimum of every surface, or a neighbour of it", () => {
  for (const [{ space, surface }, near] of [
    [bowl, -0.51],
    [valley, -0.3],
    [mixed, -1],
  ] as const)
    expect(bestOf(searchOn(space, tpeSearch(space, 200, 7), surface))).toBeGreaterThan(near);
});

/** Trials until the value is reached; all of them and one where it never is. */
function trialsUntil(tried: readonly Tried[], value: number): number {
  const at = tried.findIndex((one) => one.value! >= value);
  return at < 0 ? tried.length + 1 : at + 1;
}

const median = (values: readonly number[]): number => [...values].sort((a, b) => a - b)[values.length >> 1]!;

test("the estimator needs less than half of the trials of chance, in the median of 30 seeds", () => {
  for (const [{ space, surface }, goal] of [
    [bowl, -2],
    [mixed, -4],
  ] as const) {
    const needed = (of: (space: SearchSpace, trials: number, seed: number) => Proposer): number =>
      median(
        Array.from({ length: 30 }, (_, seed) =>
          trialsUntil(searchOn(space, of(space, 300, seed), surface, goal), goal),
        ),
      );
    expect(needed(tpeSearch) * 2).toBeLessThan(needed(randomSearch));
  }
});

test("halving keeps the best third of every rung, and its last trials see all bars", () => {
  const { space, surface } = bowl;
  const proposer = halvingSearch(space, 81, 3);
  const tried = searchOn(space, proposer, surface);
  // 54 of 81, 18 of 27 and 6 of 9 end early; the first of them stood behind the 27 that went on.
  const stopped = [...proposer.stopped!(tried)];
  expect(stopped.length).toBe(54 + 18 + 6);
  expect(stopped[0]![1]).toBe("place 28 of 81, and 27 go on");
  const rungs = [...new Set(tried.map(({ share }) => share))];
  expect(rungs.map((share) => tried.filter((one) => one.share === share).length)).toEqual([81, 27, 9, 3]);
  expect(rungs.at(-1)).toBe(1);
  // The surface does not depend on the share, so the best of all is among the last.
  expect(bestOf(tried.filter(({ share }) => share === 1))).toBe(bestOf(tried));
});

test("no method proposes anything twice, or anything that is forbidden (seeds of fast-check)", () => {
  fc.assert(
    fc.property(
      fc.array(fc.integer({ min: 1, max: 6 }), { minLength: 1, maxLength: 4 }),
      fc.integer({ min: 0, max: 1e6 }),
      fc.integer({ min: 1, max: 60 }),
      (sizes, seed, trials) => {
        const dimensions = sizes.map((size, k) => numbers(`d${k}`, steps(0, size - 1, 1)));
        const limit = {
          text: "not all zero",
          allows: (setting: Setting) => Object.values(setting).some((value) => value !== 0),
        };
        const space = new SearchSpace(dimensions, [limit]);
        const allowed = [...space.points()].length;
        for (const proposer of [
          gridSearch(space, trials),
          randomSearch(space, trials, seed),
          tpeSearch(space, trials, seed),
        ]) {
          const tried = searchOn(space, proposer, (setting) => Number(setting["d0"]));
          expect(tried.length).toBe(Math.min(trials, allowed));
          expect(new Set(tried.map(({ point }) => keyOf(point))).size).toBe(tried.length);
          expect(tried.every(({ point }) => space.allows(point))).toBe(true);
        }
      },
    ),
    { numRuns: 60 },
  );
});

test("what does not matter is not tried twice", () => {
  const space = new SearchSpace(
    [
      { name: "stop", values: [false, true], isOrdered: false },
      { ...numbers("width", [1, 2, 3]), onlyWhen: { name: "stop", value: true } },
    ],
    [],
  );
  // Without a stop its width is one trial, with it three.
  expect([...space.points()]).toEqual([
    [0, 0],
    [1, 0],
    [1, 1],
    [1, 2],
  ]);
});

test("what depends on something that does not matter itself is not tried twice, by a grid or by chance", () => {
  const space = new SearchSpace(
    [
      { name: "stop", values: [false, true], isOrdered: false },
      {
        name: "kind",
        values: ["atr", "percent"],
        isOrdered: false,
        onlyWhen: { name: "stop", value: true },
      },
      { ...numbers("width", [1, 2, 3]), onlyWhen: { name: "kind", value: "atr" } },
    ],
    [],
  );
  const points = [...space.points()].map(keyOf);
  expect(points).toEqual(["0,0,0", "1,0,0", "1,0,1", "1,0,2", "1,1,0"]);
  const drawn = searchOn(space, randomSearch(space, 50, 1), () => 0).map(({ point }) => keyOf(point));
  expect(drawn.toSorted()).toEqual(points.toSorted());
});

test("an empty space names the constraint that empties it, or those that do together", () => {
  const limit = (text: string, allows: (setting: Setting) => boolean) => ({ text, allows });
  const dimensions = [numbers("fast", [1, 2, 3]), numbers("slow", [1, 2, 3])];
  const high = limit("fast > 2", ({ fast }) => Number(fast) > 2);
  const below = limit("fast < slow", ({ fast, slow }) => Number(fast) < Number(slow));
  const never = limit("slow > 9", ({ slow }) => Number(slow) > 9);
  expect(() => new SearchSpace(dimensions, [below]).refuseEmpty()).not.toThrow();
  expect(whyOf(() => new SearchSpace(dimensions, [below, never]).refuseEmpty())).toBe(
    "this constraint leaves nothing: slow > 9",
  );
  expect(whyOf(() => new SearchSpace(dimensions, [high, below]).refuseEmpty())).toBe(
    "these constraints together leave nothing: fast > 2; fast < slow",
  );
});

function whyOf(act: () => void): string {
  try {
    act();
  } catch (error) {
    return (error as { parts: { why: string } }).parts.why;
  }
  return "nothing was thrown";
}

test("steps are multiples of the step, without what additions would lose", () => {
  expect(steps(0, 0.3, 0.1)).toEqual([0, 0.1, 0.2, 0.3]);
  expect(steps(5, 17, 5)).toEqual([5, 10, 15]);
  expect(steps(3, 2, 1)).toEqual([]);
});

test("a front holds what nothing beats in everything", () => {
  const rows = [
    [1, 5],
    [2, 4],
    [1, 4],
    [3, 1],
    [3, null],
    [2, 4],
  ];
  // (1, 4) is beaten by (1, 5) and (2, 4); equal rows stand side by side.
  expect(paretoFront(rows)).toEqual([0, 1, 3, 5]);
});

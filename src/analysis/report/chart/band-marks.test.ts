import fc from "fast-check";
import { expect, test } from "vitest";
import { laneLetters, laneMarks, shareMarks } from "./band-marks.ts";
import type { Lanes, Shares } from "./time-figure.ts";

const names = { names: ["one", "two"], letters: ["A", "B"], looks: ["look-blue", "look-grey"] };

function lanesOf(stretches: readonly (readonly [number, number, number, number])[]): Lanes {
  return {
    ...names,
    fromS: stretches.map(([from]) => from),
    toS: stretches.map(([, to]) => to),
    lane: stretches.map(([, , lane]) => lane),
    share: stretches.map(([, , , share]) => share),
  };
}

test("a lane is filled where its name is in force, as high as its share of each pixel", () => {
  const lanes = lanesOf([
    [0, 40, 0, 1],
    [40, 95, 1, 1],
    [95, 100, 0, 1],
  ]);
  const marks = laneMarks(lanes, { fromS: 0, toS: 100 }, 10, 40);
  const [first, second] = [...marks.matchAll(/<path class="band [\w-]+" d="([^"]+)"/g)].map(
    ([, path]) => path,
  );
  // Lanes of 20 pixels, filled to 17.2: full for four columns, half of the last one.
  expect(first).toBe("M0 20H0V2.8H4V20H9V11.4H10V20Z");
  expect(second).toBe("M0 40H4V22.8H9V31.4H10V40Z");
});

test("a part of the range shows the part of the stretches that lies in it", () => {
  const lanes = lanesOf([[0, 100, 1, 1]]);
  expect(laneMarks(lanes, { fromS: 40, toS: 60 }, 4, 40)).toContain('d="M0 40H0V22.8H4V40Z"');
});

test("every lane has its letter beside it", () => {
  const letters = [...laneLetters(lanesOf([]), 40).matchAll(/y="([\d.]+)"[^>]*>(\w)</g)];
  expect(letters.map(([, y, letter]) => [letter, Number(y)])).toEqual([
    ["A", 14],
    ["B", 34],
  ]);
});

test("shares stand on one another and fill the height, whatever they are", () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 0, max: 100 }), { minLength: 2, maxLength: 20 }), (percents) => {
      const shares: Shares = {
        ...names,
        timeS: percents.map((_, k) => k),
        values: [percents.map((value) => value / 100), percents.map((value) => 1 - value / 100)],
      };
      const marks = shareMarks(shares, { fromS: 0, toS: percents.length - 1 }, 200, 100);
      const [, second] = [...marks.matchAll(/<path class="share [\w-]+" d="([^"]+)"/g)].map(
        ([, path]) => path!,
      );
      const points = second!.slice(1, -1).split("L");
      const upper = points.slice(0, percents.length).map((point) => Number(point.split(" ")[1]));
      const lower = points.slice(percents.length).map((point) => Number(point.split(" ")[1]));
      for (const y of upper) expect(y).toBeCloseTo(0, 6);
      expect(lower.toReversed()).toEqual(percents.map((value) => 100 - value));
    }),
    { seed: 53, numRuns: 40 },
  );
});

test("the letter of a share stands where it is widest", () => {
  const wide = Array.from({ length: 100 }, (_, k) => (k >= 60 && k < 90 ? 1 : 0));
  const shares: Shares = {
    ...names,
    timeS: wide.map((_, k) => k),
    values: [wide, wide.map((value) => 1 - value)],
  };
  const letters = shareMarks(shares, { fromS: 0, toS: 99 }, 990, 100).matchAll(/x="([\d.]+)"[^>]*>([AB])</g);
  const at = Object.fromEntries([...letters].map(([, x, letter]) => [letter, Number(x)]));
  expect(at["A"]).toBeGreaterThanOrEqual(600);
  expect(at["A"]).toBeLessThan(900);
  expect(at["B"]! < 600 || at["B"]! >= 900).toBe(true);
});

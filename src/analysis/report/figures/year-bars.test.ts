import { expect, test } from "vitest";
import { yearBars } from "./year-bars.ts";

const year = (year: number, returnFraction: number | null) => ({
  year,
  month: null,
  returnFraction,
  days: 250,
});

test("a gain stands above zero and filled, a loss below it and hollow, what was held beside both", () => {
  const parts = yearBars([year(2022, -0.1), year(2023, 0.2)], { title: "QQQ", years: [year(2023, 0.5)] });
  const svg = parts.stills[0]!.svg;
  expect(
    [svg.match(/bar won/g), svg.match(/bar lost/g), svg.match(/held-year/g)].map((all) => all!.length),
  ).toEqual([1, 1, 1]);
  expect(parts.twin.rows).toEqual([
    ["2022", "-10.00 %", "n/a"],
    ["2023", "+20.00 %", "+50.00 %"],
  ]);
  // Both bars of a gain and of a loss begin at the line of zero.
  const starts = [...svg.matchAll(/class="bar \w+" d="M[\d.]+ ([\d.]+)V([\d.]+)/g)].map(([, from, to]) => [
    Number(from),
    Number(to),
  ]);
  expect(starts[0]![0]).toBe(starts[1]![0]);
  expect(starts[0]![1]).toBeGreaterThan(starts[0]![0]!);
  expect(starts[1]![1]).toBeLessThan(starts[1]![0]!);
});

test("of many years some are labelled, so that no two labels touch", () => {
  const svg = yearBars(
    Array.from({ length: 30 }, (_, k) => year(1990 + k, 0.1)),
    null,
  ).stills[1]!.svg;
  expect(svg.match(/>(?:19|20)\d\d</g)!.length).toBeLessThanOrEqual(8);
});

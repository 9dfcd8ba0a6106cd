import { expect, test } from "vitest";
import { allCells, chanceOf, nameOf, runBattery, type Cell } from "./battery.ts";

/* The small size of `npm run prove battery`: fewer trades, every kind of cell once. */

const seed = 11;
const bars = 11_000;
const cells = allCells().filter(
  ({ stop, target, trail }) => stop !== 0.01 && target !== 0.01 && trail !== 0.008,
);

test("no way of entering and leaving earns from a price without drift", () => {
  const results = runBattery(cells, 1, seed, 0, bars);
  expect(results).toHaveLength(3 * 2 * 2 * 3);
  const earning = results.filter(({ t }) => t >= 3).map(({ cell, t }) => `${nameOf(cell)}: t = ${t}`);
  expect(earning).toEqual([]);
  const fair = results.filter(({ cell }) => cell.target === 0 && (cell.entry !== "stop" || cell.stop === 0));
  const unfair = fair.filter(({ t }) => Math.abs(t) >= 3).map(({ cell, t }) => `${nameOf(cell)}: t = ${t}`);
  // Entries at the open, limits, stops and trailing stops are fair on both sides; only a bar that holds both ends of a
  // position, or its entry and its stop, is taken to have gone wrong.
  expect(unfair).toEqual([]);
});

test("a gain of two basis points a trade does not escape the battery, whatever the number of cells", () => {
  const tight: readonly Cell[] = [0.002, 0.0021].map((trail) => ({
    entry: "market",
    stop: 0,
    target: 0,
    trail,
  }));
  const [planted] = runBattery(tight, 1, seed, 0.0002, bars * 2);
  expect(chanceOf(planted!.t, allCells().length)).toBeLessThan(0.01);
});

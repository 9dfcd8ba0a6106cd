import { expect, test } from "vitest";
import { periodsOf } from "./periods.ts";

const dayMs = 86_400_000;
/** 2024-01-01, a Monday. */
const monday = Date.UTC(2024, 0, 1) / dayMs;
const year = Int32Array.from({ length: 366 }, (_, k) => monday + k);

test("the shortest calendar period that gives few enough rows is taken", () => {
  expect(periodsOf(year, 366).unit).toBe("day");
  expect(periodsOf(year, 60)).toMatchObject({ unit: "week" });
  expect(periodsOf(year, 60).periods.length).toBe(53);
  expect(periodsOf(year, 12)).toMatchObject({ unit: "month" });
  expect(periodsOf(year, 5).periods.length).toBe(4);
  expect(periodsOf(year, 1)).toEqual({ unit: "year", periods: [{ from: 0, to: 365 }] });
});

test("periods follow each other without a gap, and weeks begin on Monday", () => {
  const { periods } = periodsOf(year, 60);
  expect(periods[0]).toEqual({ from: 0, to: 6 });
  for (let k = 1; k < periods.length; k++) expect(periods[k]!.from).toBe(periods[k - 1]!.to + 1);
});

test("even more years than wanted are years, and no days are no periods", () => {
  const decades = Int32Array.from({ length: 10 }, (_, k) => monday + k * 400);
  expect(periodsOf(decades, 3).unit).toBe("year");
  expect(periodsOf(new Int32Array(0), 3).periods).toEqual([]);
});

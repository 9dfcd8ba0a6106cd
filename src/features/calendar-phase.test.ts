import { expect, test } from "vitest";
import { dayMs, hourMs } from "../base/time.ts";
import { barSeries, type Expr } from "../domain/expression.ts";
import { timeOfDay, timeOfWeek, timeOfYear } from "./calendar-phase.ts";

function pointAt(phase: (time: Expr) => { sine: Expr; cosine: Expr }, timeMs: number): number[] {
  const { node } = phase(barSeries().time).sine;
  if (node.kind !== "indicator") throw new Error("a phase is an indicator");
  const out = new Float64Array(2);
  return [node.definition.create(node.params as never, out)(timeMs, 0, 0, 0, 0), out[1]!];
}

function near(point: readonly number[], sine: number, cosine: number): void {
  expect(point[0]).toBeCloseTo(sine, 12);
  expect(point[1]).toBeCloseTo(cosine, 12);
}

test("the day begins at midnight UTC and turns by a quarter every six hours", () => {
  const midnightMs = Date.UTC(2024, 2, 5);
  expect(pointAt(timeOfDay, midnightMs)).toEqual([0, 1]);
  near(pointAt(timeOfDay, midnightMs + 6 * hourMs), 1, 0);
  near(pointAt(timeOfDay, midnightMs + 12 * hourMs), 0, -1);
  near(pointAt(timeOfDay, midnightMs + 18 * hourMs), -1, 0);
});

test("the week begins on Monday", () => {
  // 2024-03-04 was a Monday.
  expect(pointAt(timeOfWeek, Date.UTC(2024, 2, 4))).toEqual([0, 1]);
  near(pointAt(timeOfWeek, Date.UTC(2024, 2, 4) + 1.75 * dayMs), 1, 0);
});

test("the year begins within two days of the first of January, before and after 1970", () => {
  for (const year of [1961, 1970, 1999, 2000, 2024, 2040]) {
    const [sine, cosine] = pointAt(timeOfYear, Date.UTC(year, 0, 1));
    expect(Math.abs(Math.atan2(sine!, cosine!)) * (365.2425 / (2 * Math.PI))).toBeLessThan(2);
  }
});

import { expect, test } from "vitest";
import { calendarNamed } from "../../domain/calendar/calendar-named.ts";
import { barsPerYear } from "./bars-per-year.ts";

test("weeks and months are as many on every calendar, days and hours are not", () => {
  for (const name of ["24/7", "24/5", "us-equity"]) {
    expect(barsPerYear(calendarNamed(name), "1M")).toBe(12);
    expect(barsPerYear(calendarNamed(name), "3M")).toBe(4);
    expect(barsPerYear(calendarNamed(name), "1w")).toBeCloseTo(52.18, 2);
  }
  expect(barsPerYear(calendarNamed("24/7"), "1d")).toBe(365);
  expect(barsPerYear(calendarNamed("us-equity"), "1d")).toBe(252);
  expect(barsPerYear(calendarNamed("24/7"), "1h")).toBe(8760);
  // A session of six and a half hours has seven bars of an hour, the last of them short; a week of currencies has 120.
  expect(barsPerYear(calendarNamed("us-equity"), "1h")).toBe(252 * 7);
  expect(barsPerYear(calendarNamed("us-equity"), "5m")).toBe(252 * 78);
  expect(barsPerYear(calendarNamed("24/5"), "1h")).toBe(calendarNamed("24/5").periodsPerYear * 24);
});

import { expect, test } from "vitest";
import { dayMs, hourMs } from "../../base/time.ts";
import { calendarNamed } from "../../domain/calendar/calendar-named.ts";
import { provenRange } from "./proven-range.ts";

const startMs = Date.UTC(2024, 0, 1);
const hour = (count: number): number => startMs + count * hourMs;
const range = { fromMs: hour(10), toMs: hour(20) + 1 };
const [later, soon] = [hour(20) + 9 * dayMs, hour(20) + 1];
const proven = (first: number, last: number, nowMs = later) =>
  provenRange(range, { firstMs: hour(first), lastMs: hour(last) }, nowMs, calendarNamed("24/7"), "1h");

test("a range whose first and last bar came is proven as a whole, whatever lies between them", () => {
  expect(proven(10, 20, soon)).toEqual(range);
});

test("before the first bar that came nothing is proven: the source may not reach back so far", () => {
  expect(proven(13, 20)).toEqual({ fromMs: hour(13), toMs: range.toMs });
  expect(provenRange(range, null, later, calendarNamed("24/7"), "1h")).toBeNull();
});

test("after the last bar that came nothing is proven until a day has passed, and that bar is asked for again", () => {
  expect(proven(10, 17, soon)).toEqual({ fromMs: range.fromMs, toMs: hour(17) });
  expect(proven(10, 17)).toEqual(range);
  expect(proven(10, 10, soon)).toBeNull();
});

test("where the calendar expects no bars nothing has to come", () => {
  // From Friday evening to Sunday noon, New York time.
  const weekend = { fromMs: Date.UTC(2024, 0, 6), toMs: Date.UTC(2024, 0, 7, 17) };
  expect(provenRange(weekend, null, weekend.toMs, calendarNamed("24/5"), "1h")).toEqual(weekend);
});

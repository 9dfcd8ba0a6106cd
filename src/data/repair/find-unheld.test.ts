import { expect, test } from "vitest";
import { BarTable } from "../../domain/bar-table.ts";
import { hourMs } from "../../base/time.ts";
import { calendarNamed } from "../../domain/calendar/calendar-named.ts";
import { findLost, missingBetween } from "./find-faults.ts";
import { findUnheld } from "./find-unheld.ts";

const startMs = Date.UTC(2024, 0, 1);
const hour = (count: number): number => startMs + count * hourMs;
const calendar = calendarNamed("24/7");
const fetched = { fromMs: hour(0), toMs: hour(20), firstMs: hour(1) };

function held(hours: readonly number[]): BarTable {
  const table = new BarTable("BTC", "1h");
  for (const at of hours) table.append(hour(at), 1, 1, 1, 1, 1);
  return table;
}
const hours = (from: number, to: number): number[] =>
  Array.from({ length: to - from + 1 }, (_, at) => from + at);

test("as many bars as came are all there, however few the calendar thinks they are", () => {
  expect(findUnheld([{ ...fetched, bars: 3 }], held([1, 9, 19]), calendar)).toEqual([]);
});

test("fewer bars than came were lost where the calendar misses them, at the ends as well", () => {
  const bars = held([...hours(4, 8), ...hours(12, 19)]);
  expect(findUnheld([{ ...fetched, bars: 19 }], bars, calendar)).toEqual([
    // Between two bars that are held, both are asked for as well.
    { fromMs: hour(8), toMs: hour(12) },
    { fromMs: hour(1), toMs: hour(4) },
  ]);
});

test("a single lost bar is one, and one that the calendar cannot place is looked for everywhere", () => {
  const bars = held([...hours(1, 8), ...hours(10, 19)]);
  const found = (came: number) => findUnheld([{ ...fetched, bars: came }], bars, calendar);
  expect(found(18)).toEqual([]);
  expect(found(19)).toEqual([{ fromMs: hour(8), toMs: hour(10) }]);
  expect(found(20)).toEqual([{ fromMs: hour(1), toMs: hour(20) }]);
});

test("where the calendar does not account for the loss, all of the range is asked for again", () => {
  expect(findUnheld([{ ...fetched, bars: 30 }], held(hours(1, 19)), calendar)).toEqual([
    { fromMs: hour(1), toMs: hour(20) },
  ]);
});

test("what is known to be missing is asked for within the window, whatever is held of it", () => {
  const bars = held(hours(1, 19));
  const window = { fromMs: hour(5), toMs: hour(10) };
  const missing = [
    { fromMs: hour(0), toMs: hour(7) },
    { fromMs: hour(12), toMs: hour(14) },
  ];
  expect(findLost(bars, calendar, window, missing)).toEqual([
    { kind: "lost", fromMs: hour(5), toMs: hour(7), bars: 1, anchorMs: hour(1) },
  ]);
  expect(missingBetween(held([2]), calendar, hour(1), hour(4))).toBe(2);
});

import { expect, test } from "vitest";
import { hourMs } from "../../base/time.ts";
import { BarTable } from "../../domain/bar-table.ts";
import type { Bars } from "../../domain/bars.ts";
import { calendarNamed } from "../../domain/calendar/calendar-named.ts";
import { chooseBars } from "./choose-bars.ts";
import {
  findLost,
  findOpenEnds,
  fitsGap,
  missingBetween,
  type BarFault,
  type BarFaultKind,
} from "./find-faults.ts";

const always = calendarNamed("24/7");

/** Hourly bars that close at these hours, at this price. */
function at(hours: readonly number[], price = 100, volume = 1): Bars {
  const table = new BarTable("TEST", "1h");
  for (const hour of hours) table.append(hour * hourMs, price, price, price, price, volume);
  return table;
}

function fault(kind: BarFaultKind, fromHour: number, toHour: number): BarFault {
  return { kind, fromMs: fromHour * hourMs, toMs: toHour * hourMs, bars: 1, anchorMs: fromHour * hourMs };
}

function choose(one: BarFault, offered: Bars, held: Bars, isPrimary: boolean) {
  const { rows, isAnswered } = chooseBars(one, offered, held, isPrimary, always);
  return [rows.map((row) => offered.closeTimeMs[row]! / hourMs), isAnswered];
}

const all = [1, 2, 3, 4, 5, 6];

test("a gap gets the bars between its ends, the first included and the end not, and none that is held", () => {
  expect(choose(fault("gap", 2, 5), at(all), at([1, 6]), true)).toEqual([[2, 3, 4], true]);
  expect(choose(fault("gap", 2, 5), at(all), at([1, 6]), false)).toEqual([[2, 3, 4], true]);
  expect(choose(fault("gap", 2, 5), at(all), at([1, 3, 6]), false)).toEqual([[2, 4], true]);
  expect(choose(fault("gap", 2, 5), at([3, 4]), at([1, 6]), true)).toEqual([[3, 4], false]);
});

test("where a gap is not empty the primary's other numbers are a new version, another provider's are not", () => {
  expect(choose(fault("lost", 2, 5), at(all, 101), at([2, 3]), true)).toEqual([[2, 3, 4], true]);
  expect(choose(fault("lost", 2, 5), at(all, 101), at([2, 3]), false)).toEqual([[4], true]);
  // The same bar again is no version.
  expect(choose(fault("lost", 2, 5), at(all), at([2, 3]), true)).toEqual([[4], true]);
});

test("around a bad tick the primary corrects each bar that is held and other, somebody else the tick alone", () => {
  for (const kind of ["broken", "outlier"] as const) {
    expect(choose(fault(kind, 2, 5), at(all, 101), at([1, 2, 3]), true)).toEqual([[2, 3], true]);
    expect(choose(fault(kind, 2, 5), at(all, 101), at([1, 2, 3]), false)).toEqual([[2], true]);
    expect(choose(fault(kind, 2, 5), at(all), at([1, 2, 3]), true)).toEqual([[], true]);
    expect(choose(fault(kind, 2, 5), at([3], 101), at([1, 2, 3]), false)).toEqual([[], false]);
  }
});

test("a bar is another one if any of its numbers is", () => {
  expect(choose(fault("broken", 2, 3), at([2], 100, 2), at([2], 100, 1), true)).toEqual([[2], true]);
  expect(choose(fault("broken", 2, 3), at([2], 100, 1), at([2], 100, 1), true)).toEqual([[], true]);
});

test("a bar belongs into a gap on the hour of the bars around it, or of the calendar, and in trading hours", () => {
  const half = hourMs / 2;
  const shifted = { ...fault("gap", 2, 9), anchorMs: 2 * hourMs + half };
  expect(fitsGap(shifted, 4 * hourMs, "1h", always)).toBe(true);
  expect(fitsGap(shifted, 4 * hourMs + half, "1h", always)).toBe(true);
  expect(fitsGap(shifted, 4 * hourMs + half / 2, "1h", always)).toBe(false);
  expect(fitsGap({ ...shifted, anchorMs: Number.NaN }, 4 * hourMs + half, "1h", always)).toBe(false);
  // Weeks may end on any day of the week, but on the same time of the day.
  const week = { ...fault("gap", 2, 9), anchorMs: 0 };
  expect(fitsGap(week, 8 * 24 * hourMs, "1w", always)).toBe(true);
  expect(fitsGap(week, 8 * 24 * hourMs + hourMs, "1w", always)).toBe(false);
  // Saturday.
  const saturday = Date.UTC(2024, 0, 6, 12);
  expect(fitsGap(shifted, saturday, "1h", calendarNamed("24/5"))).toBe(false);
  expect(fitsGap(shifted, Date.UTC(2024, 0, 5, 12), "1h", calendarNamed("24/5"))).toBe(true);
});

test("what is known to be lost is asked for as far as the window reaches, and counted without what is held", () => {
  const bars = at([1, 2, 5, 6]);
  const hours = (from: number, to: number) => ({ fromMs: from * hourMs, toMs: to * hourMs });
  const found = findLost(bars, always, hours(2, 8), [hours(0, 2), hours(1, 4), hours(4, 20), hours(8, 9)]);
  expect(found).toMatchObject([
    // Of hours 2 and 3 the second is missing; of 4 to 7 the first and the last.
    { kind: "lost", ...hours(2, 4), bars: 1, anchorMs: hourMs },
    { kind: "lost", ...hours(4, 8), bars: 2 },
  ]);
  // A version may have been lost of what is held: it is one bar at least.
  expect(findLost(bars, always, hours(1, 8), [hours(1, 3)])).toMatchObject([{ bars: 1 }]);
  expect(findLost(at([]), always, hours(1, 3), [hours(1, 3)])).toMatchObject([
    { bars: 2, anchorMs: Number.NaN },
  ]);
});

test("what is missing in a range is what the calendar expects and nobody holds, and never less than nothing", () => {
  const count = (hours: readonly number[], from: number, to: number) =>
    missingBetween(at(hours), always, from * hourMs, to * hourMs);
  expect([count([1, 2, 5, 6], 1, 7), count(all, 1, 7), count([], 1, 7), count([1, 5], 2, 5)]).toEqual([
    2, 0, 6, 3,
  ]);
  const crowded = new BarTable("TEST", "1h");
  for (const part of [1, 1.25, 1.5, 2]) crowded.append(part * hourMs, 1, 1, 1, 1, 1);
  expect(missingBetween(crowded, always, hourMs, 3 * hourMs)).toBe(0);
});

test("the open ends of a window are gaps by the hour, the first only where something earlier is held", () => {
  const window = { fromMs: hourMs, toMs: 8 * hourMs };
  const ends = (hours: readonly number[], isHeldBefore: boolean) =>
    findOpenEnds(at(hours), always, window, isHeldBefore).map(({ fromMs, toMs, bars, anchorMs }) => [
      fromMs / hourMs,
      toMs / hourMs,
      bars,
      anchorMs / hourMs,
    ]);
  const after = 5 + 1 / hourMs;
  expect(ends([3, 5], true)).toEqual([
    [1, 3, 2, 3],
    [after, 8, 2, 5],
  ]);
  expect(ends([3, 5], false)).toEqual([[after, 8, 2, 5]]);
  expect(ends([2, 6], true)).toEqual([
    [1, 2, 1, 2],
    [6 + 1 / hourMs, 8, 1, 6],
  ]);
  expect(ends([1, 7], true)).toEqual([]);
  expect(ends([], false)).toEqual([[1, 8, 7, Number.NaN]]);
});

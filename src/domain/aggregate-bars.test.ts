import * as fc from "fast-check";
import { expect, test } from "vitest";
import { dayMs, hourMs, minuteMs } from "../base/time.ts";
import { ResampledFrame } from "../engine/columns/frame.ts";
import { aggregateBars } from "./aggregate-bars.ts";
import { BarTable } from "./bar-table.ts";
import type { Bars } from "./bars.ts";
import { calendarNamed } from "./calendar/calendar-named.ts";
import type { Timeframe } from "./timeframe.ts";

const seed = 20240918;

/** Bars that close at the given times, priced by their number. */
function barsAt(timeframe: Timeframe, closes: readonly number[]): BarTable {
  const bars = new BarTable("TEST", timeframe);
  for (const [k, closeMs] of closes.entries()) bars.append(closeMs, k, k + 10, k - 10, k + 0.5, 1);
  return bars;
}

function closesOf({ bars, isComplete }: { bars: Bars; isComplete: Uint8Array }, whole: 0 | 1): number[] {
  return [...bars.closeTimeMs.subarray(0, bars.length)].filter((_, row) => isComplete[row] === whole);
}

test("a longer bar has the first open, highest high, lowest low, last close and the sum of volumes", () => {
  const { bars, isComplete } = aggregateBars(
    barsAt(
      "1m",
      [1, 2, 3].map((minute) => minute * minuteMs),
    ),
    "3m",
    calendarNamed("24/7"),
  );
  const row = [bars.closeTimeMs, bars.open, bars.high, bars.low, bars.close, bars.volume].map((c) => c[0]);
  expect([bars.length, ...row]).toEqual([1, 3 * minuteMs, 0, 12, -10, 2.5, 3]);
  expect([...isComplete]).toEqual([1]);
});

test("a longer bar is complete if every minute of it is there, and then it is the one that the engine makes", () => {
  const property = fc.property(fc.uniqueArray(fc.integer({ min: 1, max: 60 }), { minLength: 1 }), (list) => {
    const minutes = list.toSorted((a, b) => a - b);
    const fine = barsAt(
      "1m",
      minutes.map((minute) => minute * minuteMs),
    );
    const made = aggregateBars(fine, "5m", calendarNamed("24/7"));
    const isThere = (minute: number): boolean => minutes.includes(minute);
    const ends = Array.from({ length: 12 }, (_, k) => 5 * k + 5);
    const whole = ends.filter((end) => [4, 3, 2, 1, 0].every((back) => isThere(end - back)));
    const part = ends.filter(
      (end) => !whole.includes(end) && [4, 3, 2, 1, 0].some((back) => isThere(end - back)),
    );
    expect(closesOf(made, 1)).toEqual(whole.map((end) => end * minuteMs));
    expect(closesOf(made, 0)).toEqual(part.map((end) => end * minuteMs));
    const frame = new ResampledFrame(fine, "5m", calendarNamed("24/7"));
    frame.extend();
    for (let row = 0; row < made.bars.length; row++) {
      const at = frame.bars.closeTimeMs.subarray(0, frame.bars.length).indexOf(made.bars.closeTimeMs[row]!);
      if (made.isComplete[row] === 0) continue;
      for (const field of ["open", "high", "low", "close", "volume"] as const)
        expect(made.bars[field][row]).toBe(frame.bars[field][at]);
    }
  });
  fc.assert(property, { seed });
});

test("a session's day is complete without the hours around it, and hours after it are no part of it", () => {
  // 2024-03-04: 14:30 to 21:00 UTC in New York's winter (NYSE: hours and calendars); premarket from 14:00 on.
  const day = Date.parse("2024-03-04");
  const at = (from: number, to: number): number[] => {
    const closes: number[] = [];
    for (let closeMs = from + 30 * minuteMs; closeMs <= to; closeMs += 30 * minuteMs) closes.push(closeMs);
    return closes;
  };
  const calendar = calendarNamed("us-equity");
  const closeMs = day + 21 * hourMs;
  const session = aggregateBars(barsAt("30m", at(day + 14.5 * hourMs, closeMs)), "1d", calendar);
  expect(closesOf(session, 1)).toEqual([closeMs]);
  const long = aggregateBars(barsAt("30m", at(day + 14 * hourMs, day + 23 * hourMs)), "1d", calendar);
  expect(closesOf(long, 1)).toEqual([closeMs]);
  expect(long.bars.close[0]).toBe(13.5);
  const short = aggregateBars(barsAt("30m", at(day + 15 * hourMs, closeMs)), "1d", calendar);
  expect([closesOf(short, 1), closesOf(short, 0)]).toEqual([[], [closeMs]]);
});

test("a week of daily bars stamped at midnight ends with its last session, and a holiday is not missed", () => {
  // Good Friday of 2024 was 29 March: four sessions.
  const monday = Date.parse("2024-03-25");
  const closes = [1, 2, 3, 4].map((days) => monday + days * dayMs);
  const calendar = calendarNamed("us-equity");
  const week = aggregateBars(barsAt("1d", closes), "1w", calendar);
  expect(closesOf(week, 1)).toEqual([Date.parse("2024-03-28T20:00:00Z")]);
  const part = aggregateBars(barsAt("1d", closes.slice(0, 3)), "1w", calendar);
  expect(closesOf(part, 0)).toEqual([Date.parse("2024-03-28T20:00:00Z")]);
  const late = aggregateBars(barsAt("1d", closes.slice(1)), "1w", calendar);
  expect(closesOf(late, 0)).toEqual([Date.parse("2024-03-28T20:00:00Z")]);
});

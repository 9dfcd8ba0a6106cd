import * as fc from "fast-check";
import { expect, test } from "vitest";
import { dayMs, hourMs, minuteMs } from "../../base/time.ts";
import { utcCalendar } from "../../domain/calendar/always-open.ts";
import { sessionEnds, sessionsOf, type SessionCalendar } from "./sessions.ts";

const everyDay = utcCalendar("UTC");
/** Exchange days without a calendar of holidays: every UTC day is a session if it has bars. */
const exchange: SessionCalendar = { periodsPerYear: 252, sessionOf: (timeMs) => everyDay.sessionOf(timeMs) };

test("a bar that closes at midnight belongs to the day that ends there", () => {
  const closeTimeMs = Float64Array.of(12 * hourMs, dayMs, 1.5 * dayMs, 2 * dayMs);
  expect(sessionsOf(closeTimeMs, 4, everyDay)).toEqual({
    days: Int32Array.of(0, 1),
    ends: Int32Array.of(1, 3),
  });
});

test("a day without a bar is no entry, on an exchange and on a market that never closes", () => {
  const closeTimeMs = Float64Array.of(1 * dayMs, 2 * dayMs, 5 * dayMs);
  for (const calendar of [everyDay, exchange])
    expect(sessionsOf(closeTimeMs, 3, calendar)).toEqual({
      days: Int32Array.of(0, 1, 4),
      ends: Int32Array.of(0, 1, 2),
    });
});

test("only the valid rows count, and no rows have no sessions", () => {
  const closeTimeMs = Float64Array.of(dayMs, 2 * dayMs, 3 * dayMs);
  expect(sessionEnds(closeTimeMs, 2, everyDay)).toEqual(Int32Array.of(0, 1));
  expect(sessionEnds(closeTimeMs, 0, everyDay)).toEqual(new Int32Array(0));
});

test("leaping through the bars finds the same sessions as visiting each", () => {
  const gaps = fc.array(fc.integer({ min: 1, max: 900 }), { minLength: 1, maxLength: 400 });
  fc.assert(
    fc.property(gaps, (minutes) => {
      let timeMs = 0;
      const closeTimeMs = Float64Array.from(minutes, (gap) => (timeMs += gap * minuteMs));
      const last = new Map<number, number>();
      for (const [row, close] of closeTimeMs.entries()) last.set(exchange.sessionOf(close), row);
      expect(sessionsOf(closeTimeMs, closeTimeMs.length, exchange)).toEqual({
        days: Int32Array.from(last.keys()),
        ends: Int32Array.from(last.values()),
      });
    }),
    { seed: 51 },
  );
});

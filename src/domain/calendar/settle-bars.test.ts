import * as fc from "fast-check";
import { expect, test } from "vitest";
import { dayMs, hourMs, minuteMs } from "../../base/time.ts";
import { barsOf, sliceBars, type Bars } from "../bars.ts";
import type { Timeframe } from "../timeframe.ts";
import { calendarNamed } from "./calendar-named.ts";
import { barCalendar } from "./detect-calendar-name.ts";
import { settleBars } from "./settle-bars.ts";

function barsClosing(timeframe: Timeframe, closes: readonly (number | string)[]): Bars {
  const closeTimeMs = Float64Array.from(closes, (close) => new Date(close).getTime());
  const column = new Float64Array(closes.length).fill(1);
  return barsOf("X", timeframe, {
    closeTimeMs,
    open: column,
    high: column,
    low: column,
    close: column,
    volume: column,
  });
}

const closesOf = (bars: Bars): string[] =>
  Array.from(bars.closeTimeMs, (time) => new Date(time).toISOString().slice(0, 16));

/** Thursday 4 to Tuesday 9 July 2024 in New York, without the holiday: 5, 8, 9. */
const sessions = ["2024-07-05T20:00", "2024-07-08T20:00", "2024-07-09T20:00"];

test.each([
  ["midnight UTC", ["2024-07-06T00:00Z", "2024-07-09T00:00Z", "2024-07-10T00:00Z"]],
  ["midnight in New York", ["2024-07-06T04:00Z", "2024-07-09T04:00Z", "2024-07-10T04:00Z"]],
  ["the opening bell", ["2024-07-06T13:30Z", "2024-07-09T13:30Z", "2024-07-10T13:30Z"]],
  ["the closing bell itself", ["2024-07-05T20:00Z", "2024-07-08T20:00Z", "2024-07-09T20:00Z"]],
])("days of a US share that end at %s all close with the session", (_where, closes) => {
  const { bars, doubled } = settleBars(barsClosing("1d", closes), "us-equity");
  expect([closesOf(bars), doubled, bars.calendarName]).toEqual([sessions, -1, "us-equity"]);
});

test("the last hour of a session ends with it, and with a half day earlier", () => {
  // 3 July 2024 closes at 13:00 in New York.
  const stamps = ["13:30", "14:30", "15:30", "16:30"].map(
    (time) => Date.parse(`2024-07-03T${time}Z`) + hourMs,
  );
  const next = ["13:30", "19:30"].map((time) => Date.parse(`2024-07-05T${time}Z`) + hourMs);
  expect(closesOf(settleBars(barsClosing("1h", [...stamps, ...next]), "us-equity").bars)).toEqual([
    "2024-07-03T14:30",
    "2024-07-03T15:30",
    "2024-07-03T16:30",
    "2024-07-03T17:00",
    "2024-07-05T14:30",
    "2024-07-05T20:00",
  ]);
});

test("hours after the close that follow at once stay where they are", () => {
  const closes = ["2024-07-05T20:30Z", "2024-07-05T21:30Z", "2024-07-05T22:30Z"];
  expect(closesOf(settleBars(barsClosing("1h", closes), "us-equity").bars).slice(0, 2)).toEqual([
    "2024-07-05T20:30",
    "2024-07-05T21:30",
  ]);
});

test("a bar on a closed day keeps its close: it is told, and not moved to another day", () => {
  const closes = ["2024-07-03T00:00Z", "2024-07-04T00:00Z", "2024-07-05T00:00Z"];
  expect(closesOf(settleBars(barsClosing("1d", closes), "us-equity").bars)[2]).toBe("2024-07-05T00:00");
});

test("weeks and months of a share close with their last session", () => {
  // Good Friday 2024 is 29 March.
  const week = settleBars(barsClosing("1w", ["2024-04-01T00:00Z", "2024-04-08T00:00Z"]), "us-equity");
  expect(closesOf(week.bars)).toEqual(["2024-03-28T20:00", "2024-04-05T20:00"]);
  const month = settleBars(barsClosing("1M", ["2024-04-01T00:00Z", "2024-05-01T00:00Z"]), "us-equity");
  expect(closesOf(month.bars)).toEqual(["2024-03-28T20:00", "2024-04-30T20:00"]);
});

test("two days that are one are found", () => {
  const closes = ["2024-07-06T00:00Z", "2024-07-08T20:00Z", "2024-07-09T00:00Z"];
  expect(settleBars(barsClosing("1d", closes), "us-equity").doubled).toBe(2);
});

test("a close never moves later, and never to before its bar began", () => {
  const closes = fc.uniqueArray(fc.integer({ min: 28_000_000, max: 28_400_000 }), {
    minLength: 2,
    maxLength: 60,
  });
  const frame = fc.constantFrom<Timeframe>("5m", "1h", "4h", "1d", "1w");
  const spans = { "5m": 5 * minuteMs, "1h": hourMs, "4h": 4 * hourMs, "1d": dayMs, "1w": 7 * dayMs };
  const names = fc.constantFrom("us-equity", "24/5", "24/5@UTC", "24/7");
  const property = fc.property(frame, names, closes, (timeframe, name, minutes) => {
    const given = barsClosing(
      timeframe,
      minutes.toSorted((a, b) => a - b).map((minute) => minute * minuteMs),
    );
    const { bars } = settleBars(given, name);
    const spanMs = spans[timeframe as keyof typeof spans];
    for (let row = 0; row < bars.length; row++) {
      const [before, after] = [given.closeTimeMs[row]!, bars.closeTimeMs[row]!];
      expect(after).toBeLessThanOrEqual(before);
      expect(after).toBeGreaterThan(before - spanMs);
      // What is cut off is time without trading: no price of it can have been moved into the past.
      if (after < before) expect(calendarNamed(name).tradedUntil(before)).toBe(after);
    }
  });
  fc.assert(property, { seed: 20240131, numRuns: 300 });
});

test("days of currencies with plain dates are days of UTC: five a week, five sessions", () => {
  const closes: number[] = [];
  for (let day = Date.UTC(2023, 0, 2); day < Date.UTC(2024, 0, 1); day += dayMs)
    if (![0, 6].includes(new Date(day).getUTCDay())) closes.push(day + dayMs);
  expect(closes.length).toBe(260);
  for (const named of [undefined, "24/5"]) {
    const { bars } = settleBars(barsClosing("1d", closes), named);
    const calendar = barCalendar(bars, named);
    const sessionsSeen = new Set(Array.from(bars.closeTimeMs, (time) => calendar.sessionOf(time)));
    expect([calendar.name, sessionsSeen.size]).toEqual(["24/5@UTC", 260]);
    // Thursday ends at midnight, as its bar does; Friday with the week.
    expect(closesOf(bars).slice(3, 5)).toEqual(["2023-01-06T00:00", "2023-01-06T22:00"]);
    // What is cut out stays on the calendar that it was read on.
    expect(barCalendar(sliceBars(bars, 0, 3)).name).toBe("24/5@UTC");
  }
});

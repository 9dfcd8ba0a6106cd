import { expect, test } from "vitest";
import { dayMs } from "../base/time.ts";
import { BarTable } from "../domain/bar-table.ts";
import { calendarNamed } from "../domain/calendar/calendar-named.ts";
import type { Position } from "../domain/portfolio.ts";
import type { Timeframe } from "../domain/timeframe.ts";
import { Listings } from "./listings.ts";

const flat = { position: () => ({ quantity: 0, lastPrice: Number.NaN }) as Position };
const start = Date.UTC(2024, 0, 1); // A Monday.

/** Two instruments, of which the second has its last bar at `lastMs`; returns when it is seen to be gone. */
function noticed(
  calendar: string,
  lastMs: number,
  times: readonly number[],
  timeframe: Timeframe = "1d",
): string {
  const bars = [new BarTable("LIVE", timeframe), new BarTable("DEAD", timeframe)];
  const listings = new Listings(bars, [calendarNamed(calendar), calendarNamed(calendar)], 5);
  listings.observe(slice(lastMs, [0, 1]), flat);
  for (const timeMs of times) {
    const gone = listings.observe(slice(timeMs, [0]), flat);
    if (gone.length > 0) return new Date(timeMs).toISOString();
  }
  return "never";
}

function slice(timeMs: number, instruments: readonly number[]) {
  return {
    timeMs,
    count: instruments.length,
    instruments: Int32Array.from(instruments),
    rows: new Int32Array(instruments.length),
  };
}

const days = (fromMs: number, count: number) =>
  Array.from({ length: count }, (_, k) => fromMs + (k + 1) * dayMs);

test("a market that never closes has a session a day: the fifth day without a bar is the last", () => {
  const lastMs = start + dayMs;
  expect(noticed("24/7", lastMs, days(lastMs, 9))).toBe("2024-01-07T00:00:00.000Z");
});

test("weekends and holidays of the market are no missed sessions", () => {
  // Last bar on Friday 2024-01-12; Monday the 15th is a holiday: Tuesday 16th to Monday 22nd are five sessions.
  const lastMs = Date.UTC(2024, 0, 13);
  expect(noticed("us-equity", lastMs, days(lastMs, 12))).toBe("2024-01-23T00:00:00.000Z");
});

test("inside a day the session that is still open has not been missed", () => {
  const hour = dayMs / 24;
  const lastMs = Date.UTC(2024, 0, 2, 15);
  const times = Array.from({ length: 24 * 12 }, (_, k) => lastMs + (k + 1) * hour);
  // Sessions 3, 4, 5, 6 and 7 January are missed; the last ends at midnight.
  expect(noticed("24/7", lastMs, times, "1h")).toBe("2024-01-08T00:00:00.000Z");
});

test("of weekly bars at least one must be missing: two weekly files need not end on one day", () => {
  const lastMs = Date.UTC(2024, 0, 6); // Friday's close.
  const sundays = [1, 2, 3].map((week) => Date.UTC(2024, 0, 8) + week * 7 * dayMs);
  expect(noticed("us-equity", lastMs, [Date.UTC(2024, 0, 8), ...sundays], "1w")).toBe(
    "2024-01-22T00:00:00.000Z",
  );
});

test("an end that was announced counts when its last session is over, and never before anybody knew of it", () => {
  const lastMs = start + 3 * dayMs;
  // The bar that closes at the end of 3 January is the last one.
  const lastDay = Date.UTC(2024, 0, 3) / dayMs;
  const noticedWith = (knownFromMs: number, day = lastDay) => {
    const bars = [new BarTable("LIVE", "1d"), new BarTable("DEAD", "1d")];
    const calendar = calendarNamed("24/7");
    const listings = new Listings(bars, [calendar, calendar], 5, [[], [{ lastDay: day, knownFromMs }]]);
    listings.observe(slice(lastMs, [0, 1]), flat);
    const seen = days(lastMs, 9).find((timeMs) => listings.observe(slice(timeMs, [0]), flat).length > 0);
    return new Date(seen!).toISOString().slice(0, 10);
  };
  // Known long before: the first slice of the session after it.
  expect(noticedWith(-Infinity)).toBe("2024-01-05");
  // Known two days later, and not earlier; known only when the missing bars have said it: they decide.
  expect(noticedWith(lastMs + 2.5 * dayMs)).toBe("2024-01-07");
  expect(noticedWith(lastMs + 30 * dayMs)).toBe("2024-01-09");
  // An end before its last bar was none.
  expect(noticedWith(-Infinity, lastDay - 1)).toBe("2024-01-09");
  expect(noticedWith(-Infinity, lastDay + 2)).toBe("2024-01-07");
});

test("what trades again is listed again, and can go again", () => {
  const bars = [new BarTable("A", "1d"), new BarTable("B", "1d")];
  const listings = new Listings(bars, [calendarNamed("24/7"), calendarNamed("24/7")], 2);
  const at = (day: number, instruments: readonly number[]) =>
    listings.observe(slice(start + day * dayMs, instruments), flat).length;
  expect([at(1, [0, 1]), at(2, [0]), at(3, [0]), at(4, [0])]).toEqual([0, 0, 1, 0]);
  expect(listings.isGone(1)).toBe(true);
  expect([at(5, [0, 1]), at(6, [0]), at(7, [0])]).toEqual([0, 0, 1]);
});

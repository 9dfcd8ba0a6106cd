import * as fc from "fast-check";
import { expect, test } from "vitest";
import { dayMs, hourMs, minuteMs } from "../../base/time.ts";
import { ZoneClock, zoneClock } from "./zone-clock.ts";

test("New York changes its clocks at 02:00 local time on 2024-03-10 and 2024-11-03", () => {
  // US Energy Policy Act of 2005: second Sunday of March, first Sunday of November.
  const clock = zoneClock("America/New_York");
  const spring = Date.UTC(2024, 2, 10, 7);
  expect(clock.offsetAt(spring - 1)).toBe(-5 * hourMs);
  expect(clock.offsetAt(spring)).toBe(-4 * hourMs);
  const autumn = Date.UTC(2024, 10, 3, 6);
  expect(clock.offsetAt(autumn - 1)).toBe(-4 * hourMs);
  expect(clock.offsetAt(autumn)).toBe(-5 * hourMs);
});

test("a local time that the clocks skip begins where the skipped hour would have ended", () => {
  const clock = zoneClock("America/New_York");
  const change = Date.UTC(2024, 2, 10, 7);
  expect(clock.instantOf(Date.UTC(2024, 2, 10, 2, 30))).toBe(change);
  expect(clock.instantOf(Date.UTC(2024, 2, 10, 3))).toBe(change);
  expect(clock.instantOf(Date.UTC(2024, 2, 10, 1, 59))).toBe(change - minuteMs);
});

test("a local time that comes twice is the first one", () => {
  const clock = zoneClock("America/New_York");
  expect(clock.instantOf(Date.UTC(2024, 10, 3, 1, 30))).toBe(Date.UTC(2024, 10, 3, 5, 30));
});

test("offsets agree with the platform's own clock, whatever was asked before", () => {
  for (const zone of ["Europe/Berlin", "America/New_York", "Asia/Kolkata", "Australia/Lord_Howe", "UTC"]) {
    const used = new ZoneClock(zone);
    const time = fc.integer({ min: Date.UTC(1990, 0, 1), max: Date.UTC(2035, 0, 1) });
    fc.assert(
      fc.property(time, (timeMs) => {
        expect(used.offsetAt(timeMs)).toBe(platformOffsetMs(zone, timeMs));
      }),
      { seed: 7, numRuns: 300 },
    );
  }
});

test("an offset holds to the very millisecond of the change, both ways, in every year", () => {
  // EU directive 2000/84/EC: last Sundays of March and October, 01:00 UTC.
  const clock = new ZoneClock("Europe/Berlin");
  for (let year = 1997; year <= 2035; year++) {
    for (const [month, before, after] of [
      [2, 1, 2],
      [9, 2, 1],
    ] as const) {
      const last = Date.UTC(year, month, 31);
      const change = last - new Date(last).getUTCDay() * dayMs + hourMs;
      expect(clock.offsetAt(change - 1)).toBe(before * hourMs);
      expect(clock.offsetAt(change)).toBe(after * hourMs);
    }
  }
});

test("an unknown zone is refused with the way out", () => {
  expect(() => new ZoneClock("Mars/Olympus")).toThrow(/TIME_ZONE_UNKNOWN "Mars\/Olympus"/);
});

function platformOffsetMs(timeZone: string, timeMs: number): number {
  const text = new Intl.DateTimeFormat("en", { timeZone, timeZoneName: "longOffset" }).format(timeMs);
  const match = /GMT(?:([+-])(\d\d):(\d\d))?$/.exec(text)!;
  const sizeMs = Number(match[2] ?? 0) * hourMs + Number(match[3] ?? 0) * minuteMs;
  return match[1] === "-" ? -sizeMs : sizeMs;
}

test("hours may be added to a zone: the clock of most currency brokers changes with New York", () => {
  const broker = zoneClock("America/New_York+7");
  expect(broker.offsetAt(Date.UTC(2024, 2, 10, 7) - 1)).toBe(2 * hourMs);
  expect(broker.offsetAt(Date.UTC(2024, 2, 10, 7))).toBe(3 * hourMs);
  // Midnight of the broker is 17:00 in New York.
  expect(broker.instantOf(Date.UTC(2024, 0, 9))).toBe(Date.UTC(2024, 0, 8, 22));
  expect(broker.instantOf(Date.UTC(2024, 6, 2))).toBe(Date.UTC(2024, 6, 1, 21));
});

test.each([
  ["UTC+2", 2 * hourMs],
  ["GMT+2", 2 * hourMs],
  ["UTC-03:30", -3.5 * hourMs],
  ["UTC+0530", 5.5 * hourMs],
  ["+02:00", 2 * hourMs],
  // POSIX counts the hours of these names westward.
  ["Etc/GMT+2", -2 * hourMs],
])("%s is a zone without summer time", (zone, offsetMs) => {
  for (const month of [0, 6]) expect(zoneClock(zone).offsetAt(Date.UTC(2024, month, 1))).toBe(offsetMs);
});

test("a shift beyond 14 hours is no zone", () => {
  expect(() => zoneClock("UTC+15")).toThrow(/TIME_ZONE_UNKNOWN "UTC\+15"/);
});

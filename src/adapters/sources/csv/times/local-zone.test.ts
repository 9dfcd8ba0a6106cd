import { expect, test } from "vitest";
import { hourMs, minuteMs } from "../../../../base/time.ts";
import { addToDate, LocalZone } from "./local-zone.ts";

const utc = (text: string): number => Date.parse(`${text}Z`);
const texts = (times: readonly number[]): string[] =>
  times.map((time) => new Date(time).toISOString().slice(5, 16));

test("winter and summer have their own offsets", () => {
  const zone = new LocalZone("America/New_York");
  expect(zone.toUtc(utc("2024-01-15T09:30"))).toBe(utc("2024-01-15T14:30"));
  expect(zone.toUtc(utc("2024-07-15T09:30"))).toBe(utc("2024-07-15T13:30"));
  expect([zone.repeated, zone.skipped]).toEqual([0, 0]);
});

test("the hour that comes twice in autumn is read in the order of the file", () => {
  const zone = new LocalZone("America/New_York");
  const walls = ["00:30", "01:00", "01:30", "01:00", "01:30", "02:00"].map((clock) =>
    utc(`2024-11-03T${clock}`),
  );
  const times = walls.map((wall) => zone.toUtc(wall));
  expect(texts(times)).toEqual([
    "11-03T04:30",
    "11-03T05:00",
    "11-03T05:30",
    "11-03T06:00",
    "11-03T06:30",
    "11-03T07:00",
  ]);
  expect(zone.repeated).toBe(4);
});

test("a stamp in the hour that spring skips moves forward by the gap and is counted", () => {
  const zone = new LocalZone("America/New_York");
  expect(zone.toUtc(utc("2024-03-10T02:30"))).toBe(utc("2024-03-10T07:30"));
  expect(zone.wallOf(utc("2024-03-10T07:30"))).toBe(utc("2024-03-10T03:30"));
  expect(zone.skipped).toBe(1);
});

test("every existing minute around a change comes back from UTC", () => {
  for (const [name, day] of [
    ["America/New_York", "2024-11-03T12:00"],
    ["Europe/Berlin", "2024-03-31T12:00"],
    ["Australia/Lord_Howe", "2024-04-07T12:00"],
  ] as const) {
    const zone = new LocalZone(name);
    for (let time = utc(day) - 36 * hourMs; time < utc(day) + 12 * hourMs; time += 10 * minuteMs) {
      expect(zone.toUtc(zone.wallOf(time))).toBe(time);
    }
  }
});

test("days and months are added on the calendar of the zone", () => {
  const zone = new LocalZone("America/New_York");
  const beforeChange = zone.toUtc(utc("2024-03-10T00:00"));
  expect(zone.add(beforeChange, 1, 0) - beforeChange).toBe(23 * hourMs);
  expect(addToDate(utc("2024-01-31T00:00"), 0, 1)).toBe(utc("2024-02-29T00:00"));
  expect(addToDate(utc("2024-12-01T00:00"), 0, 1)).toBe(utc("2025-01-01T00:00"));
});

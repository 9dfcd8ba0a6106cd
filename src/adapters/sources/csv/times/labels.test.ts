import { expect, test } from "vitest";
import { withFile } from "../../../../../test/temporary-csv.ts";
import type { CsvOptions, CsvReading } from "../csv-reading.ts";
import { readCsv } from "../read-csv.ts";

const nowMs = Date.parse("2026-01-01");

/** Reads a file of such stamps, all with the same prices. */
async function read(stamps: readonly string[], options: Partial<CsvOptions> = {}): Promise<CsvReading> {
  const text = `time,open,high,low,close,volume\n${stamps.map((stamp) => `${stamp},10,12,9,11,5\n`).join("")}`;
  return withFile("X.csv", text, (path) => readCsv(path, { nowMs, ...options }));
}

/** Closes as `yyyy-mm-ddThh:mm` in UTC. */
function closesOf({ bars }: CsvReading): readonly string[] {
  return Array.from(bars.closeTimeMs, (timeMs) => new Date(timeMs).toISOString().slice(0, 16));
}

/** The weekdays of two weeks of March 2024, which hold no holiday and the Sunday on which New York changes its clocks. */
const dates = [4, 5, 6, 7, 8, 11, 12, 13, 14, 15].map((day) => `2024-03-${String(day).padStart(2, "0")}`);
const ends = ["2024-03-04T21:00", "2024-03-15T20:00"];

test.each([
  ["16:00 on a clock without a zone", (date: string) => `${date} 16:00:00`],
  ["the bell of Frankfurt", (date: string) => `${date}T09:00:00+01:00`],
  ["the last price in Frankfurt", (date: string) => `${date}T17:30:00+01:00`],
  ["the last price in Mumbai", (date: string) => `${date} 15:30:00+05:30`],
  ["the last price in Tokyo, without a zone", (date: string) => `${date} 15:00`],
])("days with %s are the days that they name", async (_which, stamp) => {
  const closes = closesOf(await read(dates.map(stamp)));
  expect(closes).toHaveLength(10);
  expect([closes[0], closes[9]]).toEqual(ends);
});

test("days that are stamped at 20:00 in New York, Tuesday to Saturday in UTC, are the days before", async () => {
  const stamps = dates.map((date, k) => `${date}T20:00:00-0${k < 5 ? 5 : 4}:00`);
  const reading = await read(stamps);
  expect([closesOf(reading)[0], closesOf(reading)[9]]).toEqual(ends);
  expect(reading.detected.notes.join()).toContain("each stamp only names the day of its bar");
});

test("days that begin at midnight in Tokyo end there, also where New York has a holiday", async () => {
  // 29 March 2024 is Good Friday.
  const days = ["03-25", "03-26", "03-27", "03-28", "03-29", "04-01", "04-02", "04-03"].map(
    (day) => `2024-${day} 00:00:00+09:00`,
  );
  const reading = await read(days);
  expect(reading.bars.calendarName).toBe("24/5");
  expect(closesOf(reading)[4]).toBe("2024-03-29T15:00");
});

test("a bar on a holiday and one on a Sunday keep their days among those with the bell", async () => {
  const weekdays = Array.from({ length: 80 }, (_, k) => new Date(Date.UTC(2023, 9, 2 + k))).filter(
    (day) => ![0, 6].includes(day.getUTCDay()),
  );
  // Thanksgiving is among the weekdays.
  const stamps = [...weekdays, new Date(Date.UTC(2023, 10, 12))]
    .toSorted((a, b) => a.getTime() - b.getTime())
    .map((day) => String(day.getTime() + 14.5 * 3_600_000));
  const reading = await read(stamps);
  expect(reading.bars).toMatchObject({ calendarName: "us-equity", length: stamps.length });
  expect(closesOf(reading)).toContain("2023-11-13T00:00");
  expect(closesOf(reading)).toContain("2023-11-24T18:00");
});

test("what is said to be the close or the open stays it", async () => {
  const stamps = dates.map((date) => `${date}T17:30:00+01:00`);
  const closes = closesOf(await read(stamps, { stamp: "close", calendarName: "24/7" }));
  expect(closes[0]).toBe("2024-03-04T16:30");
});

test("closes of New York with half days among them are days", async () => {
  // Half days: 3 July and 29 November 2024.
  const closed = new Set(["2024-06-19", "2024-07-04", "2024-09-02", "2024-11-28"]);
  const all = Array.from({ length: 169 }, (_, k) => new Date(Date.UTC(2024, 5, 17 + k)));
  const stamps = all
    .filter((day) => ![0, 6].includes(day.getUTCDay()))
    .map((day) => day.toISOString().slice(0, 10))
    .filter((date) => !closed.has(date))
    .map((date) => {
      const isHalf = date === "2024-07-03" || date === "2024-11-29";
      return `${date}T${isHalf ? 13 : 16}:00:00-0${date < "2024-11-03" ? 4 : 5}:00`;
    });
  const { bars } = await read(stamps);
  expect(bars).toMatchObject({ timeframe: "1d", calendarName: "us-equity", length: stamps.length });
});

test("weeks and months that are called after their first session end with the week and the month", async () => {
  // 29 May is Memorial Day, 4 July and 19 June are holidays of 2023.
  const weeks = ["05-15", "05-22", "05-30", "06-05", "06-12", "06-20", "06-26", "07-03"].map(
    (day) => `2023-${day}`,
  );
  const ofWeeks = await read(weeks);
  expect(ofWeeks.bars).toMatchObject({ timeframe: "1w", calendarName: "us-equity" });
  expect([closesOf(ofWeeks)[2], closesOf(ofWeeks)[7]]).toEqual(["2023-06-02T20:00", "2023-07-07T20:00"]);
  const months = ["01-03", "02-01", "03-01", "04-03", "05-01", "06-01", "07-03", "08-01"].map(
    (day) => `2023-${day}`,
  );
  const ofMonths = await read(months);
  expect(ofMonths.bars).toMatchObject({ timeframe: "1M", calendarName: "us-equity" });
  expect([closesOf(ofMonths)[0], closesOf(ofMonths)[7]]).toEqual(["2023-01-31T21:00", "2023-08-31T20:00"]);
});

test.each([
  ["1M", "2024-02", "2024-03"],
  ["1M", "202402", "202403"],
  ["1M", "02/2024", "03/2024"],
  ["1M", "Feb 2024", "March 2024"],
  ["3M", "2023-Q4", "2024-Q1"],
  ["3M", "Q4 2023", "Q1 2024"],
  ["1w", "2024-W08", "2024-W09"],
  ["12M", "2022", "2023"],
  ["1d", "2024-059", "2024-060"],
  [
    "1d",
    "Wed Feb 28 2024 00:00:00 GMT+0000 (Coordinated Universal Time)",
    "Thu Feb 29 2024 00:00:00 GMT+0000 (Coordinated Universal Time)",
  ],
])("bars of %s are called %s and %s", async (timeframe, first, second) => {
  const { bars } = await read([first, second], { calendarName: "24/7" });
  expect(bars.timeframe).toBe(timeframe);
  const lastMs = {
    "1M": "2024-04-01",
    "3M": "2024-04-01",
    "1w": "2024-03-04",
    "12M": "2024-01-01",
    "1d": "2024-03-01",
  }[timeframe]!;
  expect(bars.closeTimeMs[1]).toBe(Date.parse(lastMs));
});

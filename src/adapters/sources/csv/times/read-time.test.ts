import * as fc from "fast-check";
import { expect, test } from "vitest";
import { ByteReader, type TextFormat } from "../byte-reader.ts";
import { isTimeText, readTimeText } from "./read-time-text.ts";
import { readTime } from "./read-time.ts";

const format: TextFormat = { delimiter: ",", decimal: ".", dateOrder: "dmy", isCompact: true };
const dayFirst = new ByteReader(format);
const monthFirst = new ByteReader({ ...format, dateOrder: "mdy" });
const epochs = new ByteReader({ ...format, isCompact: false });
const seed = 20240131;

const utc = (text: string): number => Date.parse(text);

test.each([
  ["2010-05-17", utc("2010-05-17T00:00Z")],
  ["2010.05.17 22:00", utc("2010-05-17T22:00Z")],
  ["2010/5/7 9:05:30", utc("2010-05-07T09:05:30Z")],
  ["2010-05-17T22:00:01.25", utc("2010-05-17T22:00:01.250Z")],
  ["20100517", utc("2010-05-17T00:00Z")],
  ["20100517 220000", utc("2010-05-17T22:00Z")],
  ["20100517 2200", utc("2010-05-17T22:00Z")],
  ["20070101 00:00", utc("2007-01-01T00:00Z")],
  ["201005172200", utc("2010-05-17T22:00Z")],
  ["20100517220015", utc("2010-05-17T22:00:15Z")],
  ["17/05/2010", utc("2010-05-17T00:00Z")],
  ["17.05.10 14:30", utc("2010-05-17T14:30Z")],
  ["7-5-1999", utc("1999-05-07T00:00Z")],
  ["7/5/69", utc("1969-05-07T00:00Z")],
  ["7/5/68", utc("2068-05-07T00:00Z")],
  ["17/05/2010 2:30:00 PM", utc("2010-05-17T14:30Z")],
  ["17/05/2010 12:30 AM", utc("2010-05-17T00:30Z")],
  ["17 May 2010", utc("2010-05-17T00:00Z")],
  ["17-May-10", utc("2010-05-17T00:00Z")],
  ["May 17, 2010 09:30", utc("2010-05-17T09:30Z")],
  ["2024-02-29", utc("2024-02-29T00:00Z")],
])("%s without an offset is the wall clock it shows", (text, expected) => {
  expect(readTimeText(dayFirst, text)).toBe(expected);
  expect(dayFirst.zoned).toBe(false);
});

test.each([
  ["2012-02-01 00:01:00+00:00", utc("2012-02-01T00:01Z")],
  ["2022-07-25T09:15:00+05:30", utc("2022-07-25T03:45Z")],
  ["2022-07-25T09:15:00-0400", utc("2022-07-25T13:15Z")],
  ["2022-07-25T09:15-04", utc("2022-07-25T13:15Z")],
  ["2022-07-25 09:15:00.123456Z", utc("2022-07-25T09:15:00.123Z")],
  ["25.07.2022 09:15:00.000 GMT+0200", utc("2022-07-25T07:15Z")],
  ["2022-07-25 09:15:00 UTC", utc("2022-07-25T09:15Z")],
])("%s is converted by its own offset", (text, expected) => {
  expect(readTimeText(dayFirst, text)).toBe(expected);
  expect(dayFirst.zoned).toBe(true);
});

test.each([
  ["1502942400", 1502942400000],
  ["1502942400.5", 1502942400500],
  ["1502942400000", 1502942400000],
  ["1502942400123456", 1502942400123],
  ["1502942400123456789", 1502942400123],
  // Above 2^53 a double skips whole nanoseconds: the millisecond must not slip.
  ["1700000000001000000", 1700000000001],
  ["-631152000", utc("1950-01-01T00:00Z")],
  ["-631152000000", utc("1950-01-01T00:00Z")],
  // As `yyyymmddhhmm` it would be 20 November 1994.
  ["199411200000", 199411200000],
])("the epoch %s is told by its magnitude", (text, expected) => {
  expect(readTimeText(epochs, text)).toBe(expected);
  expect(epochs.zoned).toBe(true);
});

test("month first is read so where the file is written so", () => {
  expect(readTimeText(monthFirst, "05/17/2010")).toBe(utc("2010-05-17T00:00Z"));
  expect(readTimeText(monthFirst, "17/05/2010")).toBeNaN();
  const yearFirst = new ByteReader({ ...format, dateOrder: "ymd" });
  expect(readTimeText(yearFirst, "10/05/17")).toBe(utc("2010-05-17T00:00Z"));
  const unknown = new ByteReader({ ...format, dateOrder: null });
  expect(readTimeText(unknown, "05/06/2010")).toBeNaN();
});

test.each([
  "",
  "-",
  "abc",
  "2023-02-29",
  "2024-02-30",
  "2024-13-01",
  "2024-00-10",
  "2024-01-01 24:01",
  "2024-01-01 24:00:00.5",
  "2024-01-01 25:00",
  "2024-01-01 10:00+24:00",
  "2024-01-01 09:30 Nowhere/City",
  "2024-01-01 US/Eastern",
  "2024-01-01 12:60",
  "2024-01-01 13:00 PM",
  "2024-W53",
  "2024-W00",
  "2024-13",
  "2024-Q5",
  "2023-366",
  "Foo 2024",
  "2024-01-01x",
  "20240230",
  "1/2",
  "12345678901234567890",
])('"%s" is not a time', (text) => {
  expect(readTimeText(dayFirst, text)).toBeNaN();
});

test("a date alone is told apart from midnight", () => {
  readTimeText(dayFirst, "2024-01-01");
  expect(dayFirst.dateOnly).toBe(true);
  readTimeText(dayFirst, "2024-01-01 00:00");
  expect(dayFirst.dateOnly).toBe(false);
});

test("every instant is read back from ISO 8601 and from an epoch", () => {
  const instant = fc.integer({ min: utc("1973-04-01"), max: utc("2199-12-31") });
  const property = fc.property(instant, (timeMs) => {
    expect(readTime(dayFirst.readText(new Date(timeMs).toISOString()))).toBe(timeMs);
    expect(readTime(epochs.readText(String(timeMs)))).toBe(timeMs);
  });
  fc.assert(property, { seed, numRuns: 3000 });
});

test("prices are no times of a kind that a file could mean", () => {
  expect(isTimeText("1.2345")).toBe(false);
  expect(isTimeText("GOOG")).toBe(false);
  expect(isTimeText("2024-01-31")).toBe(true);
});

test.each([
  // Interactive Brokers: two spaces, and the name of a zone; 09:30 in New York in winter.
  ["20240102  09:30:00", "2024-01-02T09:30Z", false],
  ["20240102 09:30:00 US/Eastern", "2024-01-02T14:30Z", true],
  ["20240702 09:30:00 America/New_York", "2024-07-02T13:30Z", true],
  ["2024-07-02 09:30 EDT", "2024-07-02T13:30Z", true],
  ["2024-07-02 9:30 AM EST", "2024-07-02T14:30Z", true],
  // CryptoDataDownload until 2021.
  ["2019-10-17 09-AM", "2019-10-17T09:00Z", false],
  ["2019-10-17 12-AM", "2019-10-17T00:00Z", false],
  ["2019-10-17 11-PM", "2019-10-17T23:00Z", false],
])('"%s" is %s', (text, iso, isZoned) => {
  const reader = new ByteReader({ ...format, isCompact: true });
  expect([readTimeText(reader, text), reader.zoned]).toEqual([utc(iso), isZoned]);
});

test.each(["2024-01-31 24:00", "2024-01-31T24:00:00Z", "20240131 240000", "202401312400", "20240131240000"])(
  "%s is the end of that day (ISO 8601, 4.2.3)",
  (text) => {
    const reader = new ByteReader({ ...format, isCompact: true });
    expect([readTimeText(reader, text), reader.endOfDay]).toEqual([utc("2024-02-01"), true]);
    readTimeText(reader, "2024-02-01 00:00");
    expect(reader.endOfDay).toBe(false);
  },
);

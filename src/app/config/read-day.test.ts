import { expect, test } from "vitest";
import { readDay, readTimerange } from "./read-day.ts";

test("days and moments are read in UTC unless they carry an offset", () => {
  const day = Date.UTC(2024, 0, 31);
  for (const text of [
    "2024-01-31",
    "20240131",
    "2024-01-31T00:00",
    "2024-01-31 00:00:00Z",
    "2024-01-31T02:00+02:00",
    "2024-01-31T02:00+0200",
  ])
    expect(readDay(text, "--from")).toBe(day);
  expect(readDay("2024-01-31T12:30", "--from")).toBe(day + 12.5 * 3_600_000);
  // As JSON and logs have it.
  expect(readDay("2024-01-31T12:30:00.250Z", "--at")).toBe(day + 12.5 * 3_600_000 + 250);
  expect(() => readDay("2024-01-31T12:30.250", "--at")).toThrow("DATE_INVALID --at");
});

test("a day that does not exist is refused and not moved", () => {
  for (const text of [
    "2024-02-30",
    "2024-13-01",
    "yesterday",
    "",
    "2024-1-1",
    "2023-02-29",
    "2024-01-01T25:00",
  ])
    expect(() => readDay(text, "--from")).toThrow("DATE_INVALID --from");
  expect(readDay("2024-02-29", "--from")).toBe(Date.UTC(2024, 1, 29));
});

test("a timerange may be open on either side", () => {
  expect(readTimerange("20200101-20210101")).toEqual({ from: "20200101", to: "20210101" });
  expect(readTimerange("20200101-")).toEqual({ from: "20200101" });
  expect(readTimerange("-20210101")).toEqual({ to: "20210101" });
  for (const text of ["-", "2020-2021", "20200101"])
    expect(() => readTimerange(text)).toThrow("TIMERANGE_INVALID");
});

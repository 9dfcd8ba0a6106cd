import { expect, test } from "vitest";
import { dayMs } from "../../base/time.ts";
import { dayNumber, isWeekend } from "./days.ts";
import { usEquityCloseMinute } from "./us-equity-holidays.ts";

/** Weekdays of a year on which the exchange does not close at 16:00, as `MM-DD` or `MM-DD 13:00`. */
function unusualDays(year: number): string {
  const days: string[] = [];
  for (let day = dayNumber(year, 1, 1); day < dayNumber(year + 1, 1, 1); day++) {
    const minute = usEquityCloseMinute(day);
    if (isWeekend(day) || minute === 960) continue;
    const date = new Date(day * dayMs).toISOString().slice(5, 10);
    days.push(
      minute === null ? date : `${date} ${Math.floor(minute / 60)}:${String(minute % 60).padStart(2, "0")}`,
    );
  }
  return days.join(", ");
}

test("2024 and 2025 are as the exchange published them", () => {
  // NYSE, "Holidays and Trading Hours", 2024 and 2025, and the closure of 2025-01-09.
  expect(unusualDays(2024)).toBe(
    "01-01, 01-15, 02-19, 03-29, 05-27, 06-19, 07-03 13:00, " +
      "07-04, 09-02, 11-28, 11-29 13:00, 12-24 13:00, 12-25",
  );
  expect(unusualDays(2025)).toBe(
    "01-01, 01-09, 01-20, 02-17, 04-18, 05-26, 06-19, " +
      "07-03 13:00, 07-04, 09-01, 11-27, 11-28 13:00, 12-24 13:00, 12-25",
  );
});

test("a New Year on Saturday is not moved to Friday, other Saturday holidays are", () => {
  // 2021: Independence Day on Sunday, Christmas on Saturday; 2022-01-01 is a Saturday.
  expect(unusualDays(2021)).toBe(
    "01-01, 01-18, 02-15, 04-02, 05-31, 07-05, 09-06, 11-25, 11-26 13:00, 12-24",
  );
  expect(unusualDays(2022)).toMatch(/^01-17/);
  expect(unusualDays(2023)).toMatch(/^01-02/);
});

test("rules begin in their year", () => {
  expect(unusualDays(1990)).toBe("01-01, 02-19, 04-13, 05-28, 07-04, 09-03, 11-22, 12-24 14:00, 12-25");
  expect(unusualDays(1997)).not.toContain("01-20");
  expect(unusualDays(1998)).toContain("01-19");
  expect(unusualDays(2021)).not.toContain("06-18");
  expect(unusualDays(2022)).toContain("06-20");
});

test("a Thursday Independence Day shortens the Friday until 2012 and the Wednesday since", () => {
  expect(unusualDays(2002)).toContain("07-05 13:00");
  expect(unusualDays(2002)).not.toContain("07-03 13:00");
  expect(unusualDays(2013)).toContain("07-03 13:00");
});

test("the exchange stayed shut on the days of mourning, attack and storm", () => {
  expect(unusualDays(2001)).toContain("09-11, 09-12, 09-13, 09-14");
  expect(unusualDays(2012)).toContain("10-29, 10-30");
  expect(unusualDays(1994)).toContain("04-27");
  expect(unusualDays(2004)).toContain("06-11");
  expect(unusualDays(2007)).toContain("01-02");
  expect(unusualDays(2018)).toContain("12-05");
});

test("every year from 1990 to 2035 has 248 to 254 sessions", () => {
  for (let year = 1990; year <= 2035; year++) {
    let sessions = 0;
    for (let day = dayNumber(year, 1, 1); day < dayNumber(year + 1, 1, 1); day++) {
      if (!isWeekend(day) && usEquityCloseMinute(day) !== null) sessions += 1;
    }
    // 2001 lost four days to the attacks; 1992 and 1996 were leap years with eight holidays.
    expect(sessions).toBeGreaterThanOrEqual(248);
    expect(sessions).toBeLessThanOrEqual(254);
  }
});

import { readFileSync } from "node:fs";
import { gunzipSync } from "node:zlib";
import { expect, test } from "vitest";
import { hasShared, sharedPath } from "../../../test/shared.ts";
import { dayMs, hourMs } from "../../base/time.ts";
import { barsOf, type Bars } from "../bars.ts";
import { timeframeMs, type Timeframe } from "../timeframe.ts";
import { calendarNamed } from "./calendar-named.ts";
import { detectCalendarName } from "./detect-calendar-name.ts";

function barsClosingAt(timeframe: Timeframe, closes: readonly number[]): Bars {
  const column = new Float64Array(closes.length).fill(1);
  return barsOf("X", timeframe, {
    closeTimeMs: Float64Array.from(closes),
    open: column,
    high: column,
    low: column,
    close: column,
    volume: column,
  });
}

/** Closes of the bars that a calendar expects in the first `days` days of July 2024, a Monday. */
function closesOf(name: string, timeframe: Timeframe, days: number): readonly number[] {
  const calendar = calendarNamed(name);
  const closes = new Set<number>();
  const start = Date.UTC(2024, 6, 1);
  for (let timeMs = start + 60_000; timeMs <= start + days * dayMs; timeMs += 60_000) {
    if (calendar.isOpen(timeMs - 1)) closes.add(calendar.bucketEnd(timeMs, timeframe));
  }
  return [...closes];
}

test("bars made on a calendar are recognised as its own", () => {
  for (const timeframe of ["15m", "1h", "4h", "1d"] as const) {
    expect(detectCalendarName(barsClosingAt(timeframe, closesOf("24/7", timeframe, 21)))).toBe("24/7");
    expect(detectCalendarName(barsClosingAt(timeframe, closesOf("us-equity", timeframe, 21)))).toBe(
      "us-equity",
    );
    if (timeframe === "1d") continue;
    expect(detectCalendarName(barsClosingAt(timeframe, closesOf("24/5", timeframe, 21)))).toBe("24/5");
  }
});

/** Days from Monday to Friday that end at midnight UTC, those excepted. */
function weekdays(from: string, to: string, without: readonly string[] = []): readonly number[] {
  const closes: number[] = [];
  for (let day = Date.parse(from); day <= Date.parse(to); day += dayMs) {
    const date = new Date(day).toISOString().slice(0, 10);
    if (![0, 6].includes(new Date(day).getUTCDay()) && !without.includes(date)) closes.push(day + dayMs);
  }
  return closes;
}

test("daily bars on weekdays are taken for shares, until they go on through their holidays", () => {
  expect(detectCalendarName(barsClosingAt("1d", weekdays("2024-07-08", "2024-08-30")))).toBe("us-equity");
  // Presidents' Day, Good Friday, Memorial Day, Juneteenth, Independence Day and Labor Day have bars.
  expect(detectCalendarName(barsClosingAt("1d", weekdays("2024-02-01", "2024-09-30")))).toBe("24/5");
});

test("bars on a few closed days are mistakes, and no reason to take a share for something else", () => {
  const holidays = ["2023-05-29", "2023-06-19", "2023-07-04"];
  const saturday = Date.UTC(2023, 5, 11);
  const closes = [...weekdays("2023-05-15", "2023-07-14", holidays.slice(1, 2)), saturday];
  expect(
    detectCalendarName(
      barsClosingAt(
        "1d",
        closes.toSorted((a, b) => a - b),
      ),
    ),
  ).toBe("us-equity");
});

test("a calendar that no bar fits cannot win", () => {
  // Twelve minutes after 23:00 UTC.
  const minutes = Array.from({ length: 12 }, (_, k) => Date.UTC(2024, 0, 2, 23, 2 + k));
  expect(detectCalendarName(barsClosingAt("1m", minutes))).toBe("24/7");
});

test("where hours tell nothing, a pair of currencies is on the currency week", () => {
  const hours = [19, 20, 21, 22].map((hour) => Date.UTC(2024, 2, 8, hour));
  expect(detectCalendarName(barsClosingAt("1h", hours))).toBe("us-equity");
  for (const symbol of ["EURUSD", "eur/usd", "XAUUSD_OANDA"])
    expect(detectCalendarName({ ...barsClosingAt("1h", hours), symbol })).toBe("24/5");
});

test.each([
  ["midnight in New York", 5 * hourMs],
  ["the opening bell", 14.5 * hourMs],
  ["midnight UTC", 0],
])("days of a share that begin at %s are days of a share", (_where, startMs) => {
  const closes = weekdays("2024-02-01", "2024-04-05", ["2024-02-19", "2024-03-29"]);
  const bars = barsClosingAt(
    "1d",
    closes.map((close) => close + startMs),
  );
  expect(detectCalendarName(bars)).toBe("us-equity");
});

test("hours of another exchange are not those of US shares", () => {
  // Xetra: 09:00 to 17:30 in Frankfurt, two weeks of July.
  const closes = weekdays("2024-07-01", "2024-07-12").flatMap((end) =>
    Array.from({ length: 17 }, (_, k) => end - dayMs + (7.5 + k / 2) * hourMs),
  );
  expect(detectCalendarName(barsClosingAt("30m", closes))).toBe("24/5");
});

test("around the clock on days without a weekend is 24/7, and so is nothing at all", () => {
  expect(detectCalendarName(barsClosingAt("1h", closesOf("24/7", "1h", 4)))).toBe("24/7");
  expect(detectCalendarName(barsClosingAt("1h", []))).toBe("24/7");
});

test("a few hours of a night on a weekday are no hours of US shares", () => {
  const closesBetween = (fromHour: number, toHour: number) =>
    Array.from({ length: toHour - fromHour + 1 }, (_, k) => Date.UTC(2024, 6, 2, fromHour + k));
  expect(detectCalendarName(barsClosingAt("1h", closesBetween(2, 9)))).toBe("24/7");
  expect(detectCalendarName(barsClosingAt("1h", closesBetween(3, 20)))).toBe("24/7");
  // From four in the morning to eight in the evening in New York, in summer.
  expect(detectCalendarName(barsClosingAt("1h", closesBetween(9, 24)))).toBe("us-equity");
});

test("weekly bars tell by the day they end on", () => {
  const monday = Date.UTC(2024, 6, 1);
  const weeks = [0, 1, 2, 3, 4, 5].map((week) => monday + week * 7 * dayMs);
  expect(detectCalendarName(barsClosingAt("1w", weeks))).toBe("24/7");
  expect(
    detectCalendarName(
      barsClosingAt(
        "1w",
        weeks.map((timeMs) => timeMs - 2 * dayMs - 4 * hourMs),
      ),
    ),
  ).toBe("us-equity");
});

test.skipIf(!hasShared)("real files are recognised", () => {
  for (const [file, timeframe, name] of [
    ["crypto/BTCUSDT-1h", "1h", "24/7"],
    ["crypto/ETHUSDT-5m", "5m", "24/7"],
    ["fx/EURUSD-1h", "1h", "24/5"],
    ["fx/XAUUSD_OANDA-1h", "1h", "24/5"],
    ["equity/SPY-1d", "1d", "us-equity"],
    ["equity/SPY_NT-1m", "1m", "us-equity"],
  ] as const) {
    const text = gunzipSync(readFileSync(sharedPath("data", `${file}.csv.gz`))).toString();
    const closes = text
      .trim()
      .split("\n")
      .slice(1, 20_001)
      .map((line) => Number.parseInt(line, 10) + timeframeMs(timeframe));
    expect(`${file} ${detectCalendarName(barsClosingAt(timeframe, closes))}`).toBe(`${file} ${name}`);
  }
});

test("hours of London, which reach into New York's, and halves of days are no hours of US shares", () => {
  const london = weekdays("2024-07-08", "2024-08-02").flatMap((endMs) =>
    Array.from({ length: 8 }, (_, k) => endMs - dayMs + (8 + k) * hourMs),
  );
  expect(detectCalendarName(barsClosingAt("1h", london))).toBe("24/5");
  const halves = Array.from({ length: 60 }, (_, k) => Date.UTC(2024, 6, 1) + (k + 1) * 12 * hourMs);
  expect(detectCalendarName(barsClosingAt("12h", halves))).toBe("24/7");
  expect(detectCalendarName(barsClosingAt("12h", closesOf("24/5", "12h", 28)))).toBe("24/5");
});

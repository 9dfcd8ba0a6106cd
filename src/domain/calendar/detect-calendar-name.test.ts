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

test("daily bars on weekdays only are taken for shares", () => {
  expect(detectCalendarName(barsClosingAt("1d", closesOf("24/5", "1d", 21)))).toBe("us-equity");
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

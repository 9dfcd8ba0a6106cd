import { expect, test } from "vitest";
import { dayMs, hourMs } from "../../base/time.ts";
import { calendarNamed } from "../../domain/calendar/calendar-named.ts";
import { historyStart } from "./load-history.ts";

const monday = Date.UTC(2024, 0, 8, 15);

test("a market that never closes is loaded from as many bars back as are needed", () => {
  expect(historyStart(calendarNamed("24/7"), "1h", monday, 70)).toBe(monday - 71 * hourMs);
});

test.each(["1m", "1h", "1d"] as const)(
  "nights, weekends and holidays are reckoned with at %s",
  (timeframe) => {
    const calendar = calendarNamed("us-equity");
    const fromMs = historyStart(calendar, timeframe, monday, 70);
    const count = calendar.missingBars(fromMs, monday, timeframe);
    expect(count).toBeGreaterThanOrEqual(70);
    // Not the years that a guess in whole bars of closed hours would take.
    expect(monday - fromMs).toBeLessThan(timeframe === "1d" ? 125 * dayMs : 25 * dayMs);
  },
);

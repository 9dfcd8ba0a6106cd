import { expect, test } from "vitest";
import { dayMs, hourMs } from "../../base/time.ts";
import { BarTable } from "../../domain/bar-table.ts";
import { calendarNamed } from "../../domain/calendar/calendar-named.ts";
import { firstRowOn, rowsBefore } from "./session-rows.ts";

/** Five daily bars of 4 to 8 March 2024 that close at an hour of UTC, counted from the day's beginning. */
function days(hour: number): BarTable {
  const bars = new BarTable("TEST", "1d");
  for (let day = 4; day <= 8; day++) bars.append(Date.UTC(2024, 2, day) + hour * hourMs, 1, 1, 1, 1, 1);
  return bars;
}

test("the end of a range is a day of the market: what follows it on the calendar is out, however UTC calls it", () => {
  const chicago = calendarNamed("24/7@America/Chicago");
  // Days that end at midnight in Chicago, which is six o'clock of the next day UTC.
  expect(rowsBefore("2024-03-07", days(30), () => chicago)).toBe(3);
  expect(rowsBefore("2024-03-07", days(24), () => calendarNamed("24/7"))).toBe(3);
  expect(rowsBefore("2024-03-07", days(21), () => calendarNamed("us-equity"))).toBe(3);
});

test("a range that ends where another begins shares no bar with it", () => {
  for (const [hour, name] of [
    [30, "24/7@America/Chicago"],
    [24, "24/7"],
    [21, "us-equity"],
    [22, "24/5"],
  ] as const) {
    const calendar = calendarNamed(name);
    for (let day = 3; day <= 10; day++) {
      const rows = rowsBefore(`2024-03-${String(day).padStart(2, "0")}`, days(hour), () => calendar);
      expect(rows).toBe(firstRowOn(Date.UTC(2024, 2, day) / dayMs, days(hour), calendar));
    }
  }
});

test("a moment ends a range at that moment, and without an end all rows are in", () => {
  const never = () => expect.unreachable();
  expect(rowsBefore("2024-03-06T21:00", days(21), never)).toBe(3);
  expect(rowsBefore("2024-03-06T20:59", days(21), never)).toBe(2);
  expect(rowsBefore(undefined, days(21), never)).toBe(5);
});

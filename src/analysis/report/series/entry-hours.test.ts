import { expect, test } from "vitest";
import { entryHours } from "./entry-hours.ts";

test("a trade counts on the weekday and in the hour of its entry, in UTC", () => {
  // 2024-01-01 was a Monday, 2024-01-07 a Sunday.
  const cells = entryHours([
    { entryTimeMs: Date.UTC(2024, 0, 1, 0, 0), pnl: 5 },
    { entryTimeMs: Date.UTC(2024, 0, 1, 0, 59), pnl: -7 },
    { entryTimeMs: Date.UTC(2024, 0, 7, 23, 30), pnl: 3 },
  ]);
  expect(cells[0]![0]).toEqual({ trades: 2, pnl: -2 });
  expect(cells[6]![23]).toEqual({ trades: 1, pnl: 3 });
  expect(cells.flat().reduce((sum, { trades }) => sum + trades, 0)).toBe(3);
});

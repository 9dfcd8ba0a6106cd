import { expect, test } from "vitest";
import { hourMs, minuteMs } from "../../base/time.ts";
import { calendarNamed } from "../../domain/calendar/calendar-named.ts";
import { ExpectedSymbols } from "./expected-symbols.ts";

// A Wednesday in New York: open from 14:30 to 21:00 UTC, hours from the open on.
const open = Date.UTC(2024, 0, 10, 14, 30);

function isExpected(closeTimeMs: number, lastKnownMs: number): boolean {
  const symbols = new ExpectedSymbols([calendarNamed("us-equity")], "1h");
  return symbols.mark(closeTimeMs, Float64Array.of(lastKnownMs), new Uint8Array(1)) === 1;
}

test("a bar is expected where the calendar ends one, and where the symbol's own bars would end one", () => {
  const yesterday = open - 20 * hourMs - 15 * minuteMs;
  expect(isExpected(open + hourMs, yesterday)).toBe(true);
  expect(isExpected(open + 90 * minuteMs, yesterday)).toBe(false);
  // A source whose hours are whole ones: a bar of it was left out, and the next is due.
  expect(isExpected(open + 90 * minuteMs, open + 90 * minuteMs - 3 * hourMs)).toBe(true);
});

test("while the market is closed only a symbol that has just had a bar is expected to go on", () => {
  expect(isExpected(open + 10 * hourMs, open + 9 * hourMs)).toBe(true);
  expect(isExpected(open + 10 * hourMs, open + 8 * hourMs)).toBe(false);
});

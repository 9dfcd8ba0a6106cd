import { expect, test } from "vitest";
import { dayMs, hourMs } from "../../base/time.ts";
import { barsOf } from "../../domain/bars.ts";
import { runConfigSchema } from "../config/run-config.ts";
import { firstDecisionMs } from "./first-decision.ts";

/** Daily bars that close at these times. */
function closingAt(closes: readonly number[], symbol = "TEST") {
  const closeTimeMs = Float64Array.from(closes);
  const price = closeTimeMs.map(() => 1);
  return barsOf(symbol, "1d", {
    closeTimeMs,
    open: price,
    high: price,
    low: price,
    close: price,
    volume: price,
  });
}

function onCalendar(calendar: string) {
  return runConfigSchema.parse({ instruments: { "*": { calendar } } });
}

const friday = Date.UTC(2021, 1, 26);

test("a day is a session of the market: the bar that ends with midnight belongs to the day before", () => {
  const bars = closingAt([friday, friday + dayMs, friday + 2 * dayMs]);
  expect(firstDecisionMs("2021-02-26", [bars], onCalendar("24/7"))).toBe(friday + dayMs);
});

test("a Friday's bar that closes on Saturday in UTC is Friday's, and not the first of Saturday", () => {
  // Midnight in New York is five o'clock in UTC.
  const bars = closingAt([0, 1, 4, 5].map((days) => friday + days * dayMs + 5 * hourMs));
  expect(firstDecisionMs("2021-02-26", [bars], onCalendar("us-equity"))).toBe(friday + dayMs + 5 * hourMs);
  expect(firstDecisionMs("2021-02-27", [bars], onCalendar("us-equity"))).toBe(
    friday + 4 * dayMs + 5 * hourMs,
  );
});

test("of several symbols the earliest counts, and a moment of a day is taken as it is", () => {
  const late = closingAt([friday + 9 * dayMs], "LATE");
  const early = closingAt([friday + dayMs, friday + 2 * dayMs], "EARLY");
  const config = onCalendar("24/7");
  expect(firstDecisionMs("20210226", [late, early], config)).toBe(friday + dayMs);
  expect(firstDecisionMs("2021-02-26T12:00", [late, early], config)).toBe(friday + 12 * hourMs);
  expect(firstDecisionMs("2022-01-01", [late, early], config)).toBe(Infinity);
});

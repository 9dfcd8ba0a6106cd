import { expect, test } from "vitest";
import { barsFrom, make, testTools } from "../../test/plugin-tools.ts";
import { ask } from "../../test/risk-harness.ts";
import { hourMs, minuteMs } from "../base/time.ts";
import { staleData } from "./stale-data.ts";

const monday = Date.UTC(2024, 0, 1, 12);

test("a few bars may be overdue, one more may not", () => {
  const rule = make(staleData, { barsMax: 2 });
  // The last bar closed at 12:00. At 15:00 the bars of 13:00 and 14:00 are overdue and that of 15:00 just due.
  expect(ask(rule, { lastBarTimeMs: monday, timeMs: monday }).kind).toBe("approve");
  expect(ask(rule, { lastBarTimeMs: monday, timeMs: monday + 3 * hourMs }).kind).toBe("approve");
  expect(ask(rule, { lastBarTimeMs: monday, timeMs: monday + 3 * hourMs + minuteMs })).toEqual({
    kind: "refuse",
    reason: "too many bars are overdue",
    limit: 2,
    value: 3,
  });
});

test("a weekend does not make a price old", () => {
  const rule = make(staleData, { barsMax: 1 }, testTools([barsFrom([])], "24/5"));
  // Currencies close on Friday at 17:00 in New York (22:00 UTC) and open on Sunday at the same time.
  const fridayClose = Date.UTC(2024, 0, 5, 22);
  const sundayOpen = Date.UTC(2024, 0, 7, 22);
  expect(ask(rule, { lastBarTimeMs: fridayClose, timeMs: sundayOpen + hourMs }).kind).toBe("approve");
  expect(ask(rule, { lastBarTimeMs: fridayClose, timeMs: sundayOpen + 4 * hourMs }).kind).toBe("refuse");
});

test("an age in milliseconds holds whatever the timeframe", () => {
  const rule = make(staleData, { maxAgeMs: 60_000 });
  expect(ask(rule, { lastBarTimeMs: monday, timeMs: monday + 60_000 }).kind).toBe("approve");
  expect(ask(rule, { lastBarTimeMs: monday, timeMs: monday + 60_001 })).toEqual({
    kind: "refuse",
    reason: "the last bar is too old",
    limit: 60_000,
    value: 60_001,
  });
});

test("a symbol that never had a bar is not traded", () => {
  expect(ask(make(staleData), { lastBarTimeMs: Number.NaN }).kind).toBe("refuse");
});

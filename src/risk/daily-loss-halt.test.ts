import { expect, test } from "vitest";
import { make } from "../../test/plugin-tools.ts";
import { alarmAt } from "../../test/risk-harness.ts";
import { dayMs, hourMs } from "../base/time.ts";
import { dailyLossHalt } from "./daily-loss-halt.ts";

test("the halt trips at the limit, holds through a recovery and ends with the day", () => {
  const rule = make(dailyLossHalt, { limit: 0.03 });
  expect(alarmAt(rule, hourMs, 10_000).kind).toBe("clear");
  expect(alarmAt(rule, 2 * hourMs, 9_701).kind).toBe("clear");
  expect(alarmAt(rule, 3 * hourMs, 9_700)).toEqual({
    kind: "pause",
    reason: "the session has lost too much",
    limit: 0.03,
    value: 0.03,
  });
  expect(alarmAt(rule, 4 * hourMs, 10_500).kind).toBe("pause");
  expect(alarmAt(rule, dayMs, 10_500).kind).toBe("pause");
  // The bar that closes at midnight was the day's last.
  expect(alarmAt(rule, dayMs + hourMs, 10_500).kind).toBe("clear");
});

test("a gap at the open belongs to the new day", () => {
  const rule = make(dailyLossHalt, { limit: 0.03 });
  alarmAt(rule, dayMs, 10_000);
  expect(alarmAt(rule, dayMs + hourMs, 9_600).kind).toBe("pause");
});

test("a gain of the day does not make its loss larger: the loss counts from the start", () => {
  const rule = make(dailyLossHalt, { limit: 0.03 });
  alarmAt(rule, hourMs, 10_000);
  alarmAt(rule, 2 * hourMs, 12_000);
  expect(alarmAt(rule, 3 * hourMs, 9_800).kind).toBe("clear");
});

test("it closes everything when told to, and when equity is no number", () => {
  const rule = make(dailyLossHalt, { action: "flatten" });
  alarmAt(rule, hourMs, 10_000);
  expect(alarmAt(rule, 2 * hourMs, 5_000).kind).toBe("flatten");
  const other = make(dailyLossHalt);
  alarmAt(other, hourMs, 10_000);
  expect(alarmAt(other, 2 * hourMs, Number.NaN).kind).toBe("pause");
});

test("with a limit of nothing a day that gains goes on, and one that is where it began does not", () => {
  const rule = make(dailyLossHalt, { limit: 0 });
  alarmAt(rule, hourMs, 10_000);
  expect(alarmAt(rule, dayMs + hourMs, 10_001).kind).toBe("clear");
  expect(alarmAt(rule, dayMs + 2 * hourMs, 10_000).kind).toBe("pause");
});

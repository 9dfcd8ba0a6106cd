import { expect, test } from "vitest";
import { dayMs } from "../base/time.ts";
import { checkSchedule, periodOf } from "./schedule.ts";

const dayOf = (year: number, month: number, day: number) => Date.UTC(year, month - 1, day) / dayMs;

test("a week begins on Monday, a month, a quarter and a year on their first day", () => {
  // 2024-01-01 was a Monday.
  const sunday = dayOf(2023, 12, 31);
  for (const schedule of ["daily", "weekly", "monthly", "quarterly", "yearly"] as const)
    expect(periodOf(schedule, sunday + 1)).toBe(periodOf(schedule, sunday) + 1);
  expect(periodOf("weekly", sunday + 7)).toBe(periodOf("weekly", sunday + 1));
  expect(periodOf("monthly", dayOf(2024, 2, 1))).toBe(periodOf("monthly", dayOf(2024, 1, 31)) + 1);
  expect(periodOf("quarterly", dayOf(2024, 3, 31))).toBe(periodOf("quarterly", dayOf(2024, 1, 1)));
  expect(periodOf("quarterly", dayOf(2024, 4, 1))).toBe(periodOf("quarterly", dayOf(2024, 1, 1)) + 1);
  expect(periodOf("yearly", dayOf(2024, 12, 31))).toBe(periodOf("yearly", dayOf(2024, 1, 1)));
});

test("before 1970 periods go on without a jump", () => {
  expect(periodOf("monthly", dayOf(1970, 1, 1)) - periodOf("monthly", dayOf(1969, 12, 31))).toBe(1);
  expect(periodOf("weekly", dayOf(1969, 12, 29)) - periodOf("weekly", dayOf(1969, 12, 28))).toBe(1);
});

test("a period begins with its first day and not before", () => {
  const day = (text: string): number => Date.parse(`${text}T00:00:00Z`) / 86_400_000;
  const isNew = (schedule: Parameters<typeof periodOf>[0], date: string): boolean =>
    periodOf(schedule, day(date)) === periodOf(schedule, day(date) - 1) + 1;
  // 1 January 2024 was a Monday.
  for (const schedule of ["daily", "weekly", "monthly", "quarterly", "yearly"] as const)
    expect(isNew(schedule, "2024-01-01")).toBe(true);
  const dates = ["2024-01-07", "2024-01-08", "2024-02-01", "2024-04-01"];
  expect(dates.map((date) => isNew("weekly", date))).toEqual([false, true, false, true]);
  expect(dates.map((date) => isNew("monthly", date))).toEqual([false, false, true, true]);
  expect(dates.map((date) => isNew("quarterly", date))).toEqual([false, false, false, true]);
  expect(dates.map((date) => isNew("yearly", date))).toEqual([false, false, false, false]);
});

test("a word that is no schedule is refused: nothing would ever be decided", () => {
  for (const known of ["bar", "weekly", "yearly"] as const)
    expect(() => checkSchedule("mine", known)).not.toThrow();
  // Node takes the types off and does not look at them.
  expect(() => checkSchedule("mine", "month")).toThrow(
    expect.objectContaining({
      parts: expect.objectContaining({
        code: "STRATEGY_BAD_SCHEDULE",
        fix: expect.stringContaining("monthly"),
      }),
    }),
  );
});

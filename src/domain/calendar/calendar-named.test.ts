import { expect, test } from "vitest";
import { KiwiError } from "../../base/errors.ts";
import { calendarNamed } from "./calendar-named.ts";

test("every calendar answers to its own name", () => {
  for (const name of ["24/7", "24/5", "us-equity", "24/7@Asia/Tokyo"]) {
    expect(calendarNamed(name).name).toBe(name);
  }
  expect(["24/7", "24/5", "us-equity"].map((name) => calendarNamed(name).periodsPerYear)).toEqual([
    365, 260, 252,
  ]);
});

test("an unknown name is refused and the nearest one offered", () => {
  try {
    calendarNamed("us-equities");
    expect.unreachable();
  } catch (error) {
    expect(error).toBeInstanceOf(KiwiError);
    const { code, fix } = (error as KiwiError).parts;
    expect([code, fix]).toEqual(["CALENDAR_UNKNOWN", 'did you mean "us-equity"?']);
  }
  expect(() => calendarNamed("toString")).toThrow(/CALENDAR_UNKNOWN/);
  expect(() => calendarNamed("24/7@Nowhere")).toThrow(/TIME_ZONE_UNKNOWN/);
});

import { didYouMean } from "../../base/nearest.ts";
import { KiwiError } from "../../base/errors.ts";
import { utcCalendar } from "./always-open.ts";
import type { Calendar } from "./calendar.ts";
import { forexWeekCalendar } from "./forex-week.ts";
import { usEquityCalendar } from "./us-equity.ts";

const builders: Readonly<Record<string, () => Calendar>> = {
  "24/7": () => utcCalendar("UTC"),
  "24/5": () => forexWeekCalendar(),
  "us-equity": usEquityCalendar,
};

const calendars = new Map<string, Calendar>();

/**
 * The calendar of that name: `24/7`, `24/5`, `us-equity`, `24/7@<zone>` or `24/5@<zone>`.
 * Throws `CALENDAR_UNKNOWN` with the nearest name, and `TIME_ZONE_UNKNOWN`.
 */
export function calendarNamed(name: string): Calendar {
  const calendar = calendars.get(name) ?? build(name);
  calendars.set(name, calendar);
  return calendar;
}

function build(name: string): Calendar {
  if (name.startsWith("24/7@")) return utcCalendar(name.slice("24/7@".length));
  if (name.startsWith("24/5@")) return forexWeekCalendar(name.slice("24/5@".length));
  const builder = Object.hasOwn(builders, name) ? builders[name] : undefined;
  if (builder !== undefined) return builder();
  const known = Object.keys(builders);
  throw new KiwiError({
    code: "CALENDAR_UNKNOWN",
    exit: "config",
    message: `there is no trading calendar "${name}"`,
    why: `the calendars are ${known.join(", ")}, and 24/7@<time zone> and 24/5@<time zone> for days that roll elsewhere`,
    fix: didYouMean(name, known, (near) => `"${near}"`),
    topic: "calendars",
  });
}

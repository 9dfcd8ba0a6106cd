import { KiwiError } from "../../base/errors.ts";
import { dayMs, hourMs, minuteMs } from "../../base/time.ts";
import { zoneClock } from "../../domain/calendar/zone-clock.ts";

/** When something is done again and again. Times of day are those of the clock on a wall in `zone`. */
export type Schedule =
  | { readonly kind: "every"; readonly spanMs: number }
  | {
      readonly kind: "days";
      /** 0 is Sunday; empty: every day. */
      readonly weekdays: readonly number[];
      /** Day of the month; null: every day. */
      readonly monthDay: number | null;
      readonly minuteOfDay: number;
      readonly zone: string;
    };

const weekdays = ["sun", "mon", "tue", "wed", "thu", "fri", "sat"];
const units = { m: minuteMs, h: hourMs, d: dayMs } as const;
const pattern =
  /^(?:every (\d+)([mhd])|(daily|weekdays|weekly (\w{3})|monthly (\d{1,2})) (\d{1,2}):(\d{2}) (\S+))$/;

/**
 * Reads `every 15m`, `daily 18:30 America/New_York`, `weekdays 07:00 Europe/Zurich`, `weekly mon 06:00 UTC`,
 * `monthly 1 06:00 UTC` (days 1 to 28). Throws `SCHEDULE_INVALID` and `TIME_ZONE_UNKNOWN`.
 */
export function readSchedule(text: string): Schedule {
  const match = pattern.exec(text.trim());
  if (match === null) throw invalid(text);
  const [, count, unit, rhythm, weekday, monthDay, hour, minute, zone] = match;
  if (count !== undefined) {
    const spanMs = Number(count) * units[unit as keyof typeof units];
    if (spanMs < minuteMs) throw invalid(text);
    return { kind: "every", spanMs };
  }
  const minuteOfDay = Number(hour) * 60 + Number(minute);
  const day = monthDay === undefined ? null : Number(monthDay);
  const isDay = day === null || (day >= 1 && day <= 28);
  const named = weekday === undefined ? -1 : weekdays.indexOf(weekday.toLowerCase());
  const isWeekday = weekday === undefined || named >= 0;
  if (!isDay || !isWeekday || Number(minute) > 59 || minuteOfDay >= 24 * 60) throw invalid(text);
  zoneClock(zone!);
  return {
    kind: "days",
    weekdays: named >= 0 ? [named] : rhythm === "weekdays" ? [1, 2, 3, 4, 5] : [],
    monthDay: day,
    minuteOfDay,
    zone: zone!,
  };
}

/**
 * The first time after `afterMs`. A time of day that the clocks skip in spring comes when they have skipped it; one that
 * they show twice in autumn comes once, the first time.
 */
export function nextRunMs(schedule: Schedule, afterMs: number): number {
  if (schedule.kind === "every") return (Math.floor(afterMs / schedule.spanMs) + 1) * schedule.spanMs;
  const clock = zoneClock(schedule.zone);
  const today = Math.floor((afterMs + clock.offsetAt(afterMs)) / dayMs);
  for (let day = today - 1; ; day++) {
    if (!isOn(schedule, day)) continue;
    const timeMs = clock.instantOf(day * dayMs + schedule.minuteOfDay * minuteMs);
    if (timeMs > afterMs) return timeMs;
  }
}

function isOn({ weekdays: days, monthDay }: Extract<Schedule, { kind: "days" }>, day: number): boolean {
  const date = new Date(day * dayMs);
  const isWeekday = days.length === 0 || days.includes(date.getUTCDay());
  return isWeekday && (monthDay === null || date.getUTCDate() === monthDay);
}

function invalid(text: string): KiwiError {
  return new KiwiError({
    code: "SCHEDULE_INVALID",
    exit: "config",
    message: `"${text}" is not a schedule`,
    why: "it says how often, at what time of day, and in which time zone",
    fix: "write for example: every 15m, daily 18:30 America/New_York, weekdays 07:00 UTC, weekly mon 06:00 UTC, monthly 1 06:00 UTC",
    topic: "schedules",
  });
}

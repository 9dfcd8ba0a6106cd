import { didYouMean } from "../base/nearest.ts";
import { KiwiError } from "../base/errors.ts";
import { dayMs } from "../base/time.ts";
import type { Schedule } from "../ports/strategy.ts";

/** 1970-01-01 was a Thursday: three days later the first week of whole ones begins, on a Monday. */
const mondayOffset = 3;

const schedules: readonly Schedule[] = ["bar", "daily", "weekly", "monthly", "quarterly", "yearly"];

/** Throws `STRATEGY_BAD_SCHEDULE` for a word that is none: no period of it would ever begin, and nothing be decided. */
export function checkSchedule(strategyName: string, schedule: unknown): void {
  if (schedules.includes(schedule as Schedule)) return;
  throw new KiwiError({
    code: "STRATEGY_BAD_SCHEDULE",
    exit: "data",
    message: `strategy ${strategyName} has the schedule ${JSON.stringify(schedule)}, which is none`,
    why: "it would never decide, and the run would only say that nothing was traded",
    fix: `${didYouMean(String(schedule), schedules)}   (${schedules.join(", ")})`,
    topic: "strategy-errors",
  });
}

/**
 * Number of the day, week, month, quarter or year that a session lies in, growing with time; `sessionDay` counts days
 * from 1970-01-01. A portfolio is decided on at the first close of a number that is not the one before: what day is
 * the last of a month is known only when it is over.
 */
export function periodOf(schedule: Exclude<Schedule, "bar">, sessionDay: number): number {
  if (schedule === "daily") return sessionDay;
  if (schedule === "weekly") return Math.floor((sessionDay + mondayOffset) / 7);
  const date = new Date(sessionDay * dayMs);
  const months = date.getUTCFullYear() * 12 + date.getUTCMonth();
  const length = { monthly: 1, quarterly: 3, yearly: 12 }[schedule];
  return Math.floor(months / length);
}

import { KiwiError } from "../../../base/errors.ts";
import { hourMs, minuteMs } from "../../../base/time.ts";
import { zoneClock } from "../../../domain/calendar/zone-clock.ts";

/** The clock that a broker's server shows. A wall time is written as if it were UTC, in milliseconds. */
export type ServerTime = {
  readonly name: string;
  wallOf(utcMs: number): number;
  /** Of an hour that comes twice, the first; of one that is skipped, its end. */
  toUtc(wallMs: number): number;
};

/**
 * Reads `UTC`, `UTC+2`, `Europe/Athens`, or a zone and a shift: `America/New_York+7`, the clock of most currency
 * brokers, whose day begins at 17:00 in New York. Throws `SERVER_TIME_INVALID` and `TIME_ZONE_UNKNOWN`.
 */
export function serverTime(text: string): ServerTime {
  // Etc/GMT+2 means two hours west of Greenwich: whoever writes it may mean either.
  const match = /^(?!Etc\/)([A-Za-z_]+(?:\/[A-Za-z_-]*[A-Za-z_])*)(?:([+-])(\d{1,2})(?::([0-5]\d))?)?$/.exec(
    text,
  );
  if (match === null || Number(match[3] ?? 0) > 14) throw invalid(text);
  const [, zone = "", sign = "+", hours = "0", minutes = "0"] = match;
  const shiftMs = (sign === "-" ? -1 : 1) * (Number(hours) * hourMs + Number(minutes) * minuteMs);
  const clock = zoneClock(zone);
  return {
    name: text,
    wallOf: (utcMs) => utcMs + clock.offsetAt(utcMs) + shiftMs,
    toUtc: (wallMs) => clock.instantOf(wallMs - shiftMs),
  };
}

function invalid(text: string): KiwiError {
  return new KiwiError({
    code: "SERVER_TIME_INVALID",
    exit: "config",
    message: `"${text}" does not say what time the broker's server shows`,
    why: "MetaTrader stamps bars with its server's wall clock, and the bars do not say which that is",
    fix: 'use for example "America/New_York+7" (most currency brokers), "Europe/Athens", "UTC+2" or "UTC"',
    topic: "metatrader",
  });
}

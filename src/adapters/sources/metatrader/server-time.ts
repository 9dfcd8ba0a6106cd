import { KiwiError } from "../../../base/errors.ts";
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
  if (!/^(?!Etc\/)[A-Za-z_/-]+([+-]([0-9]|1[0-4])(:[0-5]\d)?)?$/.test(text)) throw invalid(text);
  const clock = zoneClock(text);
  return {
    name: text,
    wallOf: (utcMs) => utcMs + clock.offsetAt(utcMs),
    toUtc: (wallMs) => clock.instantOf(wallMs),
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

import { dayMs } from "../../base/time.ts";
import { zoneClock } from "../../domain/calendar/zone-clock.ts";

/** The zone in which a gateway writes its times. */
export const zoneName = "US/Eastern";
const zone = zoneClock(zoneName);

/** `20240305 10:30:00 US/Eastern`. */
export function timeText(timeMs: number): string {
  const text = localText(timeMs);
  return `${text.slice(0, 8)} ${text.slice(8)} ${zoneName}`;
}

/** `20240305`, as it was in New York. */
export function dateText(timeMs: number): string {
  return localText(timeMs).slice(0, 8);
}

/** `20240305:0930`, as sessions are written. */
export function sessionText(timeMs: number): string {
  const text = localText(timeMs);
  return `${text.slice(0, 8)}:${text.slice(8, 10)}${text.slice(11, 13)}`;
}

/** `2024030510:30:00`. */
function localText(timeMs: number): string {
  return new Date(timeMs + zone.offsetAt(timeMs))
    .toISOString()
    .slice(0, 19)
    .replaceAll("-", "")
    .replace("T", "");
}

/** The last midnight in New York. */
export function midnightBefore(timeMs: number): number {
  const localMs = timeMs + zone.offsetAt(timeMs);
  return zone.instantOf(Math.floor(localMs / dayMs) * dayMs);
}

/**
 * Reads a time that a client wrote: `20240305 10:30:00 US/Eastern`, `20240305-15:30:00` (UTC), `20240305 10:30:00` (New
 * York); null for another form.
 */
export function readTime(text: string): number | null {
  const match = /^(\d{4})(\d\d)(\d\d)(-| {1,2})(\d\d):(\d\d):(\d\d)(?: ([\w/+-]+))?$/.exec(text.trim());
  if (match === null) return null;
  const [, year, month, day, gap, hour, minute, second, name] = match;
  const localMs = Date.parse(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`);
  if (Number.isNaN(localMs)) return null;
  if (gap === "-" || name === "UTC") return localMs;
  return zone.instantOf(localMs);
}

import { secondMs } from "../../../base/time.ts";
import { zoneClock } from "../../../domain/calendar/zone-clock.ts";

/** The executions of a gateway are told to the second. */
export const fillTimeStepMs = secondMs;

/**
 * UTC milliseconds of `20240305 10:30:00 US/Eastern`, `20240305-15:30:00` (UTC) or, without a zone, the time of the gateway's
 * own clock. Throws for what is no time, and for a zone that nobody knows.
 */
export function readIbTime(text: string, gatewayZone: string): number {
  const match = /^(\d{4})(\d\d)(\d\d)(-| {1,2})(\d\d:\d\d:\d\d)(?: (.+))?$/.exec(text.trim());
  const [, year, month, day, gap, time, zone = gatewayZone] = match ?? [];
  const localMs = Date.parse(`${year}-${month}-${day}T${time}Z`);
  if (Number.isNaN(localMs)) throw new Error(`"${text}" is no time`);
  return gap === "-" ? localMs : zoneClock(zone).instantOf(localMs);
}

/** Whether `20240305:0930-20240305:1600;20240309:CLOSED` is open at an instant. Throws as `readIbTime` does. */
export function isWithinHours(hours: string, zone: string, timeMs: number): boolean {
  return hours
    .split(";")
    .map((each) => /^(\d{8}):(\d\d)(\d\d)-(\d{8}):(\d\d)(\d\d)$/.exec(each.trim()))
    .filter((match) => match !== null)
    .some(([, fromDay, fromHour, fromMinute, toDay, toHour, toMinute]) => {
      const fromMs = readIbTime(`${fromDay} ${fromHour}:${fromMinute}:00`, zone);
      const toMs = readIbTime(`${toDay} ${toHour}:${toMinute}:00`, zone);
      return timeMs >= fromMs && timeMs < toMs;
    });
}

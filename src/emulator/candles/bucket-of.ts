import { dayMs, hourMs, minuteMs, secondMs } from "../../base/time.ts";
import { ZoneClock } from "../../domain/calendar/zone-clock.ts";
import { parseTimeframe, type Timeframe } from "../../domain/timeframe.ts";

const intradayMs: Readonly<Record<string, number>> = { s: secondMs, m: minuteMs, h: hourMs };
/** 1970-01-01 was a Thursday; venues begin their weeks on Monday. */
const mondayMs = 4 * dayMs;

const clocks = new Map<string, ZoneClock>();

/** Begin and end of the candle that holds the instant just before `closeMs`: venues cut by the clock of a zone. */
export function bucketOf(
  closeMs: number,
  timeframe: Timeframe,
  timeZone: string,
): { readonly openMs: number; readonly endMs: number } {
  const { count, unit } = parseTimeframe(timeframe);
  const instantMs = closeMs - 1;
  const shortMs = intradayMs[unit];
  if (shortMs !== undefined) {
    const openMs = floorTo(instantMs, count * shortMs);
    return { openMs, endMs: openMs + count * shortMs };
  }
  const clock = clocks.get(timeZone) ?? new ZoneClock(timeZone);
  clocks.set(timeZone, clock);
  const localMs = instantMs + clock.offsetAt(instantMs);
  const [from, to] = unit === "M" ? months(localMs, count) : days(localMs, count, unit === "w");
  return { openMs: clock.instantOf(from), endMs: clock.instantOf(to) };
}

function days(localMs: number, count: number, isWeek: boolean): readonly [number, number] {
  const spanMs = count * dayMs * (isWeek ? 7 : 1);
  const shiftMs = isWeek ? mondayMs : 0;
  const from = floorTo(localMs - shiftMs, spanMs) + shiftMs;
  return [from, from + spanMs];
}

function months(localMs: number, count: number): readonly [number, number] {
  const date = new Date(localMs);
  const month = floorTo(date.getUTCFullYear() * 12 + date.getUTCMonth(), count);
  return [monthMs(month), monthMs(month + count)];
}

function monthMs(month: number): number {
  return Date.UTC(Math.floor(month / 12), month % 12, 1);
}

function floorTo(value: number, step: number): number {
  return Math.floor(value / step) * step;
}

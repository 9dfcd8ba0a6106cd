import { KiwiError } from "../../base/errors.ts";
import { dayMs, hourMs, minuteMs } from "../../base/time.ts";

/** A stretch of UTC time in which a zone keeps one offset. */
type OffsetSpan = { readonly fromMs: number; readonly untilMs: number; readonly offsetMs: number };

/** `Intl` costs microseconds a call, so offsets are found once per window and kept. */
const windowMs = 366 * dayMs;
/** No zone changes its offset twice within a week (Morocco's pause for Ramadan lasts four). */
const probeMs = 7 * dayMs;

/**
 * A zone and hours to add: `UTC+2`, `GMT-3:30`, `America/New_York+7`. The names that begin with Etc/ hold a sign
 * already, and theirs counts the other way.
 */
const shifted = /^(?!Etc\/)([A-Za-z_]+(?:\/[A-Za-z_-]*[A-Za-z_])*)([+-])(\d{1,2})(?::?([0-5]\d))?$/;
const shiftHoursMax = 14;

/**
 * The wall clock of one time zone; a look-up near the previous one costs two comparisons. `America/New_York+7` is the
 * clock of New York put seven hours forward, as most currency brokers show it: their day begins at 17:00 in New York.
 */
export class ZoneClock {
  readonly timeZone: string;
  private readonly format: Intl.DateTimeFormat;
  private readonly shiftMs: number;
  private readonly windows = new Map<number, readonly OffsetSpan[]>();
  private span: OffsetSpan;

  constructor(timeZone: string) {
    this.timeZone = timeZone;
    const { zone, shiftMs } = splitShift(timeZone);
    this.format = wallClockFormat(zone, timeZone);
    this.shiftMs = shiftMs;
    this.span =
      zone === "UTC"
        ? { fromMs: -Infinity, untilMs: Infinity, offsetMs: shiftMs }
        : { fromMs: 0, untilMs: 0, offsetMs: 0 };
  }

  /** Local time minus UTC, milliseconds. */
  offsetAt(utcMs: number): number {
    return this.spanAt(utcMs).offsetMs;
  }

  /** The first instant at which the local clock shows `localMs` or later: where a skipped hour would be, its end. */
  instantOf(localMs: number): number {
    // Offsets lie within 15 hours of UTC: a day before what the zone's own clock shows is before the wanted instant.
    let span = this.spanAt(localMs - this.shiftMs - dayMs);
    while (localMs - span.offsetMs >= span.untilMs) span = this.spanAt(span.untilMs);
    return Math.max(span.fromMs, localMs - span.offsetMs);
  }

  private spanAt(utcMs: number): OffsetSpan {
    if (utcMs >= this.span.fromMs && utcMs < this.span.untilMs) return this.span;
    const index = Math.floor(utcMs / windowMs);
    let spans = this.windows.get(index);
    if (spans === undefined) {
      spans = this.spansOf(index * windowMs);
      this.windows.set(index, spans);
    }
    this.span = spans.find((span) => utcMs < span.untilMs) ?? this.span;
    return this.span;
  }

  private spansOf(windowStartMs: number): readonly OffsetSpan[] {
    const spans: OffsetSpan[] = [];
    const windowEndMs = windowStartMs + windowMs;
    let fromMs = windowStartMs;
    let offsetMs = this.measure(fromMs);
    for (let probe = fromMs; probe < windowEndMs; probe += probeMs) {
      const untilMs = Math.min(probe + probeMs, windowEndMs);
      const next = this.measure(untilMs - 1);
      if (next === offsetMs) continue;
      const changeMs = this.changeBetween(probe, untilMs - 1, offsetMs);
      spans.push({ fromMs, untilMs: changeMs, offsetMs });
      fromMs = changeMs;
      offsetMs = next;
    }
    spans.push({ fromMs, untilMs: windowEndMs, offsetMs });
    return spans;
  }

  /** The first millisecond in (lowMs, highMs] at which the offset is no longer `offsetMs`. */
  private changeBetween(lowMs: number, highMs: number, offsetMs: number): number {
    let low = lowMs - 1;
    let high = highMs;
    while (high - low > 1) {
      const middle = Math.floor((low + high) / 2);
      if (this.measure(middle) === offsetMs) low = middle;
      else high = middle;
    }
    return high;
  }

  private measure(utcMs: number): number {
    const part: Record<string, number> = {};
    for (const { type, value } of this.format.formatToParts(utcMs)) part[type] = Number(value);
    const local = Date.UTC(part.year!, part.month! - 1, part.day!, part.hour!, part.minute!, part.second!);
    return local - Math.floor(utcMs / 1000) * 1000 + this.shiftMs;
  }
}

/** The zone itself, and what is added to its clock. */
function splitShift(timeZone: string): { readonly zone: string; readonly shiftMs: number } {
  const match = shifted.exec(timeZone);
  if (match === null || Number(match[3]) > shiftHoursMax) return { zone: timeZone, shiftMs: 0 };
  const [, zone = "", sign, hours = "0", minutes = "0"] = match;
  const sizeMs = Number(hours) * hourMs + Number(minutes) * minuteMs;
  return { zone, shiftMs: sign === "-" ? -sizeMs : sizeMs };
}

function wallClockFormat(zone: string, told: string): Intl.DateTimeFormat {
  try {
    return new Intl.DateTimeFormat("en-US-u-ca-iso8601-nu-latn", {
      timeZone: zone,
      hourCycle: "h23",
      year: "numeric",
      month: "numeric",
      day: "numeric",
      hour: "numeric",
      minute: "numeric",
      second: "numeric",
    });
  } catch (cause) {
    throw new KiwiError(
      {
        code: "TIME_ZONE_UNKNOWN",
        exit: "config",
        message: `"${told}" is not a time zone`,
        why: "a time zone is a name of the IANA database, written as Area/City, and may have hours added to it",
        fix: "use for example UTC, Europe/Berlin, America/New_York, UTC+2 or America/New_York+7 (most currency brokers)",
        topic: "calendars",
      },
      { cause },
    );
  }
}

const clocks = new Map<string, ZoneClock>();

/** The one clock of a zone, so that its table is computed once. Throws `TIME_ZONE_UNKNOWN`. */
export function zoneClock(timeZone: string): ZoneClock {
  let clock = clocks.get(timeZone);
  if (clock === undefined) {
    clock = new ZoneClock(timeZone);
    clocks.set(timeZone, clock);
  }
  return clock;
}

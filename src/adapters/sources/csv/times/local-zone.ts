import { dayMs } from "../../../../base/time.ts";
import { zoneClock, type ZoneClock } from "../../../../domain/calendar/zone-clock.ts";

/** Turns wall-clock stamps of one zone, met in file order, into UTC, and counts the doubtful ones. */
export class LocalZone {
  readonly timeZone: string;
  /** Stamps in an hour that the clocks skip in spring: moved forward by the length of the gap. */
  skipped = 0;
  /** Stamps in an hour that comes twice in autumn: the first time it is the earlier one, then the later. */
  repeated = 0;
  private readonly clock: ZoneClock;
  private previousMs = -Infinity;

  constructor(timeZone: string) {
    this.timeZone = timeZone;
    this.clock = zoneClock(timeZone);
  }

  /** UTC of a wall clock reading. */
  toUtc(wallMs: number): number {
    const before = this.clock.offsetAt(wallMs - dayMs);
    const after = this.clock.offsetAt(wallMs + dayMs);
    const utcMs = before === after ? wallMs - before : this.nearChange(wallMs, before, after);
    this.previousMs = utcMs;
    return utcMs;
  }

  /** What the wall clock shows at a UTC time. */
  wallOf(utcMs: number): number {
    return utcMs + this.clock.offsetAt(utcMs);
  }

  /** UTC of the wall clock reading `days` and `months` after the one at `utcMs`. */
  add(utcMs: number, days: number, months: number): number {
    return this.clock.instantOf(addToDate(this.wallOf(utcMs), days, months));
  }

  private nearChange(wallMs: number, before: number, after: number): number {
    const earlier = wallMs - before;
    const later = wallMs - after;
    const isEarlier = this.clock.offsetAt(earlier) === before;
    const isLater = this.clock.offsetAt(later) === after;
    if (isEarlier && isLater) {
      this.repeated += 1;
      return earlier <= this.previousMs ? later : earlier;
    }
    if (!isEarlier && !isLater) this.skipped += 1;
    return isLater ? later : earlier;
  }
}

/** A date moved by whole days and calendar months; the 31st becomes the last day of a shorter month. */
export function addToDate(timeMs: number, days: number, months: number): number {
  if (months === 0) return timeMs + days * dayMs;
  const date = new Date(timeMs);
  const day = date.getUTCDate();
  date.setUTCDate(1);
  date.setUTCMonth(date.getUTCMonth() + months);
  const daysInMonth = new Date(Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + 1, 0)).getUTCDate();
  date.setUTCDate(Math.min(day, daysInMonth));
  return date.getTime() + days * dayMs;
}

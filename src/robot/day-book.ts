import { z } from "zod";
import type { Calendar } from "../domain/calendar/calendar.ts";
import { replaceFile, textOf } from "./whole-file.ts";

const page = z.object({
  session: z.number(),
  startEquity: z.number(),
  lastEquity: z.number(),
  peakEquity: z.number(),
  fills: z.number(),
});

/** What the day has brought so far. */
export type Day = z.output<typeof page>;

/**
 * The counters of the market's day: what it began with, what was traded, and the highest equity ever. They are on the
 * disk, so that a restart resets none of them; a new day does, by the market's calendar and not at midnight UTC.
 */
export class DayBook {
  private readonly path: string;
  private readonly calendar: Calendar;
  private present: Day | null;
  private written = "";

  constructor(path: string, calendar: Calendar) {
    this.path = path;
    this.calendar = calendar;
    this.present = readPage(path);
  }

  /** The day as it was last seen; null before anything was. */
  get day(): Day | null {
    return this.present;
  }

  /** Notes equity, and how many fills came since the last time. */
  note(timeMs: number, equity: number, fills: number): Day {
    const session = this.calendar.sessionOf(timeMs);
    const before = this.present;
    const isSameDay = before !== null && before.session >= session;
    this.present = {
      session: isSameDay ? before.session : session,
      // What happens before the first bar of a day belongs to it: the day counts from the last equity of the one before.
      startEquity: isSameDay ? before.startEquity : (before?.lastEquity ?? equity),
      lastEquity: equity,
      peakEquity: Math.max(before?.peakEquity ?? equity, equity),
      fills: (isSameDay ? before.fills : 0) + fills,
    };
    const text = JSON.stringify(this.present);
    if (text !== this.written) this.write(text);
    return this.present;
  }

  /** On a disk that is full the day counts in memory all the same, and is written as soon as there is room. */
  private write(text: string): void {
    try {
      replaceFile(this.path, text);
      this.written = text;
    } catch {
      // The guard that asks is what must go on; that the disk fails is told by the journal and the heartbeat.
    }
  }
}

/** A page that cannot be read is a new one: it has no limit that could be passed by mistake, and none that is forgotten for long. */
function readPage(path: string): Day | null {
  try {
    const text = textOf(path);
    return text === null ? null : page.parse(JSON.parse(text));
  } catch {
    return null;
  }
}

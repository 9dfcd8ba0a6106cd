import { z } from "zod";
import type { Calendar } from "../domain/calendar/calendar.ts";
import { movedBetween, venueMoney, type VenueMoney } from "./kill/moved-money.ts";
import { replaceFile, textOf } from "./whole-file.ts";

const page = z.object({
  session: z.number(),
  startEquity: z.number(),
  lastEquity: z.number(),
  peakEquity: z.number(),
  fills: z.number(),
  /** What came and went without a trade since the session began, and the account as it was looked at last. */
  moved: z.number().default(0),
  money: venueMoney.nullable().default(null),
});

/** What the day has brought so far. */
export type Day = z.output<typeof page>;

/**
 * The counters of the market's day: what it began with, what was traded, and the highest equity ever. They are on the
 * disk, so that a restart resets none of them; a new day does, by the market's calendar and not at midnight UTC. Money
 * that comes or goes without a trade is no part of what was made.
 */
export class DayBook {
  private readonly path: string;
  private readonly calendar: Calendar;
  /** Money that came and went without a trade since the session began: our books do not know it. */
  moved: number;
  private money: VenueMoney | null;
  private present: Day | null;
  /** What the session before this one has noted on the account; null where this one has a page of its own. */
  private readonly earlier: Day | null;
  private written = "";

  /** `beforePath`: the counters of the session that this one follows on its account. */
  constructor(path: string, calendar: Calendar, beforePath?: string) {
    this.path = path;
    this.calendar = calendar;
    this.present = readPage(path);
    this.earlier = this.present === null && beforePath !== undefined ? readPage(beforePath) : null;
    this.moved = this.present?.moved ?? 0;
    this.money = this.present?.money ?? null;
  }

  /** The day as it was last seen; null before anything was. */
  get day(): Day | null {
    return this.present;
  }

  /** Notes what the venue told of the account. Returns what came or went without a trade since the last time. */
  noteMoney(money: VenueMoney, lastFillMs: number): number {
    const { present } = this;
    const moved = this.money === null ? 0 : movedBetween(this.money, money, lastFillMs);
    this.money = money;
    this.moved += moved;
    // What the day and the highest equity are measured from moves along.
    if (present !== null && moved !== 0)
      this.present = {
        ...present,
        startEquity: present.startEquity + moved,
        lastEquity: present.lastEquity + moved,
        peakEquity: present.peakEquity + moved,
      };
    return moved;
  }

  /**
   * Notes equity, and how many fills came since the last time. A new day begins by a time that somebody else has
   * confirmed, `certainMs` (NaN before): a clock that jumps over midnight must not lift the limits of the day.
   */
  note(timeMs: number, certainMs: number, equity: number, fills: number): Day {
    const before = this.present;
    const dayMs = Number.isNaN(certainMs) ? timeMs : Math.min(timeMs, certainMs);
    const session = this.calendar.sessionOf(dayMs);
    const isSameDay = before !== null && (Number.isNaN(certainMs) || before.session >= session);
    // What the account has made and traded today under other settings counts, and what happened to it between the two does not.
    const earlier = before === null && this.earlier?.session === session ? this.earlier : null;
    const made = earlier === null ? 0 : earlier.lastEquity - earlier.startEquity;
    this.present = {
      session: isSameDay ? before.session : session,
      // What happens before the first bar of a day belongs to it: the day counts from the last equity of the one before.
      startEquity: isSameDay ? before.startEquity : (before?.lastEquity ?? equity - made),
      lastEquity: equity,
      peakEquity: Math.max(before?.peakEquity ?? equity, equity),
      fills: (isSameDay ? before.fills : (earlier?.fills ?? 0)) + fills,
      moved: this.moved,
      money: this.money,
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

import { dayMs } from "../base/time.ts";
import type { Bars } from "../domain/bars.ts";
import type { Calendar } from "../domain/calendar/calendar.ts";
import type { AnnouncedEnd } from "../domain/membership.ts";
import type { InstrumentIndex } from "../domain/instrument.ts";
import type { PortfolioView } from "../domain/portfolio.ts";
import type { MarketSlice } from "../domain/slice.ts";
import { timeframeMs } from "../domain/timeframe.ts";

/** What is known of an instrument at a moment: not yet listed, traded, or taken for delisted. */
type Status = "unlisted" | "listed" | "gone";

/** A holding whose instrument stopped trading: since when, and when it was noticed. */
export type Delisting = {
  readonly instrument: InstrumentIndex;
  readonly lastBarMs: number;
  readonly noticedMs: number;
  readonly lastPrice: number;
  /** Whether its end had been announced, or was seen from the bars that did not come. */
  readonly isAnnounced: boolean;
};

/**
 * Which instruments trade. One that has missed `goneAfterSessions` sessions of its calendar is taken for delisted: that
 * is seen from the bars that did not come, at the time they did not come, and never from where a file ends. Where its end had been
 * announced by then, it is gone when its last session is over. What trades again is listed again.
 */
export class Listings {
  /** Holdings that were closed, or are being closed, because their instrument is gone. */
  readonly delistings: Delisting[] = [];
  private readonly bars: readonly Bars[];
  private readonly calendars: readonly Calendar[];
  private readonly goneAfterSessions: number;
  /** By instrument; empty where nothing was announced of any. */
  private readonly announced: readonly (readonly AnnouncedEnd[])[];
  private readonly status: Status[];
  /** Close of the last bar of each instrument. */
  private readonly lastBarMs: Float64Array;
  private readonly lastRow: Int32Array;
  private readonly gone: InstrumentIndex[] = [];

  /** `bars` are those that are decided on; `announced` says by instrument which ends were announced, and when. */
  constructor(
    bars: readonly Bars[],
    calendars: readonly Calendar[],
    goneAfterSessions: number,
    announced: readonly (readonly AnnouncedEnd[])[] = [],
  ) {
    this.bars = bars;
    this.calendars = calendars;
    this.goneAfterSessions = goneAfterSessions;
    this.announced = announced;
    this.status = bars.map(() => "unlisted");
    this.lastBarMs = new Float64Array(bars.length).fill(Number.NaN);
    this.lastRow = new Int32Array(bars.length).fill(-1);
  }

  /** Takes in the bars of a slice; the instruments that are seen to be gone by now are returned once. Reused. */
  observe(slice: MarketSlice, portfolio: Pick<PortfolioView, "position">): readonly InstrumentIndex[] {
    const { status, lastBarMs, gone } = this;
    for (let k = 0; k < slice.count; k++) {
      const index = slice.instruments[k]!;
      status[index] = "listed";
      lastBarMs[index] = slice.timeMs;
      this.lastRow[index] = slice.rows[k]!;
    }
    gone.length = 0;
    if (slice.count === status.length) return gone;
    for (let index = 0; index < status.length; index++) {
      if (status[index] !== "listed" || lastBarMs[index] === slice.timeMs) continue;
      const isAnnounced = this.isOver(index, slice.timeMs);
      if (!isAnnounced && !this.isOverdue(index, slice.timeMs)) continue;
      status[index] = "gone";
      this.note(index as InstrumentIndex, slice.timeMs, isAnnounced, portfolio);
    }
    return gone;
  }

  /** Whether an instrument trades as far as is known now. */
  isListed(index: number): boolean {
    return this.status[index] === "listed";
  }

  /** Whether an instrument is taken for delisted. */
  isGone(index: number): boolean {
    return this.status[index] === "gone";
  }

  /** Row of the last bar of an instrument; -1 before the first. */
  rowOf(index: number): number {
    return this.lastRow[index]!;
  }

  private note(
    instrument: InstrumentIndex,
    noticedMs: number,
    isAnnounced: boolean,
    portfolio: Pick<PortfolioView, "position">,
  ): void {
    this.gone.push(instrument);
    const { quantity, lastPrice } = portfolio.position(instrument);
    const lastBarMs = this.lastBarMs[instrument]!;
    if (quantity !== 0) this.delistings.push({ instrument, lastBarMs, noticedMs, lastPrice, isAnnounced });
  }

  /** Whether the last session of an instrument is over by what was announced until now. An end after which it traded is none. */
  private isOver(index: number, nowMs: number): boolean {
    const ends = this.announced[index];
    if (ends === undefined || ends.length === 0) return false;
    const calendar = this.calendars[index]!;
    const [lastSession, session] = [calendar.sessionOf(this.lastBarMs[index]!), calendar.sessionOf(nowMs)];
    return ends.some(
      ({ lastDay, knownFromMs }) => knownFromMs <= nowMs && lastSession <= lastDay && lastDay < session,
    );
  }

  /** Whole sessions that have passed without a bar; of bars longer than a day, at least one of those as well. */
  private isOverdue(index: number, nowMs: number): boolean {
    const lastMs = this.lastBarMs[index]!;
    // No calendar has more sessions than days (of 23 hours, once a year): most of the time this settles it.
    if (nowMs - lastMs < (this.goneAfterSessions - 0.5) * dayMs) return false;
    const { timeframe } = this.bars[index]!;
    const calendar = this.calendars[index]!;
    const isSessionOver = calendar.bucketEnd(nowMs, "1d") <= nowMs;
    // Sessions strictly between two days: the present one counts when it is over, so the question is asked a day on.
    const missed = calendar.missingBars(lastMs, isSessionOver ? nowMs + dayMs : nowMs, "1d");
    if (missed < this.goneAfterSessions) return false;
    return timeframeMs(timeframe) <= dayMs || calendar.missingBars(lastMs, nowMs, timeframe) >= 1;
  }
}

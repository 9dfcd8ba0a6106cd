import type { Calendar } from "../../domain/calendar/calendar.ts";
import { expectsBars } from "../../domain/calendar/expects-bars.ts";
import type { Timeframe } from "../../domain/timeframe.ts";
import type { TimeRange } from "../../ports/fetched-ranges.ts";
import type { BarStore } from "../../ports/bar-store.ts";

/** Where received bars are kept and holes are noted, and who hears of them. */
export type HoleNotesParts = {
  readonly store: Pick<BarStore, "lastCloseMs" | "noteMissing">;
  readonly timeframe: Timeframe;
  readonly calendarOf: (symbol: string) => Calendar;
  readonly onHole: (symbol: string, range: TimeRange) => void;
};

/**
 * Notes in a store, before a bar is stored, that the calendar expected others between it and the newest one held. So
 * whatever a stream, a restart or a crash leaves out is known to be missing, whoever comes next.
 */
export class HoleNotes {
  private readonly parts: HoleNotesParts;
  /** The newest close held of each symbol; null where none is. */
  private readonly newestMs = new Map<string, number | null>();

  constructor(parts: HoleNotesParts) {
    this.parts = parts;
  }

  /** To be called before bars of a symbol with these closes, in the order of time, are stored. */
  async before(symbol: string, closesMs: readonly number[]): Promise<void> {
    let lastMs = await this.newest(symbol, closesMs[0]!);
    for (const closeMs of closesMs) {
      if (lastMs !== null && closeMs > lastMs) await this.compare(symbol, lastMs, closeMs);
      lastMs = Math.max(lastMs ?? -Infinity, closeMs);
    }
  }

  /** To be called when they are safe. */
  after(symbol: string, lastCloseMs: number): void {
    this.newestMs.set(symbol, Math.max(this.newestMs.get(symbol) ?? -Infinity, lastCloseMs));
  }

  private async compare(symbol: string, lastMs: number, closeMs: number): Promise<void> {
    const { store, timeframe } = this.parts;
    if (!this.expects(symbol, lastMs, closeMs)) return;
    // Both bars beside the hole are asked for as well: their coming shows that the answer is whole.
    const range = { fromMs: lastMs, toMs: closeMs + 1 };
    await store.noteMissing(symbol, timeframe, range);
    this.parts.onHole(symbol, range);
  }

  private expects(symbol: string, lastMs: number, closeMs: number): boolean {
    return expectsBars(this.parts.calendarOf(symbol), this.parts.timeframe, lastMs, closeMs);
  }

  /** The newest close held before a bar; the store is asked again only where there seems to be a hole. */
  private async newest(symbol: string, closeMs: number): Promise<number | null> {
    const known = this.newestMs.get(symbol);
    if (known !== undefined && known !== null && (known >= closeMs || !this.expects(symbol, known, closeMs)))
      return known;
    const heldMs = await this.parts.store.lastCloseMs(symbol, this.parts.timeframe);
    this.newestMs.set(symbol, heldMs);
    return heldMs;
  }
}

import type { Calendar } from "../../domain/calendar/calendar.ts";
import { expectsBars } from "../../domain/calendar/expects-bars.ts";
import { timeframeMs, type Timeframe } from "../../domain/timeframe.ts";

type Group = {
  readonly calendar: Calendar;
  isOpen: boolean;
  isBucketEnd: boolean;
  /** The last close handed over in a symbol of this calendar; NaN before the first. */
  lastMs: number;
};

/** Which symbols should have a bar that closes at an instant, by their calendars and the grids their bars show. */
export class ExpectedSymbols {
  private readonly timeframe: Timeframe;
  private readonly spanMs: number;
  private readonly groups: readonly Group[];
  /** By symbol. */
  private readonly groupOf: readonly Group[];

  constructor(calendars: readonly Calendar[], timeframe: Timeframe) {
    this.timeframe = timeframe;
    this.spanMs = timeframeMs(timeframe);
    const groups = new Map<Calendar, Group>();
    this.groupOf = calendars.map((calendar) => {
      const group = groups.get(calendar) ?? {
        calendar,
        isOpen: false,
        isBucketEnd: false,
        lastMs: Number.NaN,
      };
      groups.set(calendar, group);
      return group;
    });
    this.groups = [...groups.values()];
  }

  /** Marks who is expected with 1 and returns how many they are. `lastKnownMs`: the newest close of each symbol. */
  mark(closeTimeMs: number, lastKnownMs: Float64Array, expected: Uint8Array): number {
    for (const group of this.groups) {
      group.isOpen = group.calendar.isOpen(closeTimeMs - 1);
      group.isBucketEnd = group.calendar.bucketEnd(closeTimeMs, this.timeframe) === closeTimeMs;
    }
    let count = 0;
    for (let index = 0; index < expected.length; index++) {
      const { isOpen, isBucketEnd } = this.groupOf[index]!;
      const sinceMs = closeTimeMs - lastKnownMs[index]!;
      // A source's bars may stand on another grid than the calendar's, and go on outside its hours.
      const isDue = (isOpen && (isBucketEnd || sinceMs % this.spanMs === 0)) || sinceMs === this.spanMs;
      expected[index] = isDue ? 1 : 0;
      if (isDue) count += 1;
    }
    return count;
  }

  /** A bar of the symbol was handed over; NaN when it has none. */
  note(index: number, closeTimeMs: number): void {
    const group = this.groupOf[index]!;
    if (closeTimeMs > group.lastMs || Number.isNaN(group.lastMs)) group.lastMs = closeTimeMs;
  }

  /** Whether some bar should have closed by `timeMs` that was not handed over. */
  areDueBy(timeMs: number): boolean {
    return this.groups.some(
      ({ calendar, lastMs }) => lastMs < timeMs && expectsBars(calendar, this.timeframe, lastMs, timeMs + 1),
    );
  }
}

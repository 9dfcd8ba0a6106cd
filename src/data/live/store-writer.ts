import { barsOf, type BarField } from "../../domain/bars.ts";
import type { Calendar } from "../../domain/calendar/calendar.ts";
import type { Timeframe } from "../../domain/timeframe.ts";
import type { TimeRange } from "../../ports/fetched-ranges.ts";
import type { BarStore, MayJoin } from "../../ports/bar-store.ts";
import type { LiveBar } from "../../ports/bar-source.ts";
import type { Clock } from "../../ports/clock.ts";
import { HoleNotes } from "./hole-notes.ts";
import type { FeedEvent } from "./feed-event.ts";

/** Where received bars are kept, and how many may wait for it. */
export type StoreWriterParts = {
  readonly store: KeepingStore;
  readonly timeframe: Timeframe;
  /** By which it is seen that bars are missing between two. */
  readonly calendarOf: (symbol: string) => Calendar;
  /** Whose bars may stand beside those of the source. */
  readonly mayJoin?: MayJoin | undefined;
  /** Name of the source, for bars that do not name their provider. */
  readonly sourceName: string;
  readonly clock: Clock;
  /** From here on the source is asked to wait, and beyond twice as many bars are left out. */
  readonly waitingMax: number;
  /** A store that hangs may hold up the source this long for one bar, and trading no longer. */
  readonly waitMsMax: number;
  readonly onEvent: (event: FeedEvent) => void;
};

/** What is needed of a store to keep received bars in it. */
export type KeepingStore = Pick<BarStore, "append" | "lastCloseMs" | "noteMissing">;

type Group = { source: string; receivedAtMs: number; bars: LiveBar[] };

/** Appends received bars to a store in the background, many at a time when it is slow. */
export class StoreWriter {
  /** Bars that are safe in the store. */
  stored = 0;
  /** Bars that are not, and will not be. */
  lost = 0;
  private waiting = 0;
  private readonly parts: StoreWriterParts;
  private readonly holes: HoleNotes;
  private readonly groups = new Map<string, Group>();
  private work: Promise<void> | null = null;
  private readonly onRoom: (() => void)[] = [];

  constructor(parts: StoreWriterParts) {
    this.parts = parts;
    const onHole = (symbol: string, range: TimeRange): void =>
      parts.onEvent({ kind: "hole", symbol, ...range });
    this.holes = new HoleNotes({ ...parts, onHole });
  }

  /** Takes a bar. A promise means: too fast, wait for it. */
  add(bar: LiveBar): void | Promise<void> {
    const { waitingMax, sourceName, clock } = this.parts;
    if (this.waiting >= 2 * waitingMax) {
      const error = new Error(`${this.waiting} bars wait for the store`);
      return this.lose(bar.symbol, 1, error);
    }
    const source = bar.provider ?? sourceName;
    const key = `${bar.symbol} ${source}`;
    const group = this.groups.get(key) ?? { source, receivedAtMs: 0, bars: [] };
    group.receivedAtMs = clock.nowMs();
    group.bars.push(bar);
    this.groups.set(key, group);
    this.waiting += 1;
    this.work ??= this.drain();
    return this.waiting > waitingMax ? this.room() : undefined;
  }

  /** Resolves when everything taken so far is stored or lost. */
  async settle(): Promise<void> {
    while (this.work !== null) await this.work;
  }

  private async drain(): Promise<void> {
    // Bars of one instant come together: let them all in before the first goes out.
    await Promise.resolve();
    for (;;) {
      const [key, group] = this.groups.entries().next().value ?? ["", null];
      if (group === null) break;
      this.groups.delete(key);
      await this.write(group);
      this.waiting -= group.bars.length;
      if (this.waiting <= this.parts.waitingMax) for (const proceed of this.onRoom.splice(0)) proceed();
    }
    this.work = null;
  }

  private async write({ source, receivedAtMs, bars }: Group): Promise<void> {
    const { symbol, timeframe } = bars[0]!;
    const sorted = newestVersions(bars);
    const column = (field: BarField | "closeTimeMs") => Float64Array.from(sorted, (bar) => bar[field]);
    const columns = {
      closeTimeMs: column("closeTimeMs"),
      open: column("open"),
      high: column("high"),
      low: column("low"),
      close: column("close"),
      volume: column("volume"),
    };
    try {
      const table = barsOf(symbol, timeframe, columns);
      const { store, mayJoin, calendarOf } = this.parts;
      const calendarName = calendarOf(symbol).name;
      await this.holes.before(symbol, [...columns.closeTimeMs]);
      await store.append(symbol, timeframe, table, { source, receivedAtMs, mayJoin, calendarName });
      this.holes.after(symbol, sorted.at(-1)!.closeTimeMs);
      this.stored += bars.length;
    } catch (error) {
      this.lose(symbol, bars.length, error);
    }
  }

  private lose(symbol: string, bars: number, error: unknown): void {
    this.lost += bars;
    this.parts.onEvent({ kind: "storeFailed", symbol, bars, error });
  }

  private room(): Promise<void> {
    return new Promise((resolve) => {
      const cancel = this.parts.clock.schedule(this.parts.waitMsMax, resolve);
      this.onRoom.push(() => {
        cancel();
        resolve();
      });
    });
  }
}

/** One bar per close, the last that came, in the order of time. */
function newestVersions(bars: readonly LiveBar[]): readonly LiveBar[] {
  const byClose = new Map(bars.map((bar) => [bar.closeTimeMs, bar]));
  return [...byClose.values()].toSorted((a, b) => a.closeTimeMs - b.closeTimeMs);
}

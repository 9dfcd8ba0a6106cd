import { assert } from "../../base/assert.ts";
import type { Bars } from "../../domain/bars.ts";
import type { MarketSlice, SliceBatch } from "../../domain/slice.ts";
import { historicalFeed } from "../../data/historical-feed.ts";

/** What has been played so far of one symbol: nobody may look at what comes after `length`. */
export type PlayedBars = { readonly bars: Bars; readonly length: number };

/**
 * Recorded or made bars, played one slice at a time. With `legs` 2 every symbol is there twice for the venue, as its
 * long and its short leg: symbol k is instrument k and instrument k + number of symbols.
 */
export class Tape {
  readonly bars: readonly Bars[];
  readonly symbols: readonly string[];
  private readonly legs: 1 | 2;
  private readonly batches: Generator<SliceBatch>;
  private batch: SliceBatch | null = null;
  private readonly played: number[];
  private readonly slice: { -readonly [K in keyof MarketSlice]: MarketSlice[K] };
  /** The feed shows one slice and forgets it: the next is looked at before it is played. */
  private upcoming: MarketSlice | null = null;

  constructor(bars: readonly Bars[], legs: 1 | 2) {
    assert(bars.length > 0, "a tape has bars");
    this.bars = bars;
    this.symbols = bars.map(({ symbol }) => symbol);
    this.legs = legs;
    this.batches = historicalFeed(bars);
    this.played = bars.map(() => 0);
    const room = bars.length * legs;
    this.slice = { timeMs: 0, count: 0, instruments: new Int32Array(room), rows: new Int32Array(room) };
    this.look();
  }

  /** When the next slice closes; Infinity at the end of the tape. */
  get nextTimeMs(): number {
    return this.upcoming?.timeMs ?? Infinity;
  }

  /** The bars of a symbol that have closed by now. */
  playedOf(index: number): PlayedBars {
    return { bars: this.bars[index]!, length: this.played[index]! };
  }

  /** Plays the next slice; null at the end. The slice is reused. */
  next(): MarketSlice | null {
    const { upcoming, slice, legs, bars, played } = this;
    if (upcoming === null) return null;
    const { count, instruments, rows } = upcoming;
    slice.timeMs = upcoming.timeMs;
    slice.count = count * legs;
    for (let k = 0; k < count; k++) {
      played[instruments[k]!] = rows[k]! + 1;
      for (let leg = 0; leg < legs; leg++) {
        slice.instruments[leg * count + k] = instruments[k]! + leg * bars.length;
        slice.rows[leg * count + k] = rows[k]!;
      }
    }
    this.look();
    return slice;
  }

  private look(): void {
    for (;;) {
      if (this.batch?.advance() === true) {
        this.upcoming = this.batch.slice;
        return;
      }
      const next = this.batches.next();
      if (next.done === true) {
        this.upcoming = null;
        return;
      }
      this.batch = next.value;
    }
  }
}

import type { MarketSlice, SliceBatch } from "../../domain/slice.ts";

/** A batch of a live feed. */
export interface LiveBatch extends SliceBatch {
  /**
   * Slices up to here are history by the time they are handed over: the session decides on them, so that it knows
   * where it stands, and nothing is traded until the slices are newer than this.
   */
  readonly catchUpToMs: number;
}

/** Loaded bars, as a backtest would see them. */
export class CatchUpBatch implements LiveBatch {
  readonly catchUpToMs: number;
  private readonly batch: SliceBatch;

  constructor(batch: SliceBatch, catchUpToMs: number) {
    this.batch = batch;
    this.catchUpToMs = catchUpToMs;
  }

  get slice(): MarketSlice {
    return this.batch.slice;
  }
  get nextRow(): number {
    return this.batch.nextRow;
  }
  get endRow(): number {
    return this.batch.endRow;
  }
  advance(): boolean {
    return this.batch.advance();
  }
  skipTo(row: number): void {
    this.batch.skipTo(row);
  }
}

/** Slices that are made as they are asked for: a bar enters its table no sooner than its slice is looked at. */
export class TakenBatch implements LiveBatch {
  readonly slice: MarketSlice;
  readonly nextRow = 0;
  readonly endRow = 0;
  readonly catchUpToMs: number;
  private readonly take: () => boolean;

  /** `take` makes the next slice in place; false when there is none. */
  constructor(slice: MarketSlice, catchUpToMs: number, take: () => boolean) {
    this.slice = slice;
    this.catchUpToMs = catchUpToMs;
    this.take = take;
  }

  advance(): boolean {
    return this.take();
  }
  skipTo(): void {}
}

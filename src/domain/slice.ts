/**
 * Everything that closes at one instant. A reused view, not an object per bar: read it now, do not keep it.
 * Without bars it is a heartbeat: time passed (or a report arrived) and there is no news of the market.
 */
export interface MarketSlice {
  readonly timeMs: number;
  /**
   * When it was handed over, by the clock of whoever trades: what waits for another try waits by it, for a live feed
   * whose bars are overdue stands still. Absent where time comes with the bars alone: it is `timeMs` then.
   */
  readonly nowMs?: number | undefined;
  /** How many instruments have a bar that closes now. */
  readonly count: number;
  /** `instruments[k]` for k < count: the instrument index of the k-th bar, increasing. */
  readonly instruments: Int32Array;
  /** `rows[k]` for k < count: the row of that bar in the instrument's bars. */
  readonly rows: Int32Array;
  /**
   * True while a live feed catches up, or its bars are overdue: prices are old, so that they warm up and mark, and nothing
   * is ordered on them. Where there are no bars either, what gets out or protects goes all the same.
   */
  readonly isStale?: boolean;
  /** True while the strategy is muted, for it hung: nobody asks it, and what it wanted before goes on. */
  readonly isMuted?: boolean;
}

/** When a slice was handed over. */
export function handedOverMs({ nowMs, timeMs }: Pick<MarketSlice, "nowMs" | "timeMs">): number {
  return nowMs ?? timeMs;
}

/** A run of slices, handed over together because `for await` costs more than a bar's whole budget. */
export interface SliceBatch {
  /** Moves to the next slice; false at the end. */
  advance(): boolean;
  /** The slice that the last `advance` moved to. */
  readonly slice: MarketSlice;
  /** When what follows is rows `nextRow` to `endRow - 1` of instrument 0 and nothing else; both 0 otherwise. */
  readonly nextRow: number;
  readonly endRow: number;
  /** Leaves out the rows before `row`: somebody has dealt with them. */
  skipTo(row: number): void;
}

/**
 * Everything that closes at one instant. A reused view, not an object per bar: read it now, do not keep it.
 * Without bars it is a heartbeat: time passed (or a report arrived) and there is no news of the market.
 */
export interface MarketSlice {
  readonly timeMs: number;
  /** How many instruments have a bar that closes now. */
  readonly count: number;
  /** `instruments[k]` for k < count: the instrument index of the k-th bar, increasing. */
  readonly instruments: Int32Array;
  /** `rows[k]` for k < count: the row of that bar in the instrument's bars. */
  readonly rows: Int32Array;
  /** True while a live feed catches up: the bars are old, so they warm up and mark, and nothing is ordered on them. */
  readonly isStale?: boolean;
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

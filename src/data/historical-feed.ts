import type { Bars } from "../domain/bars.ts";
import type { MarketSlice, SliceBatch } from "../domain/slice.ts";

const slicesPerBatch = 8192;

/** Merges the bars of many symbols by close time into batches of slices: the feed of a backtest. */
export function* historicalFeed(datasets: readonly Bars[]): Generator<SliceBatch> {
  const merge = datasets.length === 1 ? new SingleMerge(datasets[0]!) : new TimeMerge(datasets);
  while (!merge.isDone) {
    merge.open();
    yield merge;
  }
}

type ReusedSlice = { -readonly [K in keyof MarketSlice]: MarketSlice[K] };

/** One symbol needs no merging: every row is a slice. */
class SingleMerge implements SliceBatch {
  readonly slice: ReusedSlice;
  nextRow = 0;
  endRow = 0;
  private readonly bars: Bars;

  constructor(bars: Bars) {
    this.bars = bars;
    this.slice = { timeMs: 0, count: 1, instruments: new Int32Array(1), rows: new Int32Array(1) };
  }

  get isDone(): boolean {
    return this.nextRow >= this.bars.length;
  }

  open(): void {
    this.endRow = Math.min(this.bars.length, this.nextRow + slicesPerBatch);
  }

  advance(): boolean {
    const row = this.nextRow;
    if (row >= this.endRow) return false;
    this.slice.timeMs = this.bars.closeTimeMs[row]!;
    this.slice.rows[0] = row;
    this.nextRow = row + 1;
    return true;
  }

  skipTo(row: number): void {
    this.nextRow = row;
  }
}

/** Many symbols: the earliest close of all comes next, with every symbol that closes then. */
class TimeMerge implements SliceBatch {
  readonly slice: ReusedSlice;
  readonly nextRow = 0;
  readonly endRow = 0;
  private remaining = 0;
  private readonly datasets: readonly Bars[];
  private readonly row: Int32Array;
  /** The next close of each symbol; Infinity when it has none. */
  private readonly nextMs: Float64Array;

  constructor(datasets: readonly Bars[]) {
    const count = datasets.length;
    this.datasets = datasets;
    this.row = new Int32Array(count);
    this.nextMs = Float64Array.from(datasets, (bars) =>
      bars.length === 0 ? Infinity : bars.closeTimeMs[0]!,
    );
    this.slice = { timeMs: 0, count: 0, instruments: new Int32Array(count), rows: new Int32Array(count) };
  }

  get isDone(): boolean {
    return this.nextMs.every((timeMs) => timeMs === Infinity);
  }

  open(): void {
    this.remaining = slicesPerBatch;
  }

  skipTo(): void {}

  advance(): boolean {
    if (this.remaining === 0) return false;
    this.remaining -= 1;
    const { nextMs, slice } = this;
    let timeMs = Infinity;
    for (let k = 0; k < nextMs.length; k++) if (nextMs[k]! < timeMs) timeMs = nextMs[k]!;
    if (timeMs === Infinity) return false;
    slice.timeMs = timeMs;
    slice.count = 0;
    for (let k = 0; k < nextMs.length; k++) if (nextMs[k] === timeMs) this.take(k);
    return true;
  }

  private take(k: number): void {
    const { slice } = this;
    const bars = this.datasets[k]!;
    const row = this.row[k]!;
    slice.instruments[slice.count] = k;
    slice.rows[slice.count] = row;
    slice.count += 1;
    this.row[k] = row + 1;
    this.nextMs[k] = row + 1 < bars.length ? bars.closeTimeMs[row + 1]! : Infinity;
  }
}

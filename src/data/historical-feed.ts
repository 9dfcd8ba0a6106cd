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

/** Symbols whose bars close at the very same times: they are merged as one. */
type TimeGroup = {
  /** The bars of the first of them, which tell the times of all. */
  readonly bars: Bars;
  /** Their instrument indices, increasing. */
  readonly members: number[];
  row: number;
};

/** Many symbols: the earliest close of all comes next, with every symbol that closes then. */
class TimeMerge implements SliceBatch {
  readonly slice: ReusedSlice;
  readonly nextRow = 0;
  readonly endRow = 0;
  private remaining = 0;
  private readonly groups: readonly TimeGroup[];
  /** The group of each symbol. */
  private readonly groupOf: Int32Array;
  /** The next close of each group; Infinity when it has none. */
  private readonly nextMs: Float64Array;
  /** The only group whose members the slice names; null when it was put together from several. */
  private shown: TimeGroup | null = null;

  constructor(datasets: readonly Bars[]) {
    const count = datasets.length;
    this.groupOf = new Int32Array(count);
    this.groups = groupByTimes(datasets, this.groupOf);
    this.nextMs = Float64Array.from(this.groups, closeOf);
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
    const { nextMs, slice, groups } = this;
    let timeMs = Infinity;
    let due = 0;
    let first = 0;
    for (let k = 0; k < nextMs.length; k++) {
      if (nextMs[k]! > timeMs) continue;
      if (nextMs[k]! < timeMs) {
        timeMs = nextMs[k]!;
        due = 0;
        first = k;
      }
      due += 1;
    }
    if (timeMs === Infinity) return false;
    slice.timeMs = timeMs;
    if (due === 1) this.show(groups[first]!);
    else this.gather(timeMs);
    for (let k = first; due > 0; k++) {
      if (nextMs[k] !== timeMs) continue;
      const group = groups[k]!;
      group.row += 1;
      nextMs[k] = closeOf(group);
      due -= 1;
    }
    return true;
  }

  private show(group: TimeGroup): void {
    const { slice } = this;
    const { members, row } = group;
    if (this.shown !== group) slice.instruments.set(members);
    this.shown = group;
    slice.count = members.length;
    slice.rows.fill(row, 0, members.length);
  }

  /** Several groups close at once: their symbols come in the order of their indices. */
  private gather(timeMs: number): void {
    const { slice, groupOf, groups, nextMs } = this;
    this.shown = null;
    let count = 0;
    for (let k = 0; k < groupOf.length; k++) {
      const group = groupOf[k]!;
      if (nextMs[group] !== timeMs) continue;
      slice.instruments[count] = k;
      slice.rows[count] = groups[group]!.row;
      count += 1;
    }
    slice.count = count;
  }
}

/** The close of the group's next bars; Infinity after the last. */
function closeOf({ bars, row }: TimeGroup): number {
  return row < bars.length ? bars.closeTimeMs[row]! : Infinity;
}

function groupByTimes(datasets: readonly Bars[], groupOf: Int32Array): readonly TimeGroup[] {
  const groups: TimeGroup[] = [];
  const likely = new Map<string, number[]>();
  for (const [index, bars] of datasets.entries()) {
    const key = `${bars.length} ${bars.closeTimeMs[0]} ${bars.closeTimeMs[bars.length - 1]}`;
    const alike = likely.get(key) ?? [];
    likely.set(key, alike);
    let found = alike.find((group) => haveSameTimes(groups[group]!.bars, bars));
    if (found === undefined) {
      found = groups.push({ bars, members: [], row: 0 }) - 1;
      alike.push(found);
    }
    groups[found]!.members.push(index);
    groupOf[index] = found;
  }
  return groups;
}

/** Of bars of one length. */
function haveSameTimes(one: Bars, other: Bars): boolean {
  const [a, b] = [one.closeTimeMs, other.closeTimeMs];
  if (a === b) return true;
  for (let row = 0; row < one.length; row++) if (a[row] !== b[row]) return false;
  return true;
}

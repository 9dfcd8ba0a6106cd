import type { BarTable } from "../../domain/bar-table.ts";
import { barFields, type BarField } from "../../domain/bars.ts";
import type { MarketSlice } from "../../domain/slice.ts";

/** The numbers of one bar. */
export type BarValues = { readonly closeTimeMs: number } & Readonly<Record<BarField, number>>;

export type ReusedSlice = { -readonly [K in keyof MarketSlice]: MarketSlice[K] };

/** The bars of one instant that wait for those of the other symbols. */
export class PendingInstant {
  readonly timeMs: number;
  /** When its first bar came in by the stream; -Infinity when the bars were fetched. */
  readonly firstMs: number;
  /** Expected bars that have not come. */
  awaited: number;
  private readonly expected: Uint8Array;
  private readonly isForeseen: boolean;
  /** Where in `values` the bar of a symbol begins. */
  private readonly offsets = new Map<number, number>();
  private readonly values: number[] = [];

  constructor(timeMs: number, firstMs: number, expected: Uint8Array, awaited: number) {
    this.timeMs = timeMs;
    this.firstMs = firstMs;
    this.expected = expected;
    this.awaited = awaited;
    this.isForeseen = awaited > 0;
  }

  /** Whether everybody who was expected is here; never where nobody was, since then nobody knows who comes. */
  get isComplete(): boolean {
    return this.isForeseen && this.awaited === 0;
  }

  has(index: number): boolean {
    return this.offsets.has(index);
  }

  /** Adds the first bar of a symbol. */
  add(index: number, bar: BarValues): void {
    this.offsets.set(index, this.values.length);
    for (const field of barFields) this.values.push(bar[field]);
    if (this.expected[index] === 1) this.awaited -= 1;
  }

  /** Takes other values over; false when they are the same. */
  replace(index: number, bar: BarValues): boolean {
    const offset = this.offsets.get(index)!;
    const isChanged = barFields.some((field, k) => this.values[offset + k] !== bar[field]);
    if (isChanged) barFields.forEach((field, k) => (this.values[offset + k] = bar[field]));
    return isChanged;
  }

  /** The symbols that were expected and are not here. */
  missing(): readonly number[] {
    return [...this.expected.keys()].filter((index) => this.expected[index] === 1 && !this.has(index));
  }

  /** Appends the bars to their tables and makes `slice` point at them. */
  enter(tables: readonly BarTable[], slice: ReusedSlice): void {
    const { offsets, values, timeMs } = this;
    slice.timeMs = timeMs;
    slice.count = 0;
    for (let index = 0; index < tables.length && slice.count < offsets.size; index++) {
      const k = offsets.get(index);
      if (k === undefined) continue;
      const table = tables[index]!;
      slice.instruments[slice.count] = index;
      slice.rows[slice.count] = table.length;
      slice.count += 1;
      table.append(timeMs, values[k]!, values[k + 1]!, values[k + 2]!, values[k + 3]!, values[k + 4]!);
    }
  }
}

import { assert } from "../../../base/assert.ts";
import type { BarField } from "../../../domain/bars.ts";
import type { Timeframe } from "../../../domain/timeframe.ts";
import type { VersionedBars } from "../../../ports/bar-store.ts";

/** The columns of versioned bars, without their names. */
export type VersionColumns = Pick<
  VersionedBars,
  "closeTimeMs" | BarField | "receivedAtMs" | "version" | "quality" | "sourceIndex"
>;
export type VersionColumn = keyof VersionColumns;

/** Columns in the order in which stores write them. */
export const versionColumnNames: readonly VersionColumn[] = [
  "closeTimeMs",
  "open",
  "high",
  "low",
  "close",
  "volume",
  "receivedAtMs",
  "version",
  "quality",
  "sourceIndex",
];
const sourcesMax = 256;

/** New columns of zeros. */
function makeColumns(rows: number): VersionColumns {
  const doubles = (): Float64Array => new Float64Array(rows);
  return {
    closeTimeMs: doubles(),
    open: doubles(),
    high: doubles(),
    low: doubles(),
    close: doubles(),
    volume: doubles(),
    receivedAtMs: doubles(),
    version: new Int32Array(rows),
    quality: new Uint8Array(rows),
    sourceIndex: new Uint8Array(rows),
  };
}

/** Versioned bars in the making: rows are added, moved over others, and taken off the end. */
export class VersionTable {
  length = 0;
  columns: VersionColumns;
  private readonly names: string[] = [];

  constructor(rowsExpected: number) {
    this.columns = makeColumns(rowsExpected);
  }

  /** The number of a source in this table. */
  sourceIndexOf(source: string): number {
    const known = this.names.indexOf(source);
    if (known >= 0) return known;
    assert(this.names.length < sourcesMax, "the bars of a symbol come from at most 256 sources");
    return this.names.push(source) - 1;
  }

  /** Makes room for `rows` in all, at least doubling when it must grow. */
  reserve(rows: number): void {
    const room = this.columns.closeTimeMs.length;
    if (rows <= room) return;
    const larger = makeColumns(room === 0 ? rows : Math.max(rows, 2 * room));
    for (const name of versionColumnNames) larger[name].set(this.columns[name].subarray(0, this.length));
    this.columns = larger;
  }

  /** Adds an unset row and returns its number. */
  addRow(): number {
    this.reserve(this.length + 1);
    return this.length++;
  }

  /** Adds a row of other bars, whose sources may be numbered differently. */
  addFrom(bars: VersionedBars, row: number): void {
    const to = this.addRow();
    for (const name of versionColumnNames) this.columns[name][to] = bars[name][row]!;
    this.columns.sourceIndex[to] = this.sourceIndexOf(bars.sources[bars.sourceIndex[row]!]!);
  }

  /** Copies one row over another. */
  copyRow(from: number, to: number): void {
    for (const name of versionColumnNames) this.columns[name][to] = this.columns[name][from]!;
  }

  /** The rows as bars, without spare room. Much spare room is given back by copying. */
  finish(symbol: string, timeframe: Timeframe): VersionedBars {
    const { length, columns } = this;
    const isWasteful = columns.closeTimeMs.length > 1.5 * length;
    const cut = (column: VersionColumns[VersionColumn]): VersionColumns[VersionColumn] =>
      isWasteful ? column.slice(0, length) : column.subarray(0, length);
    const entries = versionColumnNames.map((name) => [name, cut(columns[name])] as const);
    const trimmed = Object.fromEntries(entries) as unknown as VersionColumns;
    return { symbol, timeframe, length, sources: this.names, ...trimmed };
  }
}

/** No bars at all. */
export function noBars(symbol: string, timeframe: Timeframe): VersionedBars {
  return { symbol, timeframe, length: 0, sources: [], ...makeColumns(0) };
}

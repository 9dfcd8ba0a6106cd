const rowsMin = 16;
const columnNames = ["stampMs", "open", "high", "low", "close", "volume", "line"] as const;

/** Rows as the file has them, one growing array per column. Stamps are UTC milliseconds, not yet closes. */
export class RowTable {
  length = 0;
  stampMs: Float64Array;
  open: Float64Array;
  high: Float64Array;
  low: Float64Array;
  close: Float64Array;
  volume: Float64Array;
  /** Line of each row in the file. */
  line: Float64Array;

  /** `rowsExpected` is a guess: a good one saves copying, which costs more than reading. */
  constructor(rowsExpected: number) {
    const rows = Math.max(rowsMin, Math.ceil(rowsExpected));
    this.stampMs = new Float64Array(rows);
    this.open = new Float64Array(rows);
    this.high = new Float64Array(rows);
    this.low = new Float64Array(rows);
    this.close = new Float64Array(rows);
    this.volume = new Float64Array(rows);
    this.line = new Float64Array(rows);
  }

  /** Makes room for one more row and returns its number. */
  addRow(): number {
    const row = this.length;
    if (row === this.stampMs.length) this.grow();
    this.length = row + 1;
    return row;
  }

  /** Copies one row over another one. */
  copyRow(from: number, to: number): void {
    for (const name of columnNames) this[name][to] = this[name][from]!;
  }

  /** Puts the rows into the given order: `order[k]` becomes row k. */
  reorder(order: Uint32Array): void {
    for (const name of columnNames) {
      const from = this[name];
      const to = new Float64Array(order.length);
      for (let row = 0; row < order.length; row++) to[row] = from[order[row]!]!;
      this[name] = to;
    }
  }

  private grow(): void {
    for (const name of columnNames) {
      const larger = new Float64Array(this[name].length * 2);
      larger.set(this[name]);
      this[name] = larger;
    }
  }
}

/**
 * Highest of the last `length` values, amortised O(1) per value: a monotonic queue (Lemire 2006, "Streaming
 * maximum-minimum filter using no more than three comparisons per element") in two fixed rings.
 */
export class RollingMaximum {
  readonly length: number;
  private readonly values: Float64Array;
  private readonly rows: Float64Array;
  private head = 0;
  private size = 0;
  private row = -1;

  constructor(length: number) {
    this.length = length;
    this.values = new Float64Array(length);
    this.rows = new Float64Array(length);
  }

  /** Pushes a value out and one in; returns the highest, or NaN until the window is full. */
  add(value: number): number {
    const { length, values, rows } = this;
    const row = this.row + 1;
    this.row = row;
    let { head, size } = this;
    if (size > 0 && rows[head]! <= row - length) {
      head = head + 1 === length ? 0 : head + 1;
      size -= 1;
    }
    let end = head + size;
    if (end >= length) end -= length;
    while (size > 0) {
      const last = end === 0 ? length - 1 : end - 1;
      // A value that is not higher than the new one can never be the highest again.
      if (values[last]! > value) break;
      end = last;
      size -= 1;
    }
    values[end] = value;
    rows[end] = row;
    this.head = head;
    this.size = size + 1;
    return row + 1 < length ? Number.NaN : values[head]!;
  }

  /** Rows since the highest value; of equals the latest counts. */
  age(): number {
    return this.row - this.rows[this.head]!;
  }
}

/** Lowest of the last `length` values, amortised O(1) per value. */
export class RollingMinimum {
  private readonly negated: RollingMaximum;

  constructor(length: number) {
    this.negated = new RollingMaximum(length);
  }

  /** Pushes a value out and one in; returns the lowest, or NaN until the window is full. */
  add(value: number): number {
    return -this.negated.add(-value);
  }

  /** Rows since the lowest value; of equals the latest counts. */
  age(): number {
    return this.negated.age();
  }
}

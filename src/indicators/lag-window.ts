/** Remembers the last `length` values, to give each back `length` rows later. */
export class LagWindow {
  private readonly length: number;
  private readonly window: Float64Array;
  private slot = 0;

  constructor(length: number) {
    this.length = length;
    this.window = new Float64Array(length).fill(Number.NaN);
  }

  /** Takes a value; returns the one from `length` rows ago, or NaN where there is none. */
  add(value: number): number {
    const slot = this.slot;
    const leaving = this.window[slot]!;
    this.window[slot] = value;
    this.slot = slot + 1 === this.length ? 0 : slot + 1;
    return leaving;
  }
}

/**
 * Counts how many rows in a row had the same value. A window is flat, or empty of volume, when the run is as
 * long as the window: a test that no rounding residue of a running sum can spoil.
 */
export class EqualRun {
  private previous = Number.NaN;
  private rows = 0;

  /** Takes a value; returns the length of the run that it belongs to, 1 for a new value. */
  add(value: number): number {
    this.rows = value === this.previous ? this.rows + 1 : 1;
    this.previous = value;
    return this.rows;
  }
}

/** The last `most` rows of features with the return of each bar, oldest first, in arrays without a seam. */
export class RecentRows {
  length = 0;
  private readonly most: number;
  private readonly width: number;
  private readonly allValues: Float64Array;
  private readonly allReturns: Float64Array;
  private start = 0;

  constructor(most: number, width: number) {
    this.most = most;
    this.width = width;
    // Twice the room: the rows move to the front once in `most` times.
    this.allValues = new Float64Array(2 * most * width);
    this.allReturns = new Float64Array(2 * most);
  }

  /** Row-major. */
  get values(): Float64Array {
    return this.allValues.subarray(this.start * this.width, (this.start + this.length) * this.width);
  }

  get logReturns(): Float64Array {
    return this.allReturns.subarray(this.start, this.start + this.length);
  }

  add(row: Float64Array, logReturn: number): void {
    const { most, width } = this;
    if (this.length === most) this.start += 1;
    else this.length += 1;
    if (this.start + this.length > 2 * most) {
      this.allValues.copyWithin(0, this.start * width, 2 * most * width);
      this.allReturns.copyWithin(0, this.start, 2 * most);
      this.start = 0;
    }
    const at = this.start + this.length - 1;
    this.allValues.set(row, at * width);
    this.allReturns[at] = logReturn;
  }
}

/** Returns that the usual pace is read from, and how few say nothing. */
const returnsKept = 100;
const returnsMin = 20;
/** Makes the median absolute value of normal returns their standard deviation. */
const normalScale = 1.4826;

/**
 * Tells closes that jump from closes that move. The usual pace is 1.4826 times the median absolute value of the
 * last 100 log returns other than zero, so that outliers do not widen it (Hampel, The Influence Curve and Its Role in
 * Robust Estimation, 1974; about zero and not about the median, because a price that moves by single ticks has hardly
 * any deviation from its median). A jump that stays is a new level and is believed after some bars.
 */
export class OutlierGuard {
  private readonly sigmas: number;
  private readonly confirmBars: number;
  private readonly returns: number[] = [];
  private level = Number.NaN;
  private newLevel = Number.NaN;
  private confirmed = 0;

  constructor(sigmas: number, confirmBars: number) {
    this.sigmas = sigmas;
    this.confirmBars = confirmBars;
  }

  /** Takes a close; says whether it is out of line. */
  isOutlier(close: number): boolean {
    if (this.isNear(close, this.level)) {
      this.settle(close);
      return false;
    }
    this.confirmed = this.isNear(close, this.newLevel) ? this.confirmed + 1 : 1;
    this.newLevel = close;
    if (this.confirmed < this.confirmBars) return true;
    this.level = Number.NaN;
    this.settle(close);
    return false;
  }

  private isNear(close: number, level: number): boolean {
    const pace = this.pace();
    return Number.isNaN(level)
      ? Number.isNaN(this.level)
      : Math.abs(Math.log(close / level)) <= this.sigmas * pace;
  }

  private settle(close: number): void {
    const step = Math.log(close / this.level);
    if (step !== 0 && Number.isFinite(step)) this.returns.push(step);
    if (this.returns.length > returnsKept) this.returns.shift();
    this.level = close;
    this.newLevel = Number.NaN;
    this.confirmed = 0;
  }

  private pace(): number {
    if (this.returns.length < returnsMin) return Number.POSITIVE_INFINITY;
    return normalScale * medianOf(this.returns.map(Math.abs));
  }
}

function medianOf(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const half = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[half]! : (sorted[half - 1]! + sorted[half]!) / 2;
}

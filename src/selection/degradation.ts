/** When a strategy loses the right to trade, and how it gets it back. */
export type DegradationOptions = {
  /** Bars of its own history that it must have before it can be judged. */
  readonly historyBars: number;
  /** A drawdown demotes when it is this many times as deep as the deepest that was recovered from before ... */
  readonly drawdownFactor: number;
  /** ... and deeper than this many standard deviations of `historyBars` bars, which chance alone seldom makes. */
  readonly drawdownDeviations: number;
  /** Page-Hinkley: how far the mean return may drift down before it counts, in standard deviations of a bar. */
  readonly driftTolerated: number;
  /** Page-Hinkley: accumulated drift that demotes, in standard deviations of a bar. */
  readonly driftLimit: number;
  /** Bars that a demoted strategy stays out at least. */
  readonly cooldownBars: number;
};

/**
 * Measured on normal returns: one false alarm in about 9,800 bars of a strategy that does not change, and a mean that
 * turns from +0.1 to -0.1 standard deviations is noticed after 305 bars (median of 100).
 */
export const defaultDegradation: DegradationOptions = {
  historyBars: 250,
  drawdownFactor: 1.5,
  drawdownDeviations: 3,
  driftTolerated: 0.05,
  driftLimit: 60,
  cooldownBars: 250,
};

/**
 * Watches the returns of one strategy for the moment at which it stops being what it was: a drawdown beyond anything in
 * its own history, or a mean return that has dropped (Page, Continuous Inspection Schemes, 1954; Hinkley 1971). A demoted
 * strategy goes on in its shadow; after the cooldown it comes back once it has earned something since.
 */
export class Degradation {
  /** Why it may not trade; null while it may. */
  demotion: string | null = null;
  private readonly options: DegradationOptions;
  private bars = 0;
  private mean = 0;
  private squares = 0;
  private growth = 0;
  private peak = 0;
  /** Deepest drawdown that has been recovered from, and the deepest point of the present one, both 0 or less. */
  private deepestBefore = 0;
  private deepestNow = 0;
  private drift = 0;
  private driftTop = 0;
  private barsOut = 0;
  private growthAtDemotion = 0;

  constructor(options: DegradationOptions = defaultDegradation) {
    this.options = options;
  }

  /**
   * Takes in the net return of a bar, and what the strategy used to earn on bars of the same regime. Bars without a
   * position say nothing about a strategy and do not count.
   */
  add(value: number, expected = 0): void {
    if (value === 0 && this.demotion === null) return;
    this.follow(value, expected);
    if (this.demotion !== null) return this.maybeComeBack();
    if (this.bars <= this.options.historyBars) return;
    this.demotion = this.drawdownAlarm() ?? this.driftAlarm();
    if (this.demotion === null) return;
    this.barsOut = 0;
    this.growthAtDemotion = this.growth;
  }

  private follow(value: number, expected: number): void {
    const surprise = value - expected;
    const deviation = this.bars > 1 ? Math.sqrt(this.squares / (this.bars - 1)) : 0;
    if (deviation > 0 && this.bars > this.options.historyBars) {
      // Only what comes after a history can drift away from it.
      this.drift += (surprise - this.mean) / deviation + this.options.driftTolerated;
      this.driftTop = Math.max(this.driftTop, this.drift);
    }
    this.bars += 1;
    const delta = surprise - this.mean;
    this.mean += delta / this.bars;
    this.squares += delta * (surprise - this.mean);
    // What it always lost in such a regime is no sign that it has changed.
    this.growth += Math.log1p(Math.max(value - Math.min(0, expected), -0.999_999));
    if (this.growth >= this.peak) {
      this.peak = this.growth;
      this.deepestBefore = Math.min(this.deepestBefore, this.deepestNow);
      this.deepestNow = 0;
    } else this.deepestNow = Math.min(this.deepestNow, this.growth - this.peak);
  }

  private drawdownAlarm(): string | null {
    const { drawdownFactor, drawdownDeviations, historyBars } = this.options;
    const chance = drawdownDeviations * Math.sqrt((this.squares / (this.bars - 1)) * historyBars);
    if (-this.deepestNow <= Math.max(chance, -drawdownFactor * this.deepestBefore)) return null;
    const now = -Math.expm1(this.deepestNow);
    const before = -Math.expm1(this.deepestBefore);
    return `unusual drawdown: ${percent(now)}, and ${percent(before)} was the deepest before`;
  }

  private driftAlarm(): string | null {
    const fallen = this.driftTop - this.drift;
    if (fallen <= this.options.driftLimit) return null;
    return `mean return has dropped: Page-Hinkley ${fallen.toFixed(0)} over ${this.options.driftLimit}`;
  }

  private maybeComeBack(): void {
    this.barsOut += 1;
    if (this.barsOut < this.options.cooldownBars || this.growth <= this.growthAtDemotion) return;
    this.demotion = null;
    // What brought it down is history now: it must fall again to be demoted again.
    this.deepestBefore = Math.min(this.deepestBefore, this.deepestNow);
    this.deepestNow = 0;
    this.peak = this.growth;
    this.drift = 0;
    this.driftTop = 0;
  }
}

function percent(share: number): string {
  return `${(share * 100).toFixed(1)} %`;
}

import type { PerformanceView } from "../ports/selector.ts";

/** Mean and spread of weighted returns, added one by one; a weight is the share of a bar that belongs here. */
export class WeightedReturns {
  private weight = 0;
  private weightSquared = 0;
  private runningMean = 0;
  private squares = 0;
  private losses = 0;
  private wins = 0;
  private exposed = 0;
  private turned = 0;
  private readonly barsPerYear: number;
  private peak = 0;
  private total = 0;
  private deepest = 0;
  /** The numbers as they stand, once somebody has asked for them; null when a bar has come since. */
  private known: PerformanceView | null = null;

  constructor(barsPerYear: number) {
    this.barsPerYear = barsPerYear;
  }

  /** Takes in the return of a bar. West (1979): one pass, no cancellation. */
  add(value: number, weight: number, isExposed: boolean, turnover: number): void {
    if (!(weight > 0)) return;
    this.known = null;
    this.weight += weight;
    this.weightSquared += weight * weight;
    const delta = value - this.runningMean;
    this.runningMean += (delta * weight) / this.weight;
    this.squares += weight * delta * (value - this.runningMean);
    if (value < 0) this.losses += weight * value * value;
    this.turned += weight * turnover;
    if (isExposed) {
      this.exposed += weight;
      if (value > 0) this.wins += weight;
    }
    this.total += Math.log1p(Math.max(value, -0.999_999)) * weight;
    this.peak = Math.max(this.peak, this.total);
    this.deepest = Math.min(this.deepest, this.total - this.peak);
  }

  /** Bars taken in, as the sum of their weights. */
  get bars(): number {
    return this.weight;
  }

  /** Mean return; 0 before the first bar. */
  get mean(): number {
    return this.runningMean;
  }

  /** The numbers as they stand. Annualised figures need two bars and some movement. */
  view(): PerformanceView {
    this.known ??= this.compute();
    return this.known;
  }

  private compute(): PerformanceView {
    const { weight, barsPerYear } = this;
    const isKnown = weight > 0;
    // Reliability weights: the unbiased variance divides by V1 - V2 / V1.
    const freedom = weight - this.weightSquared / weight;
    const deviation = freedom > 0 ? Math.sqrt(this.squares / freedom) : Number.NaN;
    const downside = isKnown ? Math.sqrt(this.losses / weight) : Number.NaN;
    const mean = isKnown ? this.runningMean : Number.NaN;
    const scale = Math.sqrt(barsPerYear);
    return {
      bars: weight,
      mean,
      deviation,
      sharpe: deviation > 0 ? (mean / deviation) * scale : Number.NaN,
      sortino: downside > 0 ? (mean / downside) * scale : Number.NaN,
      drawdownMax: isKnown ? Math.expm1(this.deepest) : Number.NaN,
      drawdown: isKnown ? Math.expm1(this.total - this.peak) : Number.NaN,
      hitRate: this.exposed > 0 ? this.wins / this.exposed : Number.NaN,
      turnover: isKnown ? this.turned / weight : Number.NaN,
    };
  }
}

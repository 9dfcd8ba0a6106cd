import type { PerformanceView } from "../ports/selector.ts";

/** Log of the growth that a return brings; what is lost whole counts as next to nothing left. */
export function growthOf(value: number): number {
  return Math.log1p(Math.max(value, -0.999_999));
}

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
  private readonly present: PerformanceView = new Present(this);

  constructor(barsPerYear: number) {
    this.barsPerYear = barsPerYear;
  }

  /** Takes in the return of a bar and its `growthOf`. West (1979): one pass, no cancellation. */
  add(value: number, growth: number, weight: number, isExposed: boolean, turnover: number): void {
    if (!(weight > 0)) return;
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
    this.total += growth * weight;
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

  /**
   * The numbers as they stand whenever one is read: most selectors read three of nine, and every bar changes all. Annualised
   * figures need two bars and some movement.
   */
  view(): PerformanceView {
    return this.present;
  }

  /** Standard deviation; NaN before the second bar. Reliability weights: the unbiased variance divides by V1 - V2 / V1. */
  get deviation(): number {
    const freedom = this.weight - this.weightSquared / this.weight;
    return freedom > 0 ? Math.sqrt(this.squares / freedom) : Number.NaN;
  }

  /** Mean over the spread of all returns, or of the losses alone, a year. */
  ratio(of: "sharpe" | "sortino"): number {
    const spread = of === "sharpe" ? this.deviation : Math.sqrt(this.losses / this.weight);
    return spread > 0 ? (this.runningMean / spread) * Math.sqrt(this.barsPerYear) : Number.NaN;
  }

  /** Fall from the highest point, at worst or now, as a negative share. */
  fall(of: "deepest" | "now"): number {
    if (!(this.weight > 0)) return Number.NaN;
    return Math.expm1(of === "deepest" ? this.deepest : this.total - this.peak);
  }

  get hitRate(): number {
    return this.exposed > 0 ? this.wins / this.exposed : Number.NaN;
  }

  get turnover(): number {
    return this.weight > 0 ? this.turned / this.weight : Number.NaN;
  }
}

/** What a selector sees of weighted returns. */
class Present implements PerformanceView {
  readonly #returns: WeightedReturns;

  constructor(returns: WeightedReturns) {
    this.#returns = returns;
  }
  get bars(): number {
    return this.#returns.bars;
  }
  get mean(): number {
    return this.bars > 0 ? this.#returns.mean : Number.NaN;
  }
  get deviation(): number {
    return this.#returns.deviation;
  }
  get sharpe(): number {
    return this.#returns.ratio("sharpe");
  }
  get sortino(): number {
    return this.#returns.ratio("sortino");
  }
  get drawdownMax(): number {
    return this.#returns.fall("deepest");
  }
  get drawdown(): number {
    return this.#returns.fall("now");
  }
  get hitRate(): number {
    return this.#returns.hitRate;
  }
  get turnover(): number {
    return this.#returns.turnover;
  }
}

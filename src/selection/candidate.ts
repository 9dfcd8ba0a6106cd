import { regimeLabels, type RegimeLabel } from "../domain/regime.ts";
import type { Candidate, PerformanceView } from "../ports/selector.ts";
import { Degradation, type DegradationOptions } from "./degradation.ts";
import { RollingReturns } from "./rolling-returns.ts";
import type { Shadow } from "./shadow.ts";
import { growthOf, WeightedReturns } from "./weighted-returns.ts";

/** How strategies are watched. */
export type MonitorOptions = {
  /** Bars of the rolling window. */
  readonly windowBars: number;
  /** Bars that must have been measured before a strategy may be chosen. */
  readonly measuredBarsMin: number;
  /** Bars of a year, for annualised figures. */
  readonly barsPerYear: number;
  readonly degradation: DegradationOptions;
};

/** A time in which a strategy had lost the right to trade. */
export type DemotionSpell = {
  readonly fromMs: number;
  /** Null while it lasts. */
  untilMs: number | null;
  readonly reason: string;
};

/** A strategy of the arsenal as the selector sees it: its shadow's returns, measured bar by bar and never afterwards. */
export class WatchedCandidate implements Candidate {
  readonly name: string;
  isReady = false;
  readonly shadow: Shadow;
  /** Oldest first. */
  readonly demotions: DemotionSpell[] = [];
  private readonly options: MonitorOptions;
  private readonly rolling: RollingReturns;
  private readonly whole: WeightedReturns;
  private readonly regimes: readonly WeightedReturns[];
  private readonly degradation: Degradation;
  private lastEquity: number;
  private lastNotional = 0;
  private wasExposed = false;
  readonly byRegime: Readonly<Record<RegimeLabel, PerformanceView>>;

  constructor(shadow: Shadow, options: MonitorOptions) {
    this.name = shadow.name;
    this.shadow = shadow;
    this.options = options;
    this.rolling = new RollingReturns(options.windowBars, options.barsPerYear);
    this.whole = new WeightedReturns(options.barsPerYear);
    this.regimes = regimeLabels.map(() => new WeightedReturns(options.barsPerYear));
    this.degradation = new Degradation(options.degradation);
    this.lastEquity = shadow.equity;
    this.byRegime = viewsOf(this.regimes);
  }

  get weight(): number {
    return this.shadow.weight;
  }

  get recent(): PerformanceView {
    return this.rolling.view();
  }

  get overall(): PerformanceView {
    return this.whole.view();
  }

  get demotion(): string | null {
    return this.degradation.demotion;
  }

  /**
   * Takes in the bar that has just closed. Its return belongs to the regimes that were known when the bar began:
   * that is what a selector can act on.
   */
  measure(row: number, timeMs: number, posteriorBefore: Float64Array): void {
    const { shadow } = this;
    const equity = shadow.equity;
    const notional = shadow.tradedNotional;
    // An account that is worth nothing has lost everything once, and nothing after that.
    const isWorth = this.lastEquity > 0;
    const change = isWorth ? Math.max(-1, equity / this.lastEquity - 1) : 0;
    const turnover = isWorth ? (notional - this.lastNotional) / this.lastEquity : 0;
    const isExposed = this.wasExposed || shadow.isExposed;
    this.lastEquity = equity;
    this.lastNotional = notional;
    this.wasExposed = shadow.isExposed;
    if (!shadow.isWarm(row - 1)) return;
    this.watch(change, timeMs, posteriorBefore);
    this.rolling.add(change, isExposed, turnover);
    const growth = growthOf(change);
    this.whole.add(change, growth, 1, isExposed, turnover);
    for (let k = 0; k < this.regimes.length; k++)
      this.regimes[k]!.add(change, growth, posteriorBefore[k]!, isExposed, turnover);
    this.isReady = this.whole.bars >= this.options.measuredBarsMin;
  }

  private watch(change: number, timeMs: number, posteriorBefore: Float64Array): void {
    const before = this.demotion;
    // A bar without a movement tells of nothing but time out, whatever is usual.
    this.degradation.add(change, change === 0 && before === null ? 0 : this.usualIn(posteriorBefore));
    const now = this.demotion;
    if (before === null && now !== null) this.demotions.push({ fromMs: timeMs, untilMs: null, reason: now });
    else if (before !== null && now === null) this.demotions.at(-1)!.untilMs = timeMs;
  }

  /** What it has earned on bars like these so far; a regime of too few bars counts as nothing. */
  private usualIn(posterior: Float64Array): number {
    let usual = 0;
    for (let k = 0; k < this.regimes.length; k++)
      if (this.regimes[k]!.bars >= this.options.measuredBarsMin)
        usual += posterior[k]! * this.regimes[k]!.mean;
    return usual;
  }
}

/** The numbers by label; each view computes one when it is read. */
function viewsOf(regimes: readonly WeightedReturns[]): Readonly<Record<RegimeLabel, PerformanceView>> {
  const entries = regimeLabels.map((label, k) => [label, regimes[k]!.view()] as const);
  return Object.fromEntries(entries) as Record<RegimeLabel, PerformanceView>;
}

import type { PerformanceView } from "../ports/selector.ts";

/** Everything that two neighbouring stretches of bars need to know to become one. Logs of growth, oldest bar first. */
type Stretch = {
  readonly bars: number;
  readonly sum: number;
  readonly squares: number;
  readonly losses: number;
  readonly wins: number;
  readonly exposed: number;
  readonly turned: number;
  /** Growth over the stretch. */
  readonly growth: number;
  /** Highest and lowest growth from its beginning to any of its bars, 0 included. */
  readonly top: number;
  readonly low: number;
  /** Deepest fall from one of its points to a later one, 0 or less. */
  readonly deepest: number;
};

const nothing: Stretch = {
  bars: 0,
  sum: 0,
  squares: 0,
  losses: 0,
  wins: 0,
  exposed: 0,
  turned: 0,
  growth: 0,
  top: 0,
  low: 0,
  deepest: 0,
};

function join(a: Stretch, b: Stretch): Stretch {
  return {
    bars: a.bars + b.bars,
    sum: a.sum + b.sum,
    squares: a.squares + b.squares,
    losses: a.losses + b.losses,
    wins: a.wins + b.wins,
    exposed: a.exposed + b.exposed,
    turned: a.turned + b.turned,
    growth: a.growth + b.growth,
    top: Math.max(a.top, a.growth + b.top),
    low: Math.min(a.low, a.growth + b.low),
    deepest: Math.min(a.deepest, b.deepest, a.growth + b.low - a.top),
  };
}

/**
 * Performance over the last `windowBars` bars, a constant amount of work per bar on average and no rounding that
 * builds up. Two stacks make the queue: Tangwongsan, Hirzel and Schneider, Low-Latency Sliding-Window Aggregation (2017).
 */
export class RollingReturns {
  private readonly windowBars: number;
  private readonly barsPerYear: number;
  /** Older bars: each entry joins itself with everything newer in this stack, so the top covers the whole stack. */
  private readonly older: Stretch[] = [];
  private readonly newer: Stretch[] = [];
  private newerJoined = nothing;

  constructor(windowBars: number, barsPerYear: number) {
    this.windowBars = windowBars;
    this.barsPerYear = barsPerYear;
  }

  /** Takes in the return of a bar and lets go of the one that leaves the window. */
  add(value: number, isExposed: boolean, turnover: number): void {
    if (this.older.length + this.newer.length === this.windowBars) this.dropOldest();
    const growth = Math.log1p(Math.max(value, -0.999_999));
    const bar: Stretch = {
      bars: 1,
      sum: value,
      squares: value * value,
      losses: value < 0 ? value * value : 0,
      wins: isExposed && value > 0 ? 1 : 0,
      exposed: isExposed ? 1 : 0,
      turned: turnover,
      growth,
      top: Math.max(0, growth),
      low: Math.min(0, growth),
      deepest: Math.min(0, growth),
    };
    this.newer.push(bar);
    this.newerJoined = join(this.newerJoined, bar);
  }

  /** Bars in the window. */
  get bars(): number {
    return this.older.length + this.newer.length;
  }

  /** The numbers over the window. */
  view(): PerformanceView {
    const all = join(this.older.at(-1) ?? nothing, this.newerJoined);
    const { bars, sum, squares, losses, exposed } = all;
    const mean = bars > 0 ? sum / bars : Number.NaN;
    const deviation = bars > 1 ? Math.sqrt(Math.max(0, (squares - sum * mean) / (bars - 1))) : Number.NaN;
    const downside = bars > 0 ? Math.sqrt(losses / bars) : Number.NaN;
    const scale = Math.sqrt(this.barsPerYear);
    return {
      bars,
      mean,
      deviation,
      sharpe: deviation > 0 ? (mean / deviation) * scale : Number.NaN,
      sortino: downside > 0 ? (mean / downside) * scale : Number.NaN,
      drawdownMax: bars > 0 ? Math.expm1(all.deepest) : Number.NaN,
      drawdown: bars > 0 ? Math.expm1(all.growth - all.top) : Number.NaN,
      hitRate: exposed > 0 ? all.wins / exposed : Number.NaN,
      turnover: bars > 0 ? all.turned / bars : Number.NaN,
    };
  }

  private dropOldest(): void {
    if (this.older.length === 0) {
      let joined = nothing;
      while (this.newer.length > 0) {
        joined = join(this.newer.pop()!, joined);
        this.older.push(joined);
      }
      this.newerJoined = nothing;
    }
    this.older.pop();
  }
}

import type { PerformanceView } from "../ports/selector.ts";

/**
 * Everything that two neighbouring stretches of bars need to know to become one, as places in a row of numbers. Logs of
 * growth, oldest bar first; `top` and `low` are the highest and lowest growth from the beginning to any bar, 0 included,
 * and `deepest` is the deepest fall from one point to a later one, 0 or less.
 */
const [barsAt, sumAt, squaresAt, lossesAt, winsAt, exposedAt, turnedAt, growthAt, topAt, lowAt, deepestAt] = [
  0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10,
];
const width = 11;

/** Writes the stretch at `a` followed by the one at `b` to `into` at `at`, which may be either of them. */
function join(
  first: Float64Array,
  a: number,
  second: Float64Array,
  b: number,
  into: Float64Array,
  at: number,
): void {
  const growth = first[a + growthAt]!;
  const fall = growth + second[b + lowAt]! - first[a + topAt]!;
  into[at + deepestAt] = Math.min(first[a + deepestAt]!, second[b + deepestAt]!, fall);
  into[at + topAt] = Math.max(first[a + topAt]!, growth + second[b + topAt]!);
  into[at + lowAt] = Math.min(first[a + lowAt]!, growth + second[b + lowAt]!);
  into[at + growthAt] = growth + second[b + growthAt]!;
  for (let k = 0; k < growthAt; k++) into[at + k] = first[a + k]! + second[b + k]!;
}

/**
 * Performance over the last `windowBars` bars, a constant amount of work per bar on average and no rounding that
 * builds up. Two stacks make the queue: Tangwongsan, Hirzel and Schneider, Low-Latency Sliding-Window Aggregation (2017).
 */
export class RollingReturns {
  private readonly windowBars: number;
  private readonly barsPerYear: number;
  /** Older bars: each entry joins itself with everything newer in this stack, so the top covers the whole stack. */
  private older = new Float64Array(0);
  private olderBars = 0;
  private newer = new Float64Array(0);
  private newerBars = 0;
  private readonly newerJoined = new Float64Array(width);
  private readonly all = new Float64Array(width);

  constructor(windowBars: number, barsPerYear: number) {
    this.windowBars = windowBars;
    this.barsPerYear = barsPerYear;
  }

  /** Takes in the return of a bar and lets go of the one that leaves the window. */
  add(value: number, isExposed: boolean, turnover: number): void {
    if (this.bars === this.windowBars) this.dropOldest();
    if (this.newerBars * width === this.newer.length) this.grow();
    const { newer, newerJoined } = this;
    const at = this.newerBars * width;
    const growth = Math.log1p(Math.max(value, -0.999_999));
    newer[at + barsAt] = 1;
    newer[at + sumAt] = value;
    newer[at + squaresAt] = value * value;
    newer[at + lossesAt] = value < 0 ? value * value : 0;
    newer[at + winsAt] = isExposed && value > 0 ? 1 : 0;
    newer[at + exposedAt] = isExposed ? 1 : 0;
    newer[at + turnedAt] = turnover;
    newer[at + growthAt] = growth;
    newer[at + topAt] = Math.max(0, growth);
    newer[at + lowAt] = Math.min(0, growth);
    newer[at + deepestAt] = Math.min(0, growth);
    this.newerBars += 1;
    join(newerJoined, 0, newer, at, newerJoined, 0);
  }

  /** Bars in the window. */
  get bars(): number {
    return this.olderBars + this.newerBars;
  }

  /** The numbers over the window. */
  view(): PerformanceView {
    const { all, newerJoined } = this;
    if (this.olderBars === 0) all.set(newerJoined);
    else join(this.older, (this.olderBars - 1) * width, newerJoined, 0, all, 0);
    const bars = all[barsAt]!;
    const sum = all[sumAt]!;
    const exposed = all[exposedAt]!;
    const mean = bars > 0 ? sum / bars : Number.NaN;
    const variance = (all[squaresAt]! - sum * mean) / (bars - 1);
    const deviation = bars > 1 ? Math.sqrt(Math.max(0, variance)) : Number.NaN;
    const downside = bars > 0 ? Math.sqrt(all[lossesAt]! / bars) : Number.NaN;
    const scale = Math.sqrt(this.barsPerYear);
    return {
      bars,
      mean,
      deviation,
      sharpe: deviation > 0 ? (mean / deviation) * scale : Number.NaN,
      sortino: downside > 0 ? (mean / downside) * scale : Number.NaN,
      drawdownMax: bars > 0 ? Math.expm1(all[deepestAt]!) : Number.NaN,
      drawdown: bars > 0 ? Math.expm1(all[growthAt]! - all[topAt]!) : Number.NaN,
      hitRate: exposed > 0 ? all[winsAt]! / exposed : Number.NaN,
      turnover: bars > 0 ? all[turnedAt]! / bars : Number.NaN,
    };
  }

  private dropOldest(): void {
    if (this.olderBars === 0) this.turnOver();
    this.olderBars -= 1;
  }

  /** Long windows are seldom filled: room comes with the bars. */
  private grow(): void {
    const larger = new Float64Array(Math.min(this.windowBars, Math.max(64, 2 * this.newerBars)) * width);
    larger.set(this.newer);
    this.newer = larger;
  }

  /** The newer bars become the older ones, newest at the bottom. */
  private turnOver(): void {
    const { newer, newerBars, newerJoined } = this;
    if (this.older.length < newer.length) this.older = new Float64Array(newer.length);
    const { older } = this;
    newerJoined.fill(0);
    for (let row = newerBars - 1, at = 0; row >= 0; row--, at += width) {
      if (at === 0) join(newer, row * width, newerJoined, 0, older, 0);
      else join(newer, row * width, older, at - width, older, at);
    }
    this.olderBars = newerBars;
    this.newerBars = 0;
  }
}

import type { PerformanceView } from "../ports/selector.ts";
import { growthOf } from "./weighted-returns.ts";

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

/** What a bar leaves behind until somebody looks: its return, whether a position was open, and its turnover. */
const rawWidth = 3;

/**
 * Performance over the last `windowBars` bars, a constant amount of work per bar on average and no rounding that
 * builds up. Two stacks make the queue: Tangwongsan, Hirzel and Schneider, Low-Latency Sliding-Window Aggregation (2017).
 * Bars are only joined when somebody looks: most selectors never do.
 */
export class RollingReturns {
  private readonly windowBars: number;
  private readonly barsPerYear: number;
  /** The older bars as they came. */
  private olderRaw = new Float64Array(0);
  /** Each entry joins itself with everything newer in this stack, newest at the bottom, so the top covers the whole stack. */
  private older = new Float64Array(0);
  private olderBars = 0;
  private isOlderJoined = true;
  private newerRaw = new Float64Array(0);
  private newerBars = 0;
  /** How many of the newer bars are in `newerJoined`. */
  private joinedBars = 0;
  private readonly newerJoined = new Float64Array(width);
  private readonly one = new Float64Array(width);
  private readonly all = new Float64Array(width);

  constructor(windowBars: number, barsPerYear: number) {
    this.windowBars = windowBars;
    this.barsPerYear = barsPerYear;
  }

  /** Takes in the return of a bar and lets go of the one that leaves the window. */
  add(value: number, isExposed: boolean, turnover: number): void {
    if (this.bars === this.windowBars) this.dropOldest();
    if (this.newerBars * rawWidth === this.newerRaw.length) this.grow();
    const { newerRaw } = this;
    const at = this.newerBars * rawWidth;
    newerRaw[at] = value;
    newerRaw[at + 1] = isExposed ? 1 : 0;
    newerRaw[at + 2] = turnover;
    this.newerBars += 1;
  }

  /** Bars in the window. */
  get bars(): number {
    return this.olderBars + this.newerBars;
  }

  /** The numbers over the window. */
  view(): PerformanceView {
    const { all, newerJoined } = this;
    this.joinNewer();
    if (!this.isOlderJoined) this.joinOlder();
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
    const larger = new Float64Array(Math.min(this.windowBars, Math.max(64, 2 * this.newerBars)) * rawWidth);
    larger.set(this.newerRaw);
    this.newerRaw = larger;
  }

  /** The newer bars become the older ones. */
  private turnOver(): void {
    [this.olderRaw, this.newerRaw] = [this.newerRaw, this.olderRaw];
    this.olderBars = this.newerBars;
    this.isOlderJoined = false;
    this.newerBars = 0;
    this.joinedBars = 0;
    this.newerJoined.fill(0);
  }

  private joinNewer(): void {
    const { newerRaw, newerJoined, one } = this;
    for (; this.joinedBars < this.newerBars; this.joinedBars++) {
      readBar(newerRaw, this.joinedBars, one);
      join(newerJoined, 0, one, 0, newerJoined, 0);
    }
  }

  /** Some of them may have left the window by now: the newer ones have taken their places, bar by bar. */
  private joinOlder(): void {
    const { olderRaw, one } = this;
    const bars = this.olderBars + this.newerBars;
    if (this.older.length < bars * width) this.older = new Float64Array(bars * width);
    const { older } = this;
    for (let row = bars - 1, at = 0; row >= 0; row--, at += width) {
      readBar(olderRaw, row, one);
      if (at === 0) join(one, 0, nothing, 0, older, 0);
      else join(one, 0, older, at - width, older, at);
    }
    this.isOlderJoined = true;
  }
}

const nothing = new Float64Array(width);

/** Writes bar `row` as a stretch of its own. */
function readBar(raw: Float64Array, row: number, into: Float64Array): void {
  const at = row * rawWidth;
  const value = raw[at]!;
  const isExposed = raw[at + 1] === 1;
  const growth = growthOf(value);
  into[barsAt] = 1;
  into[sumAt] = value;
  into[squaresAt] = value * value;
  into[lossesAt] = value < 0 ? value * value : 0;
  into[winsAt] = isExposed && value > 0 ? 1 : 0;
  into[exposedAt] = isExposed ? 1 : 0;
  into[turnedAt] = raw[at + 2]!;
  into[growthAt] = growth;
  into[topAt] = Math.max(0, growth);
  into[lowAt] = Math.min(0, growth);
  into[deepestAt] = Math.min(0, growth);
}

import type { Bars } from "../../domain/bars.ts";
import type { MarketSlice } from "../../domain/slice.ts";
import type { Session } from "../../engine/session.ts";
import { live } from "../../engine/step.ts";

/**
 * The backtest of what is being traded: a session of the same settings over the same growing bars, with the simulated
 * venue in the place of the real one. It is taken through the same step, later and beside.
 */
export class Shadow {
  readonly session: Session;
  private readonly bars: readonly Bars[];
  private readonly next: Int32Array;
  private readonly staleToMs: number;
  private readonly staleTimes: ReadonlySet<number>;

  /** Bars that close up to `staleToMs`, or at one of `staleTimes`, only warm it up, as they did the robot. */
  constructor(
    session: Session,
    bars: readonly Bars[],
    staleToMs: number,
    staleTimes: ReadonlySet<number> = new Set(),
  ) {
    this.session = session;
    this.bars = bars;
    this.next = new Int32Array(bars.length);
    this.staleToMs = staleToMs;
    this.staleTimes = staleTimes;
  }

  /**
   * Lives through the bars that closed up to `timeMs`, which the robot has lived through; later ones wait. After about so many
   * bars it pauses. Returns whether it has come there.
   */
  advance(timeMs: number, barsMax = Infinity): boolean {
    for (let bars = 0; bars < barsMax;) {
      const slice = this.sliceTo(timeMs);
      if (slice === null) return true;
      live(this.session, slice);
      bars += slice.count;
    }
    return false;
  }

  private sliceTo(untilMs: number): MarketSlice | null {
    const { bars, next } = this;
    let timeMs = Infinity;
    for (let k = 0; k < bars.length; k++)
      if (next[k]! < bars[k]!.length) timeMs = Math.min(timeMs, bars[k]!.closeTimeMs[next[k]!]!);
    // Before its first bar a robot has lived up to no time at all (NaN), and where bars end there is no next one.
    if (timeMs === Infinity || !(timeMs <= untilMs)) return null;
    const instruments: number[] = [];
    for (let k = 0; k < bars.length; k++)
      if (next[k]! < bars[k]!.length && bars[k]!.closeTimeMs[next[k]!] === timeMs) instruments.push(k);
    const rows = Int32Array.from(instruments, (k) => next[k]!);
    for (const k of instruments) next[k]! += 1;
    const isStale = timeMs <= this.staleToMs || this.staleTimes.has(timeMs);
    return { timeMs, count: instruments.length, instruments: Int32Array.from(instruments), rows, isStale };
  }
}

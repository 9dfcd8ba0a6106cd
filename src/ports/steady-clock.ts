import type { Clock } from "./clock.ts";

/**
 * A clock that never goes back. While the machine's own has been set back, this one goes on at half its pace until both
 * say the same: every wait that was begun ends, after twice its time at the latest, and nothing seems to be of the future.
 */
export class SteadyClock implements Clock {
  private readonly clock: Clock;
  private steadyMs = -Infinity;
  private seenMs = Infinity;

  constructor(clock: Clock) {
    this.clock = clock;
  }

  nowMs(): number {
    const nowMs = this.clock.nowMs();
    const passedMs = Math.max(0, nowMs - this.seenMs);
    this.seenMs = nowMs;
    this.steadyMs = Math.max(nowMs, this.steadyMs + passedMs / 2);
    return Math.floor(this.steadyMs);
  }

  schedule(spanMs: number, run: () => void): () => void {
    return this.clock.schedule(spanMs, run);
  }
}

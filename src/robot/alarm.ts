import type { Clock } from "../ports/clock.ts";

/** One timer for many moments: it goes off at the earliest of those that were set. */
export class Alarm {
  private readonly clock: Clock;
  private readonly run: () => void;
  private cancel: (() => void) | null = null;
  private atMs = Infinity;
  private isClosed = false;

  /** `run` sets it again for what is left. */
  constructor(clock: Clock, run: () => void) {
    this.clock = clock;
    this.run = run;
  }

  /** Goes off at `atMs` or before; Infinity changes nothing. */
  set(atMs: number): void {
    // One that should have gone off by now has been overtaken by a clock that was set: its timer knows nothing of that.
    const nowMs = this.clock.nowMs();
    if (this.isClosed || !(atMs < this.atMs || this.atMs < nowMs)) return;
    this.cancel?.();
    this.atMs = Math.min(atMs, Math.max(this.atMs, nowMs));
    this.cancel = this.clock.schedule(Math.max(0, this.atMs - nowMs), () => {
      this.cancel = null;
      this.atMs = Infinity;
      this.run();
    });
  }

  /** Never goes off any more. */
  close(): void {
    this.isClosed = true;
    this.cancel?.();
  }
}

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
    if (this.isClosed || !(atMs < this.atMs)) return;
    this.cancel?.();
    this.atMs = atMs;
    this.cancel = this.clock.schedule(Math.max(0, atMs - this.clock.nowMs()), () => {
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

import type { Clock } from "../../src/ports/clock.ts";

type Timer = { readonly dueMs: number; readonly run: () => void };

/** A clock that moves when a test says so; `auto` jumps to the next timer as soon as nothing else is to be done. */
export class ManualClock implements Clock {
  /** Every span that was waited for, in order. */
  readonly waits: number[] = [];
  private readonly isAuto: boolean;
  private timeMs: number;
  private timers: Timer[] = [];

  constructor(startMs: number, mode: "manual" | "auto" = "manual") {
    this.timeMs = startMs;
    this.isAuto = mode === "auto";
  }

  nowMs(): number {
    return this.timeMs;
  }

  schedule(spanMs: number, run: () => void): () => void {
    const timer = { dueMs: this.timeMs + Math.max(0, spanMs), run };
    this.waits.push(spanMs);
    this.timers.push(timer);
    if (this.isAuto) setImmediate(() => this.runNext());
    return () => {
      this.timers = this.timers.filter((other) => other !== timer);
    };
  }

  /** Lets time pass and runs what falls due, in order, with room for promises in between. */
  async advance(spanMs: number): Promise<void> {
    const untilMs = this.timeMs + spanMs;
    // What was started just now has not set its timers yet.
    await settle();
    for (;;) {
      const next = this.nextTimer();
      if (next === null || next.dueMs > untilMs) break;
      this.fire(next);
      await settle();
    }
    this.timeMs = Math.max(this.timeMs, untilMs);
    await settle();
  }

  /** Lets time pass at once, in the middle of something; what falls due runs at the next advance. */
  pass(spanMs: number): void {
    this.timeMs += spanMs;
  }

  private runNext(): void {
    const next = this.nextTimer();
    if (next !== null) this.fire(next);
  }

  private nextTimer(): Timer | null {
    return this.timers.reduce<Timer | null>(
      (first, timer) => (first === null || timer.dueMs < first.dueMs ? timer : first),
      null,
    );
  }

  private fire(timer: Timer): void {
    this.timers = this.timers.filter((other) => other !== timer);
    this.timeMs = Math.max(this.timeMs, timer.dueMs);
    timer.run();
  }
}

/** Lets promises and sockets have their turn. */
export async function settle(turns = 3): Promise<void> {
  for (let turn = 0; turn < turns; turn++) await new Promise((resolve) => setImmediate(resolve));
}

/** Waits in real time, for sockets, until something is true. */
export async function until(condition: () => boolean, what: string): Promise<void> {
  for (let tries = 0; tries < 2_000; tries++) {
    if (condition()) return;
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
  throw new Error(`did not happen: ${what}`);
}

import type { Clock } from "../../ports/clock.ts";

/** The sleep of a feed that has nothing to hand over: until a time, or until somebody stirs it. */
export class Doze {
  private readonly clock: Clock;
  private untilMs = -Infinity;
  private wakeUp = (): void => {};
  private readonly waiting: (() => void)[] = [];

  constructor(clock: Clock) {
    this.clock = clock;
  }

  /** Resolves at `untilMs` or when stirred. Whoever waited for the feed to fall asleep goes on. */
  async sleepUntil(untilMs: number): Promise<void> {
    for (const resolve of this.waiting.splice(0)) resolve();
    this.untilMs = untilMs;
    await new Promise<void>((resolve) => {
      const cancel = this.clock.schedule(Math.max(0, untilMs - this.clock.nowMs()), resolve);
      this.wakeUp = () => {
        cancel();
        resolve();
      };
    });
    this.wakeUp = () => {};
    this.untilMs = -Infinity;
  }

  /** Ends the sleep now. */
  stir(): void {
    this.wakeUp();
  }

  /** Ends the sleep when something is due before it would have ended. */
  hurry(dueMs: number): void {
    if (dueMs < this.untilMs) this.wakeUp();
  }

  /** Resolves when the feed falls asleep next: everything that could be handed over has been. */
  nextSleep(): Promise<void> {
    return new Promise((resolve) => {
      this.waiting.push(resolve);
      this.wakeUp();
    });
  }
}

import type { Clock } from "../../ports/clock.ts";

/** A clock tells whole milliseconds: two moments may be nearer to each other by this than it says. */
const tickMs = 1;

/**
 * At most so many in any span of time. Each comes back by a timer: a clock that is set gives none away, and keeps none back.
 */
export class SendBudget {
  private readonly count: number;
  private readonly spanMs: number;
  private readonly clock: Pick<Clock, "schedule">;
  private readonly onFree: () => void;
  private used = 0;
  private isAwaited = false;

  /** `onFree` is called when one is free again after somebody has asked in vain. */
  constructor(
    { count, spanMs }: { readonly count: number; readonly spanMs: number },
    clock: Pick<Clock, "schedule">,
    onFree: () => void,
  ) {
    this.count = count;
    this.spanMs = spanMs;
    this.clock = clock;
    this.onFree = onFree;
  }

  /** Takes one, and says whether there was one to take. */
  take(): boolean {
    if (this.used >= this.count) {
      this.isAwaited = true;
      return false;
    }
    this.used += 1;
    this.clock.schedule(this.spanMs + tickMs, () => this.giveBack());
    return true;
  }

  private giveBack(): void {
    this.used -= 1;
    if (!this.isAwaited) return;
    this.isAwaited = false;
    this.onFree();
  }
}

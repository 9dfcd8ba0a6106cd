/** A clock tells whole milliseconds: two moments may be nearer to each other by this than it says. */
const tickMs = 1;

/** At most so many in any span of time, exactly: the moment of each of the last ones is remembered. */
export class SendBudget {
  private readonly count: number;
  private readonly spanMs: number;
  private readonly sentMs: number[] = [];

  constructor({ count, spanMs }: { readonly count: number; readonly spanMs: number }) {
    this.count = count;
    this.spanMs = spanMs;
  }

  /** When the next one may go: now or earlier where one is free. */
  freeAtMs(): number {
    if (this.sentMs.length < this.count) return -Infinity;
    return this.sentMs[0]! + this.spanMs + tickMs;
  }

  /** Takes one. */
  take(nowMs: number): void {
    this.sentMs.push(nowMs);
    if (this.sentMs.length > this.count) this.sentMs.shift();
  }
}

/** What a limit says about one more request. */
export type RateVerdict = {
  readonly isAllowed: boolean;
  readonly remaining: number;
  readonly resetMs: number;
};

/** So many requests in each window of time, by key. Windows begin on the clock, as venues' do. */
export class RateLimit {
  readonly limit: number;
  private readonly windowMs: number;
  private readonly used = new Map<string, { windowStartMs: number; count: number }>();

  constructor(limit: number, windowMs: number) {
    this.limit = limit;
    this.windowMs = windowMs;
  }

  /** Counts a request, if it is within the limit. */
  take(key: string, nowMs: number): RateVerdict {
    const windowStartMs = Math.floor(nowMs / this.windowMs) * this.windowMs;
    const entry = this.used.get(key);
    const count = entry?.windowStartMs === windowStartMs ? entry.count : 0;
    const isAllowed = count < this.limit;
    this.used.set(key, { windowStartMs, count: isAllowed ? count + 1 : count });
    const remaining = Math.max(0, this.limit - count - 1);
    return { isAllowed, remaining: isAllowed ? remaining : 0, resetMs: windowStartMs + this.windowMs };
  }
}

import { sleep, type Clock } from "../../ports/clock.ts";

/** What a host allows: `weight` within any `windowMs`. */
export type HostAllowance = { readonly weight: number; readonly windowMs: number };

/**
 * A token bucket for one host: callers wait their turn in order. It refills evenly, heeds what the host's headers
 * say is left, and can be shut until a given time when the host asks for silence.
 */
export class HostLimit {
  private readonly clock: Clock;
  private readonly allowance: HostAllowance;
  private tokens: number;
  private refilledMs: number;
  private pausedUntilMs = Number.NEGATIVE_INFINITY;
  private lastTurn: Promise<void> = Promise.resolve();
  private ban: { readonly untilMs: number; readonly reason: string } | null = null;

  constructor(clock: Clock, allowance: HostAllowance) {
    this.clock = clock;
    this.allowance = allowance;
    this.tokens = allowance.weight;
    this.refilledMs = clock.nowMs();
  }

  /** Waits until `weight` may be spent and spends it. */
  take(weight: number, signal?: AbortSignal): Promise<void> {
    const turn = this.lastTurn.then(() => this.wait(weight, signal));
    this.lastTurn = turn.catch(() => {});
    return turn;
  }

  /**
   * Spends `weight` now, or says for how long it cannot be spent. `reserve` is what has to be left for others: what
   * takes 0 may go into debt, which those who leave a reserve wait out.
   */
  tryTake(weight: number, reserve: number): { readonly waitMs: number } | null {
    const pauseMs = this.pausedUntilMs - this.clock.nowMs();
    if (pauseMs > 0) return { waitMs: pauseMs };
    const delayMs = reserve > 0 ? this.delayFor(weight + reserve) : 0;
    if (delayMs > 0) return { waitMs: delayMs };
    this.refill();
    this.tokens -= weight;
    return null;
  }

  /** Nobody is let through before `timeMs`. */
  pauseUntil(timeMs: number): void {
    this.pausedUntilMs = Math.max(this.pausedUntilMs, timeMs);
  }

  /** The host says that no more than `weight` is left of its window: ours is never fuller than that. */
  heedRemaining(weight: number): void {
    this.refill();
    this.tokens = Math.min(this.tokens, Math.max(0, weight));
  }

  /** The host says how much of its window is used. */
  heedUsed(weight: number): void {
    this.heedRemaining(this.allowance.weight - weight);
  }

  /** The host has shut us out: `bannedNow` answers with this until then. */
  banUntil(untilMs: number, reason: string): void {
    if (this.ban === null || untilMs > this.ban.untilMs) this.ban = { untilMs, reason };
  }

  /** The ban in force, or null. */
  bannedNow(): { readonly untilMs: number; readonly reason: string } | null {
    if (this.ban !== null && this.clock.nowMs() >= this.ban.untilMs) this.ban = null;
    return this.ban;
  }

  private async wait(weight: number, signal?: AbortSignal): Promise<void> {
    const wanted = Math.min(weight, this.allowance.weight);
    for (;;) {
      signal?.throwIfAborted();
      const delayMs = this.delayFor(wanted);
      if (delayMs <= 0) break;
      await sleep(this.clock, delayMs, signal);
    }
    this.tokens -= wanted;
  }

  private delayFor(weight: number): number {
    const pauseMs = this.pausedUntilMs - this.clock.nowMs();
    if (pauseMs > 0) return pauseMs;
    this.refill();
    const missing = weight - this.tokens;
    // A rounding error of the refill must not cost another turn of waiting.
    return missing <= 1e-9 ? 0 : Math.ceil((missing * this.allowance.windowMs) / this.allowance.weight);
  }

  private refill(): void {
    const nowMs = this.clock.nowMs();
    const gained = ((nowMs - this.refilledMs) * this.allowance.weight) / this.allowance.windowMs;
    this.tokens = Math.min(this.allowance.weight, this.tokens + Math.max(0, gained));
    this.refilledMs = nowMs;
  }
}

/** One limit per host, however many sources talk to it. */
export class HostLimits {
  private readonly clock: Clock;
  private readonly limits = new Map<string, HostLimit>();

  constructor(clock: Clock) {
    this.clock = clock;
  }

  /** The limit of the host of `url`, made with `allowance` when it is asked for the first time. */
  of(url: string, allowance: HostAllowance): HostLimit {
    const { host } = new URL(url);
    const limit = this.limits.get(host) ?? new HostLimit(this.clock, allowance);
    this.limits.set(host, limit);
    return limit;
  }
}

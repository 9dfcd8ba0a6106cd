import { sleep, type Clock } from "../../ports/clock.ts";

/** What a host allows: `weight` within any `windowMs`; `reserve` of it is kept for what is urgent. */
export type HostAllowance = {
  readonly weight: number;
  readonly windowMs: number;
  readonly reserve?: number;
};

/**
 * Who wants to pass. `usual` leaves the reserve and waits out every pause. `question`, about orders and money, leaves the
 * reserve. `urgent`, what makes a risk smaller, takes all that is left and goes into debt, which the others wait out.
 * The last two look every `probeMs` whether a pause that the host asked for is over before its time.
 */
export type Lane = "usual" | "question" | "urgent";

/** A pause is tried so often by what cannot wait for its end: too seldom to be a storm, soon enough for an exit. */
const probeMs = 2_000;

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
  private closedUntilMs = Number.NEGATIVE_INFINITY;
  private readonly probeAtMs = { question: Number.NEGATIVE_INFINITY, urgent: Number.NEGATIVE_INFINITY };
  private lastTurn: Promise<void> = Promise.resolve();
  private ban: { readonly untilMs: number; readonly reason: string } | null = null;

  constructor(clock: Clock, allowance: HostAllowance) {
    this.clock = clock;
    this.allowance = allowance;
    this.tokens = allowance.weight;
    this.refilledMs = clock.nowMs();
  }

  /** Waits until `weight` may be spent and spends it. */
  take(weight: number, signal?: AbortSignal, lane: Exclude<Lane, "urgent"> = "usual"): Promise<void> {
    const turn = this.lastTurn.then(() => this.wait(weight, signal, lane));
    this.lastTurn = turn.catch(() => {});
    return turn;
  }

  /** Spends `weight` now, or says for how long it cannot be spent. */
  tryTake(weight: number, lane: Lane): { readonly waitMs: number } | null {
    const delayMs = this.delayFor(weight, lane);
    if (delayMs > 0) return { waitMs: delayMs };
    this.pass(weight, lane);
    return null;
  }

  /** Spends `weight` for what was let through already. */
  spend(weight: number): void {
    this.refill();
    this.tokens -= weight;
  }

  /** The host has refused something and wants to hear nothing before `timeMs`. */
  pauseUntil(timeMs: number): void {
    this.pausedUntilMs = Math.max(this.pausedUntilMs, timeMs);
    const soonMs = Math.min(this.pausedUntilMs, this.clock.nowMs() + probeMs);
    this.probeAtMs.question = this.probeAtMs.urgent = soonMs;
  }

  /** Whether the host has asked for silence: what passes now tries whether it still wants it. */
  get isPaused(): boolean {
    return this.pausedUntilMs > this.clock.nowMs();
  }

  /** The host took something that was sent into a pause. */
  resume(): void {
    this.pausedUntilMs = Number.NEGATIVE_INFINITY;
  }

  /** The host has refused nothing yet, and says that nothing is left before `timeMs`: only what is usual waits. */
  closeUntil(timeMs: number): void {
    this.closedUntilMs = Math.max(this.closedUntilMs, timeMs);
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

  private async wait(weight: number, signal: AbortSignal | undefined, lane: Lane): Promise<void> {
    const { reserve = 0, weight: weightMax } = this.allowance;
    const wanted = Math.min(weight, weightMax - reserve);
    for (;;) {
      signal?.throwIfAborted();
      const delayMs = this.delayFor(wanted, lane);
      if (delayMs <= 0) break;
      await sleep(this.clock, delayMs, signal);
    }
    this.pass(wanted, lane);
  }

  private pass(weight: number, lane: Lane): void {
    if (lane !== "usual" && this.isPaused) this.probeAtMs[lane] = this.clock.nowMs() + probeMs;
    this.spend(weight);
  }

  private pauseLeftMs(lane: Lane): number {
    const nowMs = this.clock.nowMs();
    if (lane === "usual") return Math.max(this.pausedUntilMs, this.closedUntilMs) - nowMs;
    return Math.min(this.pausedUntilMs, this.probeAtMs[lane]) - nowMs;
  }

  private delayFor(weight: number, lane: Lane): number {
    const pauseMs = this.pauseLeftMs(lane);
    if (pauseMs > 0) return pauseMs;
    if (lane === "urgent") return 0;
    this.refill();
    const missing = weight + (this.allowance.reserve ?? 0) - this.tokens;
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

import { minuteMs, secondMs } from "../../base/time.ts";

/** Successes and failures count half as much after this long. */
const halfLifeMs = 10 * minuteMs;
/** Answers and bars up to this late are as good as any. */
const promptMs = 5 * secondMs;
/** Share of the newest latency in the average. */
const latencyShare = 0.2;

/**
 * How well a provider does, as a score from 0 to 1, kept up bar by bar. It is the product of three shares:
 *
 *     reliability = (1 + S) / (1 + S + F)   S, F: successes and failures, each halved every 10 minutes of age
 *     promptness  = 5 s / max(5 s, L)       L: average latency, the newest with a fifth of the weight
 *     freshness   = 2 ^ -(overdue bars)
 *
 * A provider that nobody has asked scores 1, and old failures fade by time alone. No clock is read: times come in.
 */
export class ProviderHealth {
  successes = 0;
  failures = 0;
  overdueBars = 0;
  /** Average in milliseconds; NaN before the first. */
  latencyMs = Number.NaN;
  lastFailureMs = Number.NEGATIVE_INFINITY;
  lastFailure: string | null = null;
  private good = 0;
  private bad = 0;
  private fadedToMs = Number.NaN;

  /** Notes an answer or a bar that was as it should be, and how long it took. */
  noteSuccess(atMs: number, latencyMs: number): void {
    this.fade(atMs);
    this.successes += 1;
    this.good += 1;
    const late = Math.max(0, latencyMs);
    this.latencyMs = Number.isNaN(this.latencyMs)
      ? late
      : this.latencyMs + latencyShare * (late - this.latencyMs);
  }

  /** Notes an answer that failed, a lost stream or a bar that could not be used. */
  noteFailure(atMs: number, reason: string): void {
    this.fade(atMs);
    this.failures += 1;
    this.bad += 1;
    this.lastFailureMs = atMs;
    this.lastFailure = reason;
  }

  /** Notes how many bars are overdue now. */
  noteOverdue(bars: number): void {
    this.overdueBars = bars;
  }

  /** The score at a time, 0 to 1. */
  score(atMs: number): number {
    const weight = this.weightAt(atMs);
    const reliability = (1 + weight * this.good) / (1 + weight * (this.good + this.bad));
    const promptness = Number.isNaN(this.latencyMs) ? 1 : promptMs / Math.max(promptMs, this.latencyMs);
    return reliability * promptness * 2 ** -this.overdueBars;
  }

  private fade(atMs: number): void {
    const weight = this.weightAt(atMs);
    this.good *= weight;
    this.bad *= weight;
    this.fadedToMs = Number.isNaN(this.fadedToMs) ? atMs : Math.max(this.fadedToMs, atMs);
  }

  private weightAt(atMs: number): number {
    // A clock that is set back must not make the past weigh more.
    return Number.isNaN(this.fadedToMs) ? 1 : 2 ** (-Math.max(0, atMs - this.fadedToMs) / halfLifeMs);
  }
}

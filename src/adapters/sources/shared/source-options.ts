import type { Prng } from "../../../base/prng.ts";
import type { Clock } from "../../../ports/clock.ts";
import { defaultRetryPolicy, type RetryPolicy } from "../../shared/backoff.ts";
import { HostLimits } from "../../shared/host-limit.ts";

/** What every source of a venue takes; only the clock and the chance have no default. */
export type SourceOptions = {
  readonly clock: Clock;
  readonly prng: Prng;
  /** Where the REST interface is; default the venue's own. */
  readonly baseUrl?: string;
  /** Where the stream is; default the venue's own. */
  readonly wsUrl?: string;
  readonly requestTimeoutMs?: number;
  readonly retry?: Partial<RetryPolicy>;
  /** How far this machine's clock may be off. */
  readonly clockSkewMsMax?: number;
  /** How long a bar is left to settle after its close before it counts as closed. */
  readonly settleMs?: number;
  /** Shared by sources of one host. */
  readonly limits?: HostLimits;
  /** A stream that delivers nothing for so long is taken for dead. */
  readonly staleAfterMs?: number;
  /** Bars that may wait for a slow receiver. */
  readonly bufferMax?: number;
};

/** `SourceOptions` with every default filled in. */
export type ResolvedOptions = {
  readonly clock: Clock;
  readonly prng: Prng;
  readonly requestTimeoutMs: number;
  readonly policy: RetryPolicy;
  readonly clockSkewMsMax: number;
  readonly settleMs: number;
  readonly limits: HostLimits;
  readonly bufferMax: number;
};

/** Fills in what is not given. */
export function resolveOptions(options: SourceOptions): ResolvedOptions {
  return {
    clock: options.clock,
    prng: options.prng,
    requestTimeoutMs: options.requestTimeoutMs ?? 15_000,
    policy: { ...defaultRetryPolicy, ...options.retry },
    clockSkewMsMax: options.clockSkewMsMax ?? 5_000,
    settleMs: options.settleMs ?? 1_000,
    limits: options.limits ?? new HostLimits(options.clock),
    bufferMax: options.bufferMax ?? 10_000,
  };
}

import type { Prng } from "../../base/prng.ts";

/** How often and how patiently something is tried again. */
export type RetryPolicy = {
  /** Tries altogether, the first included. */
  readonly attemptsMax: number;
  readonly delayMsBase: number;
  readonly delayMsMax: number;
  /** A venue that asks for a longer pause than this is not waited for: the call fails and says until when. */
  readonly pauseMsMax: number;
};

/** Six tries within about a minute. */
export const defaultRetryPolicy: RetryPolicy = {
  attemptsMax: 6,
  delayMsBase: 500,
  delayMsMax: 30_000,
  pauseMsMax: 120_000,
};

/**
 * Exponential backoff with full jitter: uniform between 0 and `base * 2^attempt`, capped. Many clients that failed
 * together do not come back together. Source: Brooker, Exponential Backoff And Jitter, AWS Architecture Blog 2015.
 */
export function backoffMs(
  attempt: number,
  { delayMsBase, delayMsMax }: Pick<RetryPolicy, "delayMsBase" | "delayMsMax">,
  prng: Prng,
): number {
  return Math.ceil(prng.next() * Math.min(delayMsMax, delayMsBase * 2 ** Math.min(attempt, 30)));
}

import type { HostLimit } from "./host-limit.ts";
import { dateOf, numberIn, type HttpAnswer } from "./http-answer.ts";

/** A reset further away than this is not believed. */
const resetMsMax = 15 * 60_000;

/**
 * Fits our limit to what the headers say: Binance counts the weight used this minute, Bybit and Alpaca what remains
 * and when it is full again.
 */
export function heedRateHeaders(answer: HttpAnswer, limit: HostLimit): void {
  const { headers } = answer;
  const usedWeight = numberIn(headers, "x-mbx-used-weight-1m");
  if (usedWeight !== null) limit.heedUsed(usedWeight);
  const alpacaLeft = numberIn(headers, "x-ratelimit-remaining");
  if (alpacaLeft !== null) {
    limit.heedRemaining(alpacaLeft);
    const resetSeconds = numberIn(headers, "x-ratelimit-reset");
    if (alpacaLeft <= 0 && resetSeconds !== null) close(answer, limit, resetSeconds * 1000);
  }
  // Bybit's limit holds for one endpoint and one second: only its end concerns the others.
  const bybitLeft = numberIn(headers, "x-bapi-limit-status");
  const bybitResetMs = numberIn(headers, "x-bapi-limit-reset-timestamp");
  if (bybitLeft !== null && bybitLeft <= 0 && bybitResetMs !== null) close(answer, limit, bybitResetMs);
}

/** Resets are told in the venue's time: what counts is how far they are from its own stamp. */
function close(answer: HttpAnswer, limit: HostLimit, resetMs: number): void {
  const spanMs = resetMs - (dateOf(answer.headers) ?? answer.receivedMs);
  if (spanMs > 0 && spanMs <= resetMsMax) limit.closeUntil(answer.receivedMs + spanMs);
}

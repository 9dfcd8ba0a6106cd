import type { KiwiError } from "../../../base/errors.ts";
import { numberIn, retryAfterMs, dateOf, type HttpAnswer } from "../../shared/http-answer.ts";
import type { Redact } from "../../shared/redact.ts";
import type { Verdict } from "../../shared/rest-caller.ts";
import { keyRefused, requestRefused } from "../shared/source-errors.ts";
import { refusalSchema } from "./alpaca-messages.ts";

/** What Alpaca means; null leaves the answer to the rules that hold everywhere. */
export function judgeAlpaca(
  answer: HttpAnswer,
  what: string,
  redact: Redact,
  unknownSymbol: () => Promise<KiwiError>,
): Verdict | null {
  const { status } = answer;
  const said = redact(refusalSchema.safeParse(answer.body).data?.message ?? `HTTP ${status}`);
  switch (status) {
    case 401:
      return { kind: "refuse", error: keyRefused("Alpaca", said) };
    case 403:
      return { kind: "refuse", error: keyRefused("Alpaca", said, feedHint(said)) };
    case 429:
      return { kind: "retry", reason: said, afterMs: retryAfterMs(answer) ?? resetSpanMs(answer) };
    case 400:
    case 404:
    case 422:
      return {
        kind: "refuse",
        error: /invalid symbol/i.test(said) ? unknownSymbol : requestRefused("Alpaca", what, said),
      };
    default:
      return null;
  }
}

/** A free key may not see the last 15 minutes of the consolidated tape. */
function feedHint(said: string): string | undefined {
  return /\bsip\b|subscription/i.test(said)
    ? 'use feed: "iex", end the range 15 minutes ago, or subscribe to the data'
    : undefined;
}

/** How far away the end of the window is that the headers tell. */
export function resetSpanMs(answer: HttpAnswer): number | null {
  const resetSeconds = numberIn(answer.headers, "x-ratelimit-reset");
  const venueMs = dateOf(answer.headers) ?? answer.receivedMs;
  return resetSeconds === null ? null : Math.max(0, resetSeconds * 1000 - venueMs);
}

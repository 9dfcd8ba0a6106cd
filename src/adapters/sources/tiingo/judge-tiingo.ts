import type { KiwiError } from "../../../base/errors.ts";
import { dayMs, hourMs } from "../../../base/time.ts";
import { dateOf, retryAfterMs, type HttpAnswer } from "../../shared/http-answer.ts";
import type { Redact } from "../../shared/redact.ts";
import type { Verdict } from "../../shared/rest-caller.ts";
import { keyRefused, requestRefused } from "../shared/source-errors.ts";
import { refusalSchema } from "./tiingo-messages.ts";

/** What Tiingo means; null leaves the answer to the rules that hold everywhere. */
export function judgeTiingo(
  answer: HttpAnswer,
  what: string,
  redact: Redact,
  unknownSymbol: () => Promise<KiwiError>,
): Verdict | null {
  const { status } = answer;
  const refusal = refusalSchema.safeParse(answer.body).data;
  const said = redact(refusal ?? answer.unreadable ?? `HTTP ${status}`);
  if (status === 401 || status === 403) return { kind: "refuse", error: keyRefused("Tiingo", said) };
  if (status === 404 || (refusal !== undefined && /ticker.*not found/i.test(said))) {
    return { kind: "refuse", error: unknownSymbol };
  }
  // The allowance of a free plan is counted by the hour and the day, without a header that says when it is back.
  if (status === 429 || (refusal !== undefined && /request allocation|rate limit/i.test(said))) {
    return { kind: "retry", reason: said, afterMs: retryAfterMs(answer) ?? allowanceBackMs(answer, said) };
  }
  if (status === 400 || (status === 200 && refusal !== undefined)) {
    return { kind: "refuse", error: requestRefused("Tiingo", what, said) };
  }
  return null;
}

function allowanceBackMs(answer: HttpAnswer, said: string): number {
  const venueMs = dateOf(answer.headers) ?? answer.receivedMs;
  const periodMs = /dai|day/i.test(said) ? dayMs : hourMs;
  return periodMs - (venueMs % periodMs);
}

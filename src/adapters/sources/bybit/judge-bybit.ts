import type { KiwiError } from "../../../base/errors.ts";
import { minuteMs } from "../../../base/time.ts";
import { dateOf, numberIn, type HttpAnswer } from "../../shared/http-answer.ts";
import type { Verdict } from "../../shared/rest-caller.ts";
import { keyRefused, regionRefused, requestRefused } from "../shared/source-errors.ts";
import { envelopeSchema } from "./bybit-messages.ts";

/** Server timeout, too many visits, server error, IP and API rate limits: the moment is wrong, not the question. */
export const passingCodes: ReadonlySet<number> = new Set([
  10_000, 10_002, 10_006, 10_016, 10_018, 10_019, 10_403, 10_429,
]);
/** A key that is wrong, expired, bound to another address, or without the right; a signature that does not fit. */
export const keyCodes: ReadonlySet<number> = new Set([10_003, 10_004, 10_005, 10_007, 10_010, 33_004]);
const regionCodes = new Set([10_009, 10_024]);
const symbolCodes = new Set([10_029, 170_121]);

/** What Bybit means; null leaves the answer to the rules that hold everywhere. */
export function judgeBybit(
  answer: HttpAnswer,
  what: string,
  unknownSymbol: () => Promise<KiwiError>,
): Verdict | null {
  if (answer.status === 403) return judgeForbidden(answer);
  const envelope = envelopeSchema.safeParse(answer.body).data;
  if (answer.status !== 200 || envelope === undefined) return null;
  const { retCode, retMsg } = envelope;
  if (retCode === 0) return null;
  const said = `${retMsg} (${retCode})`;
  if (passingCodes.has(retCode)) return { kind: "retry", reason: said, afterMs: resetSpanMs(answer) };
  if (keyCodes.has(retCode)) return { kind: "refuse", error: keyRefused("Bybit", said) };
  if (regionCodes.has(retCode)) return { kind: "refuse", error: regionRefused("Bybit", said) };
  const isSymbol = symbolCodes.has(retCode) || (retCode === 10_001 && /symbol/i.test(retMsg));
  return { kind: "refuse", error: isSymbol ? unknownSymbol : requestRefused("Bybit", what, said) };
}

/** Both a country's block and an address's limit come as 403; after the second, ten minutes of silence are asked for. */
function judgeForbidden({ body, unreadable }: HttpAnswer): Verdict {
  const said = unreadable ?? JSON.stringify(body);
  return isRegionText(said)
    ? { kind: "refuse", error: regionRefused("Bybit", said) }
    : { kind: "ban", reason: said, spanMs: 10 * minuteMs };
}

/** Whether a refusal is about where we are. */
export function isRegionText(said: string): boolean {
  return /country|region|restricted|block access/i.test(said);
}

/** How far away the reset is that the headers tell, in the venue's own time. */
export function resetSpanMs(answer: HttpAnswer): number | null {
  const resetMs = numberIn(answer.headers, "x-bapi-limit-reset-timestamp");
  return resetMs === null
    ? null
    : Math.max(0, resetMs - (bybitTime(answer) ?? dateOf(answer.headers) ?? resetMs));
}

/** The venue's time in an answer, to the millisecond; null where it is missing. */
export function bybitTime({ body }: HttpAnswer): number | null {
  const time = (body as { time?: unknown } | null | undefined)?.time;
  return typeof time === "number" && time > 0 ? time : null;
}

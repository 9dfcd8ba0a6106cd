import type { KiwiError } from "../../../base/errors.ts";
import { minuteMs } from "../../../base/time.ts";
import { retryAfterMs, type HttpAnswer } from "../../shared/http-answer.ts";
import type { Verdict } from "../../shared/rest-caller.ts";
import { regionRefused, requestRefused } from "../shared/source-errors.ts";
import { refusalSchema } from "./binance-messages.ts";

/** Internal error, disconnected, unexpected, timeout, busy, too many new orders: the venue's trouble, not ours. */
const passing = new Set([-1000, -1001, -1004, -1006, -1007, -1008, -1015, -1016]);
const symbolUnknown = -1121;

/** What Binance means; null leaves the answer to the rules that hold everywhere. */
export function judgeBinance(
  answer: HttpAnswer,
  what: string,
  unknownSymbol: () => Promise<KiwiError>,
): Verdict | null {
  const refusal = refusalSchema.safeParse(answer.body).data ?? null;
  switch (answer.status) {
    case 418:
      return ban(answer, refusal?.msg ?? "HTTP 418");
    case 403:
      return ban(answer, refusal?.msg ?? "its firewall answers HTTP 403");
    case 451:
      return { kind: "refuse", error: regionRefused("Binance", refusal?.msg ?? "HTTP 451") };
  }
  if (refusal === null || answer.status === 429 || answer.status >= 500) return null;
  if (refusal.code === symbolUnknown) return { kind: "refuse", error: unknownSymbol };
  if (passing.has(refusal.code)) return { kind: "retry", reason: refusal.msg };
  return { kind: "refuse", error: requestRefused("Binance", what, `${refusal.msg} (${refusal.code})`) };
}

function ban(answer: HttpAnswer, reason: string): Verdict {
  return { kind: "ban", reason, spanMs: retryAfterMs(answer) ?? 2 * minuteMs };
}

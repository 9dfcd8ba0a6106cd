import type { KiwiError } from "../../../base/errors.ts";
import { minuteMs } from "../../../base/time.ts";
import { retryAfterMs, type HttpAnswer } from "../../shared/http-answer.ts";
import type { Redact } from "../../shared/redact.ts";
import type { Verdict } from "../../shared/rest-caller.ts";
import { keyRefused, regionRefused, requestRefused } from "../shared/source-errors.ts";
import type { CcxtOutcome } from "./ccxt-calls.ts";
import type { Ccxt } from "./load-ccxt.ts";

export type CcxtJudge = {
  /** The exchange's id in ccxt, which stands in front of what ccxt says. */
  readonly id: string;
  readonly venue: string;
  readonly what: string;
  readonly errors: Ccxt["errors"];
  readonly redact: Redact;
  readonly unknownSymbol: () => Promise<KiwiError>;
};

const saidMax = 200;

/** What ccxt and the venue behind it mean; null leaves the answer to the rules that hold everywhere. */
export function judgeCcxt(answer: HttpAnswer, judge: CcxtJudge): Verdict | null {
  const { venue, what, errors } = judge;
  const outcome = answer.body as CcxtOutcome;
  if (answer.status === 418) {
    return { kind: "ban", reason: "HTTP 418", spanMs: retryAfterMs(answer) ?? 2 * minuteMs };
  }
  if (answer.status === 451) return { kind: "refuse", error: regionRefused(venue, "HTTP 451") };
  if (answer.status === 429 || answer.status >= 500 || answer.unreadable !== null) return null;
  if (outcome.kind === "value") return null;
  const { error } = outcome;
  const said = judge.redact(sayWithout(error, judge.id));
  if (error instanceof errors.RestrictedLocation) return refuse(regionRefused(venue, said));
  if (error instanceof errors.RateLimitExceeded || error instanceof errors.DDoSProtection) {
    return { kind: "retry", reason: `too many requests: ${said}`, afterMs: retryAfterMs(answer) };
  }
  if (error instanceof errors.BadSymbol) return { kind: "refuse", error: judge.unknownSymbol };
  if (error instanceof errors.AuthenticationError) return refuse(keyRefused(venue, said));
  if (error instanceof errors.OperationFailed) {
    return { kind: "retry", reason: said, afterMs: retryAfterMs(answer) };
  }
  if (error instanceof errors.ExchangeError) return refuse(requestRefused(venue, what, said));
  // ccxt stumbled over an answer of a shape that it does not expect.
  return { kind: "retry", reason: `an answer that ccxt cannot read: ${said}` };
}

function refuse(error: KiwiError): Verdict {
  return { kind: "refuse", error };
}

/** ccxt puts the id of the exchange in front, and sometimes the whole request. */
function sayWithout(error: unknown, id: string): string {
  const message = error instanceof Error ? error.message : String(error);
  const bare = message.startsWith(`${id} `) ? message.slice(id.length + 1) : message;
  return bare.replaceAll(/https?:\/\/\S+/g, "(address)").slice(0, saidMax);
}

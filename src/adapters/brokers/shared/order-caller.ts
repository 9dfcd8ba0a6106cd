import type { KiwiError } from "../../../base/errors.ts";
import { formatDuration, formatTime } from "../../../base/time.ts";
import type { VenueCode } from "../../../domain/order.ts";
import type { Acknowledgement, Urgency } from "../../../ports/broker-connection.ts";
import { sleep, type Clock } from "../../../ports/clock.ts";
import { heedRateHeaders } from "../../shared/heed-rate-headers.ts";
import type { HostLimit } from "../../shared/host-limit.ts";
import { retryAfterMs, TransportError, type HttpAnswer } from "../../shared/http-answer.ts";
import type { Redact } from "../../shared/redact.ts";

/** What an answer to something that was sent means. */
export type SendVerdict =
  | Acknowledgement
  /** The venue has an order of this id: look it up before saying anything. */
  | { readonly kind: "id-taken"; readonly reason: string }
  /** It was refused for the time it was stamped with: measure the venue's clock, then it may be sent once more. */
  | { readonly kind: "stale-stamp"; readonly reason: string }
  /** Refused, and nothing may be sent for `spanMs`. */
  | { readonly kind: "shut-out"; readonly reason: string; readonly spanMs: number; readonly isBan: boolean }
  /** Refused, and so will be everything else. */
  | { readonly kind: "key-refused"; readonly error: KiwiError };

/** One message about an order. */
export type Sending = {
  /** What is usual leaves the reserve of the limit; what is urgent may use all of it. */
  readonly urgency: Urgency;
  readonly send: () => Promise<HttpAnswer>;
  /** What the venue means; null leaves it to the rules that hold everywhere. */
  readonly judge: (answer: HttpAnswer) => SendVerdict | null;
  /** What became of the order that has this id already. */
  readonly lookUp?: () => Promise<Acknowledgement>;
  /** Measures the venue's clock anew. */
  readonly resync?: () => Promise<void>;
};

/** One where a message has no answer of its own: who sends it says what became of it. */
type SocketSending = Omit<Sending, "send" | "judge"> & { readonly exchange: () => Promise<SendVerdict> };

export type OrderCallerOptions = {
  readonly clock: Clock;
  readonly limit: HostLimit;
  readonly redact: Redact;
  readonly onKeyRefused: (error: KiwiError) => void;
};

/** What is urgent waits so long for a limit in all; after that its owner hears that nothing was sent. */
const urgentWaitMsMax = 4_000;
/** How long everybody keeps silent when the venue says "too often" and not until when. */
const pauseMsDefault = 1_000;

/**
 * Sends what moves orders, once. Whatever does not come back as a plain yes or no of the venue is `unknown`: a broken
 * line, an error of a gateway, a page instead of an answer. What was not sent at all is refused as `rate_limited`.
 */
export class OrderCaller {
  private readonly options: OrderCallerOptions;

  constructor(options: OrderCallerOptions) {
    this.options = options;
  }

  /** Sends a request, and says what its answer means. */
  call(sending: Sending): Promise<Acknowledgement> {
    return this.carryOut(sending, async () => {
      const answer = await sending.send();
      heedRateHeaders(answer, this.options.limit);
      return sending.judge(answer) ?? judgeEverywhere(answer);
    });
  }

  /** The same where messages have no answers of their own. */
  converse(sending: SocketSending): Promise<Acknowledgement> {
    return this.carryOut(sending, sending.exchange);
  }

  private async carryOut(
    sending: Omit<SocketSending, "exchange">,
    exchange: SocketSending["exchange"],
  ): Promise<Acknowledgement> {
    const { clock, limit } = this.options;
    const deadlineMs = sending.urgency === "urgent" ? clock.nowMs() + urgentWaitMsMax : clock.nowMs();
    for (;;) {
      const notSent = await this.waitTurn(sending.urgency, deadlineMs);
      if (notSent !== null) return refusal("rate_limited", `not sent: ${notSent}`);
      const isProbe = limit.isPaused;
      const verdict = await attempt(exchange);
      const acknowledgement = await this.conclude(sending, exchange, verdict);
      // "Too often" is said before anything is done: the same may be sent again as soon as it may be sent at all.
      if (verdict.kind === "shut-out" && !verdict.isBan && clock.nowMs() < deadlineMs) continue;
      if (isProbe && verdict.kind !== "shut-out" && verdict.kind !== "unknown") limit.resume();
      return acknowledgement;
    }
  }

  private async conclude(
    sending: Omit<SocketSending, "exchange">,
    exchange: SocketSending["exchange"],
    verdict: SendVerdict,
  ): Promise<Acknowledgement> {
    if (verdict.kind !== "stale-stamp" || sending.resync === undefined) return this.settle(sending, verdict);
    try {
      await sending.resync();
    } catch (error) {
      return refusal("unavailable", `${verdict.reason}; its clock could not be measured: ${textOf(error)}`);
    }
    return this.settle(sending, await attempt(exchange));
  }

  private async settle({ lookUp }: Pick<Sending, "lookUp">, verdict: SendVerdict): Promise<Acknowledgement> {
    const { redact, limit, clock, onKeyRefused } = this.options;
    switch (verdict.kind) {
      case "accepted":
        return verdict;
      case "rejected":
      case "unknown":
        return { ...verdict, reason: redact(verdict.reason) };
      case "id-taken":
        return lookUp === undefined ? refusal("doubled_id", redact(verdict.reason)) : lookUp();
      case "stale-stamp":
        return refusal("unavailable", redact(verdict.reason));
      case "shut-out": {
        const untilMs = clock.nowMs() + verdict.spanMs;
        if (verdict.isBan) limit.banUntil(untilMs, redact(verdict.reason));
        else limit.pauseUntil(untilMs);
        return refusal("rate_limited", redact(verdict.reason));
      }
      case "key-refused":
        onKeyRefused(verdict.error);
        return refusal("unavailable", verdict.error.parts.message);
    }
  }

  /** Null when it may be sent, else why not. */
  private async waitTurn(urgency: Urgency, deadlineMs: number): Promise<string | null> {
    const { limit, clock } = this.options;
    for (;;) {
      const ban = limit.bannedNow();
      if (ban !== null) return `the venue has shut us out until ${formatTime(ban.untilMs)} (${ban.reason})`;
      const wait = limit.tryTake(1, urgency);
      if (wait === null) return null;
      if (clock.nowMs() + wait.waitMs > deadlineMs)
        return `the rate limit is used up for ${formatDuration(wait.waitMs)}`;
      await sleep(clock, wait.waitMs);
    }
  }
}

async function attempt(exchange: SocketSending["exchange"]): Promise<SendVerdict> {
  try {
    return await exchange();
  } catch (error) {
    if (error instanceof TransportError) return { kind: "unknown", reason: error.message };
    throw error;
  }
}

/** What an answer means at any venue: a yes or a no has a form, and this has none. */
function judgeEverywhere({ status, unreadable, body }: HttpAnswer): SendVerdict {
  const what = unreadable ?? JSON.stringify(body).slice(0, 200);
  return { kind: "unknown", reason: `HTTP ${status} with ${what}` };
}

/** How a "too often" of the venue's own limiter is obeyed. */
export function tooOften(answer: HttpAnswer, reason: string, resetMs: number | null): SendVerdict {
  return {
    kind: "shut-out",
    reason,
    spanMs: retryAfterMs(answer) ?? resetMs ?? pauseMsDefault,
    isBan: false,
  };
}

/** A plain no. */
export function refusal(code: VenueCode, reason: string): Acknowledgement & { readonly kind: "rejected" } {
  return { kind: "rejected", code, reason };
}

/** The text of whatever was thrown. */
export function textOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

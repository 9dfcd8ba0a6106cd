import type { ZodType } from "zod";
import { KiwiError } from "../../base/errors.ts";
import type { Prng } from "../../base/prng.ts";
import { sleep, type Clock } from "../../ports/clock.ts";
import { backoffMs, type RetryPolicy } from "./backoff.ts";
import { heedRateHeaders } from "./heed-rate-headers.ts";
import type { HostLimit, Lane } from "./host-limit.ts";
import { clockSkewMs, dateOf, retryAfterMs, TransportError, type HttpAnswer } from "./http-answer.ts";
import type { Redact } from "./redact.ts";
import { banned, clockOff, gaveUp, pauseTooLong, type VenueRole } from "./call-errors.ts";

/** What an answer means for the question. */
export type Verdict =
  | { readonly kind: "ok" }
  /** Ask again, not before `afterMs` when it is given. */
  | { readonly kind: "retry"; readonly reason: string; readonly afterMs?: number | null }
  /** Asking again would change nothing. */
  | { readonly kind: "refuse"; readonly error: KiwiError | (() => Promise<KiwiError>) }
  /** Nothing may be sent for `spanMs`. */
  | { readonly kind: "ban"; readonly reason: string; readonly spanMs: number };

/** One question to a venue. */
export type Ask<T> = {
  /** For messages: `BTCUSDT 1m bars from 2024-01-01`. */
  readonly what: string;
  /** What it costs of the limit; 0 where `send` sees to that itself. */
  readonly weight: number;
  readonly schema: ZodType<T>;
  readonly send: () => Promise<HttpAnswer>;
  /** Why a value of the right shape still cannot be true, or null. Such an answer is asked for again. */
  readonly doubt?: (value: T) => string | null;
  readonly signal?: AbortSignal | undefined;
};

/** A checked value, and the venue's time at or before the moment when it was made. */
export type Reply<T> = { readonly value: T; readonly generatedMs: number };

export type RestCallerOptions = {
  readonly venue: string;
  /** What the venue is to us, for messages; `source` by default. */
  readonly role?: VenueRole;
  readonly clock: Clock;
  readonly prng: Prng;
  readonly limit: HostLimit;
  /** `usual` by default. */
  readonly lane?: Exclude<Lane, "urgent">;
  readonly policy: RetryPolicy;
  readonly redact: Redact;
  /** The venue's own meaning of an answer; null leaves it to the rules that hold everywhere. */
  readonly judge: (answer: HttpAnswer) => Verdict | null;
  /** The venue's time in an answer, where it is more exact than the Date header. */
  readonly timeIn?: (answer: HttpAnswer) => number | null;
  /** How far our clock may be off. */
  readonly clockSkewMsMax: number;
};

type Attempt<T> = { readonly kind: "reply"; readonly reply: Reply<T> } | Exclude<Verdict, { kind: "ok" }>;

/** Asks a venue until it has a believable answer: waits its turn, obeys limits, tries again, and knows when to stop. */
export class RestCaller {
  private readonly options: RestCallerOptions;

  constructor(options: RestCallerOptions) {
    this.options = options;
  }

  /** The answer to `ask`. Throws a `KiwiError` when the venue refuses, bans, or stays away. */
  async call<T>(ask: Ask<T>): Promise<Reply<T>> {
    const { venue, role, policy, clock, limit, lane, prng } = this.options;
    let reason = "";
    for (let attempt = 0; attempt < policy.attemptsMax; attempt++) {
      this.refuseWhileBanned();
      if (ask.weight > 0) await limit.take(ask.weight, ask.signal, lane);
      // Another call may have been banned while this one waited.
      this.refuseWhileBanned();
      const isProbe = limit.isPaused;
      const result = await this.attempt(ask);
      if (isProbe && result.kind === "reply") limit.resume();
      if (result.kind === "reply") return result.reply;
      if (result.kind === "refuse") throw await resolveError(result.error);
      if (result.kind === "ban") limit.banUntil(clock.nowMs() + result.spanMs, result.reason);
      this.refuseWhileBanned();
      if (result.kind === "ban") continue;
      reason = result.reason;
      const pauseMs = result.afterMs ?? 0;
      if (pauseMs > 0) limit.pauseUntil(clock.nowMs() + pauseMs);
      if (pauseMs > policy.pauseMsMax) throw pauseTooLong(venue, reason, clock.nowMs() + pauseMs, role);
      const delayMs = Math.max(pauseMs, backoffMs(attempt, policy, prng));
      if (attempt + 1 < policy.attemptsMax) await sleep(clock, delayMs, ask.signal);
    }
    throw gaveUp(venue, ask.what, policy.attemptsMax, reason, role);
  }

  private refuseWhileBanned(): void {
    const ban = this.options.limit.bannedNow();
    if (ban !== null) throw banned(this.options.venue, ban.reason, ban.untilMs, this.options.role);
  }

  private async attempt<T>(ask: Ask<T>): Promise<Attempt<T>> {
    let answer: HttpAnswer;
    try {
      answer = await abortable(ask.send(), ask.signal);
    } catch (error) {
      if (error instanceof TransportError) return { kind: "retry", reason: error.message };
      throw error;
    }
    heedRateHeaders(answer, this.options.limit);
    const verdict = this.options.judge(answer) ?? judgeCommon(answer);
    if (verdict.kind === "ok") return this.read(ask, answer);
    return verdict.kind === "retry" ? { ...verdict, reason: this.options.redact(verdict.reason) } : verdict;
  }

  private read<T>(ask: Ask<T>, answer: HttpAnswer): Attempt<T> {
    const parsed = ask.schema.safeParse(answer.body);
    if (!parsed.success) {
      const issue = parsed.error.issues[0];
      const where = issue === undefined || issue.path.length === 0 ? "" : ` at ${issue.path.join(".")}`;
      return { kind: "retry", reason: `an answer of another shape${where}: ${issue?.message ?? "unknown"}` };
    }
    const doubt = ask.doubt?.(parsed.data) ?? null;
    if (doubt !== null) return { kind: "retry", reason: this.options.redact(doubt) };
    return { kind: "reply", reply: { value: parsed.data, generatedMs: this.checkClock(answer) } };
  }

  /** The venue's time of the answer; our own, from before the request, where it says none. */
  private checkClock(answer: HttpAnswer): number {
    const { venue, clockSkewMsMax, timeIn } = this.options;
    const exactMs = timeIn?.(answer) ?? null;
    const venueMs = exactMs ?? dateOf(answer.headers);
    if (venueMs === null) return answer.sentMs;
    const skewMs = clockSkewMs(answer, venueMs, exactMs === null ? 1000 : 1);
    // An answer from a cache (Age) tells an old time: good enough to know what it can hold, not to judge our clock.
    if (Math.abs(skewMs) > clockSkewMsMax && !(Number(answer.headers["age"]) > 0)) {
      throw clockOff(venue, skewMs, clockSkewMsMax);
    }
    return venueMs;
  }
}

/** What an answer means at any venue. */
function judgeCommon(answer: HttpAnswer): Verdict {
  const { status, unreadable } = answer;
  if (status === 429) {
    return { kind: "retry", reason: "too many requests (HTTP 429)", afterMs: retryAfterMs(answer) };
  }
  if (status >= 200 && status < 300 && unreadable === null) return { kind: "ok" };
  const what = unreadable === null ? "" : ` with ${unreadable}`;
  return { kind: "retry", reason: `HTTP ${status}${what}`, afterMs: retryAfterMs(answer) };
}

async function resolveError(error: KiwiError | (() => Promise<KiwiError>)): Promise<KiwiError> {
  return error instanceof KiwiError ? error : error();
}

/** `work`, or the signal's reason as soon as it is aborted; what `work` does afterwards is ignored. */
async function abortable<T>(work: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (signal === undefined) return work;
  let onAbort = (): void => {};
  const aborted = new Promise<never>((_resolve, reject) => {
    onAbort = () => reject(signal.reason instanceof Error ? signal.reason : new Error("aborted"));
    if (signal.aborted) onAbort();
    else signal.addEventListener("abort", onAbort, { once: true });
  });
  try {
    return await Promise.race([work, aborted]);
  } finally {
    signal.removeEventListener("abort", onAbort);
  }
}

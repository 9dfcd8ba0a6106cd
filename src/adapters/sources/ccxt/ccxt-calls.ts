import { AsyncLocalStorage } from "node:async_hooks";
import type { Clock } from "../../../ports/clock.ts";
import { RecordingFetch } from "../../shared/capture-fetch.ts";
import type { HostLimit, Lane } from "../../shared/host-limit.ts";
import { TransportError, type HttpAnswer } from "../../shared/http-answer.ts";
import type { CcxtExchange } from "./load-ccxt.ts";

/** What a call of ccxt came to: this stands in an answer's body. What came over the wire is `wire`. */
export type CcxtOutcome = (
  | { readonly kind: "value"; readonly value: unknown }
  | { readonly kind: "error"; readonly error: unknown }
) & { readonly wire: unknown };

type Call = {
  readonly answers: HttpAnswer[];
  readonly signal: AbortSignal | undefined;
  readonly lane: Lane;
};

/**
 * Makes an exchange of ccxt send through us: one clock, one rate limit, and every answer seen as it came. ccxt takes an
 * HTML page with status 200 for an empty answer.
 */
export class CcxtCalls {
  private readonly exchange: CcxtExchange;
  private readonly clock: Clock;
  private readonly current = new AsyncLocalStorage<Call>();

  constructor(exchange: CcxtExchange, clock: Clock, limit: HostLimit, costMax: number, timeoutMs: number) {
    this.exchange = exchange;
    this.clock = clock;
    exchange.milliseconds = () => clock.nowMs();
    // ccxt knows what each endpoint costs; when it may be called is for our own limit to say.
    exchange.throttle = async (cost = 1) => {
      const { signal, lane = "usual" } = this.current.getStore() ?? {};
      // What is urgent had its turn before it came here.
      if (lane === "urgent") return limit.spend(cost);
      for (let left = cost; left > 0; left -= costMax)
        await limit.take(Math.min(left, costMax), signal, lane);
    };
    exchange.fetchImplementation = async (url: string, init: RequestInit): Promise<Response> => {
      const recording = new RecordingFetch(clock, timeoutMs);
      const response = await recording.fetch(url, init);
      if (recording.answer !== null) this.current.getStore()?.answers.push(recording.answer);
      return response;
    };
  }

  /** Lets ccxt do something. Resolves with the answer that tells most, and what ccxt made of all. */
  async run(
    work: (exchange: CcxtExchange) => Promise<unknown>,
    signal: AbortSignal | undefined,
    lane: Lane = "usual",
  ): Promise<HttpAnswer> {
    const call: Call = { answers: [], signal, lane };
    const sentMs = this.clock.nowMs();
    const outcome = await this.current
      .run(call, () => work(this.exchange))
      .then(
        (value) => ({ kind: "value", value }) as const,
        (error: unknown) => ({ kind: "error", error }) as const,
      );
    if (outcome.kind === "error" && outcome.error instanceof TransportError) throw outcome.error;
    signal?.throwIfAborted();
    const told = tellingOf(call.answers, outcome.kind) ?? this.withoutAnswer(sentMs);
    return { ...told, sentMs, body: { ...outcome, wire: told.body } satisfies CcxtOutcome };
  }

  /** ccxt refused before it asked anybody. */
  private withoutAnswer(sentMs: number): HttpAnswer {
    return {
      status: 200,
      headers: {},
      body: undefined,
      unreadable: null,
      sentMs,
      receivedMs: this.clock.nowMs(),
    };
  }
}

/** The first bad answer; what ccxt was content with is bad only when it cannot be read. Otherwise the last. */
function tellingOf(answers: readonly HttpAnswer[], kind: CcxtOutcome["kind"]): HttpAnswer | undefined {
  const unreadable = answers.find((answer) => answer.unreadable !== null);
  if (kind === "value") return unreadable ?? answers.findLast(({ status }) => status < 400);
  return answers.find(({ status }) => status >= 400) ?? unreadable ?? answers.at(-1);
}

import type { ZodType } from "zod";
import { KiwiError } from "../../../base/errors.ts";
import { captureFetch } from "../../shared/capture-fetch.ts";
import { retryAfterMs, type HttpAnswer } from "../../shared/http-answer.ts";
import { RestCaller, type Reply, type Verdict } from "../../shared/rest-caller.ts";
import { resetSpanMs } from "../../sources/alpaca/judge-alpaca.ts";
import { brokerKeyRefused, questionRefused } from "../shared/broker-errors.ts";
import type { VenueReach } from "../shared/reach-venue.ts";
import { questionPolicy } from "../shared/question-policy.ts";
import { alpacaErrorSchema } from "./alpaca-trading-messages.ts";

const missingCode = "BROKER_NOT_FOUND";

/** Calls of the trading interface. Source: docs.alpaca.markets, Trading API. */
export class AlpacaCalls {
  private readonly options: VenueReach;

  constructor(options: VenueReach) {
    this.options = options;
  }

  /** The answer to a question, of the shape of `schema`. Throws a `KiwiError` when there is none. */
  async ask<T>(what: string, path: string, schema: ZodType<T>): Promise<T> {
    return (await this.reply(what, path, schema)).value;
  }

  /** The same, and null where the venue says in its own words that there is no such thing. */
  async askMaybe<T>(what: string, path: string, schema: ZodType<T>): Promise<T | null> {
    try {
      return await this.ask(what, path, schema);
    } catch (error) {
      if (error instanceof KiwiError && error.parts.code === missingCode) return null;
      throw error;
    }
  }

  /** Sends a message once, and gives the answer as it came. */
  send(method: "POST" | "PATCH" | "DELETE", path: string, body?: object): Promise<HttpAnswer> {
    return this.fetch(path, {
      method,
      headers: { ...this.keys(), "content-type": "application/json" },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
  }

  private reply<T>(what: string, path: string, schema: ZodType<T>): Promise<Reply<T>> {
    return new RestCaller({
      ...this.options,
      venue: "Alpaca",
      role: "broker",
      lane: "question",
      policy: questionPolicy,
      judge: (answer) => this.judge(answer, what),
    }).call({
      what,
      weight: 1,
      schema,
      send: () => this.fetch(path, { method: "GET", headers: this.keys() }),
    });
  }

  private judge(answer: HttpAnswer, what: string): Verdict | null {
    const said = alpacaErrorSchema.safeParse(answer.body).data;
    if (said === undefined) return null;
    const text = this.options.redact(said.message);
    switch (answer.status) {
      case 401:
      case 403:
        return { kind: "refuse", error: brokerKeyRefused("Alpaca", text, this.options.mode) };
      case 404:
        return { kind: "refuse", error: missing(what, text) };
      case 400:
      case 422:
        return { kind: "refuse", error: questionRefused("Alpaca", what, text) };
      case 429:
        return { kind: "retry", reason: text, afterMs: retryAfterMs(answer) ?? resetSpanMs(answer) };
      default:
        return null;
    }
  }

  private keys(): Record<string, string> {
    const { key, secret } = this.options;
    return { "apca-api-key-id": key, "apca-api-secret-key": secret };
  }

  private fetch(path: string, init: RequestInit): Promise<HttpAnswer> {
    const { clock, baseUrl, requestTimeoutMs } = this.options;
    return captureFetch(clock, baseUrl + path, init, requestTimeoutMs);
  }
}

function missing(what: string, text: string): KiwiError {
  const { parts } = questionRefused("Alpaca", what, text);
  return new KiwiError({ ...parts, code: missingCode });
}

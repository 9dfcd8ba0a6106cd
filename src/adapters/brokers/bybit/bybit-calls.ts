import { createHmac } from "node:crypto";
import type { ZodType } from "zod";
import type { TradingMode } from "../../../ports/broker-plugin.ts";
import { clockOff } from "../../shared/call-errors.ts";
import { captureFetch } from "../../shared/capture-fetch.ts";
import type { HttpAnswer } from "../../shared/http-answer.ts";
import { RestCaller, type Verdict } from "../../shared/rest-caller.ts";
import { envelopeSchema } from "../../sources/bybit/bybit-messages.ts";
import {
  bybitTime,
  isRegionText,
  keyCodes,
  passingCodes,
  resetSpanMs,
} from "../../sources/bybit/judge-bybit.ts";
import { brokerKeyRefused, questionRefused } from "../shared/broker-errors.ts";
import { minuteMs } from "../../../base/time.ts";
import type { VenueReach } from "../shared/reach-venue.ts";
import { questionPolicy } from "../shared/question-policy.ts";
import { timeSchema } from "./bybit-trading-messages.ts";
import type { BybitBody } from "./write-bybit-order.ts";

/** What calls need to know. */
export type BybitCallOptions = VenueReach & { readonly recvWindowMs: number };

type Fields = Readonly<Record<string, string | number | undefined>>;

/**
 * Signed calls of the v5 interface: what is signed are the very bytes that are sent, stamped with the venue's time.
 * Source: docs/v5/guide, "Parameters for Authenticated Endpoints".
 */
export class BybitCalls {
  private readonly options: BybitCallOptions;
  /** How far the venue's clock is ahead of ours; null until it was measured. */
  private offset: number | null = null;

  constructor(options: BybitCallOptions) {
    this.options = options;
  }

  /** The answer to a signed question, of the shape of `schema`. Throws a `KiwiError` when there is none. */
  async ask<T>(what: string, path: string, fields: Fields, schema: ZodType<T>): Promise<T> {
    const { value } = await this.caller(what).call({
      what,
      weight: 1,
      schema,
      send: () => this.get(path, fields),
    });
    return value;
  }

  /** Every row of a list that comes in pages; a list without end is no answer. */
  async askAll<Row>(
    what: string,
    path: string,
    fields: Fields,
    schema: ZodType<{
      readonly result: { readonly list: readonly Row[]; readonly nextPageCursor?: string | null | undefined };
    }>,
  ): Promise<readonly Row[]> {
    const rows: Row[] = [];
    const seen = new Set<string>();
    for (let cursor: string | undefined; ;) {
      const { result } = await this.ask(what, path, { ...fields, cursor }, schema);
      rows.push(...result.list);
      cursor = result.nextPageCursor ?? "";
      if (cursor === "" || result.list.length === 0) return rows;
      if (seen.has(cursor)) throw questionRefused("Bybit", what, "a page points back to one that was read");
      seen.add(cursor);
    }
  }

  /** Sends a signed message once, and gives the answer as it came. */
  async post(path: string, body: BybitBody): Promise<HttpAnswer> {
    const text = JSON.stringify(body);
    const headers = { ...(await this.signed(text)), "content-type": "application/json" };
    return this.fetch(path, { method: "POST", headers, body: text });
  }

  /** The venue's clock now; measured, and used for every stamp from now on. */
  async timeMs(): Promise<number> {
    await this.measureClock();
    return this.options.clock.nowMs() + this.offset!;
  }

  /** How far the venue's clock is ahead of ours. */
  async offsetMs(): Promise<number> {
    if (this.offset === null) await this.measureClock();
    return this.offset!;
  }

  /** The same as it was last measured; 0 before that. */
  get lastOffsetMs(): number {
    return this.offset ?? 0;
  }

  /** Throws `CLOCK_OFF` where the clocks differ by more than may be. */
  readonly measureClock = async (): Promise<void> => {
    const { clockSkewMsMax } = this.options;
    let sentMs = 0;
    let receivedMs = 0;
    const what = "its time";
    const { value } = await this.caller(what).call({
      what,
      weight: 1,
      schema: timeSchema,
      send: async () => {
        const answer = await this.fetch("/v5/market/time", { method: "GET" });
        ({ sentMs, receivedMs } = answer);
        return answer;
      },
    });
    // The venue read its clock somewhere between: the middle is off by half of the way at most.
    this.offset = Math.round(value.time - (sentMs + receivedMs) / 2);
    if (Math.abs(this.offset) > clockSkewMsMax) throw clockOff("Bybit", -this.offset, clockSkewMsMax);
  };

  private async get(path: string, fields: Fields): Promise<HttpAnswer> {
    const given = Object.entries(fields).filter(
      (pair): pair is [string, string | number] => pair[1] !== undefined,
    );
    const query = given.map(([name, value]) => `${name}=${encodeURIComponent(value)}`).join("&");
    return this.fetch(`${path}?${query}`, { method: "GET", headers: await this.signed(query) });
  }

  private async signed(text: string): Promise<Record<string, string>> {
    const { clock, key, secret, recvWindowMs } = this.options;
    const stamp = String(clock.nowMs() + (await this.offsetMs()));
    const window = String(recvWindowMs);
    const signature = createHmac("sha256", secret)
      .update(stamp + key + window + text)
      .digest("hex");
    return {
      "x-bapi-api-key": key,
      "x-bapi-timestamp": stamp,
      "x-bapi-recv-window": window,
      "x-bapi-sign": signature,
    };
  }

  private fetch(path: string, init: RequestInit): Promise<HttpAnswer> {
    const { clock, baseUrl, requestTimeoutMs } = this.options;
    return captureFetch(clock, baseUrl + path, init, requestTimeoutMs);
  }

  private caller(what: string): RestCaller {
    return new RestCaller({
      ...this.options,
      venue: "Bybit",
      role: "broker",
      lane: "question",
      policy: questionPolicy,
      timeIn: bybitTime,
      judge: (answer) => this.judge(answer, what),
    });
  }

  private judge(answer: HttpAnswer, what: string): Verdict | null {
    const { mode } = this.options;
    if (answer.status === 403) return judgeForbidden(answer, mode);
    const envelope = envelopeSchema.safeParse(answer.body).data;
    if (answer.status !== 200 || envelope === undefined || envelope.retCode === 0) return null;
    const { retCode, retMsg } = envelope;
    const said = `${retMsg} (${retCode})`;
    if (retCode === 10_002) this.offset = null;
    if (passingCodes.has(retCode)) return { kind: "retry", reason: said, afterMs: resetSpanMs(answer) };
    if (keyCodes.has(retCode)) return { kind: "refuse", error: brokerKeyRefused("Bybit", said, mode) };
    return { kind: "refuse", error: questionRefused("Bybit", what, this.options.redact(said)) };
  }
}

function judgeForbidden({ body, unreadable }: HttpAnswer, mode: TradingMode): Verdict {
  const said = unreadable ?? JSON.stringify(body);
  return isRegionText(said)
    ? { kind: "refuse", error: brokerKeyRefused("Bybit", `not served from here: ${said}`, mode) }
    : { kind: "ban", reason: said, spanMs: 10 * minuteMs };
}

import { z, type ZodType } from "zod";
import type { Prng } from "../../../base/prng.ts";
import type { TradingMode } from "../../../ports/broker-plugin.ts";
import type { Clock } from "../../../ports/clock.ts";
import type { HostLimit } from "../../shared/host-limit.ts";
import type { Redact } from "../../shared/redact.ts";
import { RestCaller, type Verdict } from "../../shared/rest-caller.ts";
import type { HttpAnswer } from "../../shared/http-answer.ts";
import type { CcxtCalls, CcxtOutcome } from "../../sources/ccxt/ccxt-calls.ts";
import { marketsSchema } from "../../sources/ccxt/ccxt-messages.ts";
import type { Ccxt, CcxtMarket } from "../../sources/ccxt/load-ccxt.ts";
import { brokerKeyRefused, questionRefused } from "../shared/broker-errors.ts";
import { textOf } from "../shared/order-caller.ts";
import { questionPolicy } from "../shared/question-policy.ts";
import type { CcxtTrader } from "./ccxt-trader.ts";

export type CcxtLineOptions = {
  readonly exchange: CcxtTrader;
  readonly calls: CcxtCalls;
  readonly errors: Ccxt["errors"];
  readonly mode: TradingMode;
  readonly clock: Clock;
  readonly prng: Prng;
  readonly limit: HostLimit;
  readonly redact: Redact;
  readonly clockSkewMsMax: number;
  /** What plain symbols mean there. */
  readonly defaultType: string;
};

/** The line to an exchange of ccxt: questions with patience, answers looked at as they came. */
export class CcxtLine {
  readonly exchange: CcxtTrader;
  readonly clock: Clock;
  private readonly options: CcxtLineOptions;
  private known: Readonly<Record<string, CcxtMarket>> | null = null;

  constructor(options: CcxtLineOptions) {
    this.options = options;
    this.exchange = options.exchange;
    this.clock = options.clock;
  }

  get isSpot(): boolean {
    return this.options.defaultType === "spot";
  }

  /** Whether orders with a trigger are listed apart. */
  get hasTriggerList(): boolean {
    const features = this.exchange.features as
      | Readonly<
          Record<
            string,
            {
              readonly fetchOpenOrders?: { readonly trigger?: unknown };
              readonly linear?: { readonly fetchOpenOrders?: { readonly trigger?: unknown } };
            } | null
          >
        >
      | undefined;
    const feature = this.isSpot ? features?.["spot"] : features?.["swap"]?.linear;
    return feature?.fetchOpenOrders?.trigger === true;
  }

  /** What a symbol is paid in. */
  currencyOf(symbol: string | undefined): string | undefined {
    return symbol === undefined ? undefined : this.known?.[symbol]?.quote;
  }

  /** The markets of the exchange; asked for once. */
  async markets(): Promise<Readonly<Record<string, CcxtMarket>>> {
    this.known ??= await this.askWhole("its markets", marketsSchema, (one) => one.loadMarkets(true));
    return this.known;
  }

  /** The answer to a question as ccxt understood it, of the shape of `schema`. Throws `KiwiError`. */
  async ask<T>(
    what: string,
    schema: ZodType<T>,
    work: (exchange: CcxtTrader) => Promise<unknown>,
  ): Promise<T> {
    await this.markets();
    return (await this.askWhole(what, z.object({ value: schema }), work)).value;
  }

  private async askWhole<T>(
    what: string,
    schema: ZodType<T>,
    work: (exchange: CcxtTrader) => Promise<unknown>,
  ): Promise<T> {
    const { calls, exchange } = this.options;
    const caller = new RestCaller({
      ...this.options,
      venue: exchange.name,
      role: "broker",
      lane: "question",
      policy: questionPolicy,
      judge: (answer) => this.judge(answer, what),
    });
    const { value } = await caller.call({
      what,
      // What a request costs is taken when ccxt sends it.
      weight: 0,
      schema,
      send: () => calls.run((one) => work(one as CcxtTrader), undefined, "question"),
    });
    return value;
  }

  private judge(answer: HttpAnswer, what: string): Verdict | null {
    const { errors, exchange, mode, redact } = this.options;
    const outcome = answer.body as CcxtOutcome;
    if (
      answer.status === 429 ||
      answer.status >= 500 ||
      answer.unreadable !== null ||
      outcome.kind === "value"
    )
      return null;
    const { error } = outcome;
    const said = redact(textOf(error).slice(0, 300));
    if (error instanceof errors.AuthenticationError)
      return { kind: "refuse", error: brokerKeyRefused(exchange.name, said, mode) };
    if (error instanceof errors.ExchangeError)
      return { kind: "refuse", error: questionRefused(exchange.name, what, said) };
    return { kind: "retry", reason: said };
  }
}

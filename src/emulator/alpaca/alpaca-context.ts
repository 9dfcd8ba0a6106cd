import type { CandleBook } from "../candles/candle-book.ts";
import type { Exchange } from "../exchange/exchange.ts";
import type { ExchangeAccount } from "../exchange/exchange-account.ts";
import type { FaultPlan } from "../faults/fault-plan.ts";
import type { WireRequest } from "../wire/face.ts";
import type { DayCloses } from "./day-closes.ts";

/** What a route of the Alpaca face works with. */
export type AlpacaContext = {
  readonly exchange: Exchange;
  readonly account: ExchangeAccount;
  readonly candles: CandleBook;
  readonly dayCloses: DayCloses;
  readonly faults: FaultPlan;
  readonly wireMs: number;
  /** The body of a request; undefined when it is no JSON. */
  readonly json: (request: WireRequest) => unknown;
};

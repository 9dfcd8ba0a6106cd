import type { CandleBook } from "../candles/candle-book.ts";
import type { ExchangeAccount } from "../exchange/exchange-account.ts";
import type { ExchangeOrder } from "../exchange/exchange-types.ts";
import type { Exchange } from "../exchange/exchange.ts";
import type { FaultPlan } from "../faults/fault-plan.ts";

/** What a public route works with. */
export type MarketContext = {
  readonly exchange: Exchange;
  readonly candles: CandleBook;
  readonly query: URLSearchParams;
  readonly nowMs: number;
};

/** What a route of an account works with. */
export type AccountContext = MarketContext & {
  readonly account: ExchangeAccount;
  readonly faults: FaultPlan;
  /** The body, or what came over the socket in its place. */
  readonly body: unknown;
  /** Tells an order once more, as Bybit does when a cancel comes after the fill. */
  readonly retell: (order: ExchangeOrder) => void;
};

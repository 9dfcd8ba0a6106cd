import type { CandleBook } from "../candles/candle-book.ts";
import type { Exchange } from "../exchange/exchange.ts";
import { historyOf, priceTicks, realTimeBar, updateOf, type AskedBars } from "./bar-messages.ts";
import { contractDetails } from "./contract-messages.ts";
import { listingsFor, readContract } from "./ib-contracts.ts";
import { errorFrame, isError, refusalOf } from "./ib-errors.ts";
import { frame, type FieldReader } from "./frames.ts";

type Subscription =
  | { readonly kind: "ticks"; readonly symbol: string }
  | { readonly kind: "bars"; readonly symbol: string }
  | { readonly kind: "history"; readonly symbol: string; readonly asked: AskedBars };

export type MarketTools = {
  readonly exchange: Exchange;
  readonly candles: CandleBook;
  readonly answer: (data: Buffer) => void;
  readonly tell: (data: Buffer) => void;
  readonly watch: (change: 1 | -1) => void;
};

/** What one client asks about the market, and what it wants to be told of it. */
export class IbMarket {
  private readonly tools: MarketTools;
  private readonly subscriptions = new Map<number, Subscription>();

  constructor(tools: MarketTools) {
    this.tools = tools;
  }

  /** Message 9: which contracts there are of that description. */
  contracts(fields: FieldReader): void {
    const { exchange, answer } = this.tools;
    const reqId = fields.whole();
    const listings = listingsFor(readContract(fields), exchange);
    if (listings.length === 0) return answer(errorFrame(reqId, refusalOf("unknown_symbol", "")));
    for (const listing of listings) answer(contractDetails(listing, exchange, reqId));
    answer(frame([52, 1, reqId]));
  }

  /** Message 1: prices, once or from now on. */
  ticks(fields: FieldReader): void {
    const { exchange, answer } = this.tools;
    const reqId = fields.whole();
    const symbol = this.symbolOf(reqId, fields);
    if (symbol === null) return;
    fields.skip(2); // delta neutral contract, generic ticks
    const isSnapshot = fields.isTrue();
    answer(frame([58, 1, reqId, 1]));
    const price = exchange.lastPrice(symbol);
    if (!Number.isNaN(price))
      for (const tick of priceTicks(reqId, price, exchange.listing(symbol)!.tickSize)) answer(tick);
    if (isSnapshot) return answer(frame([57, 1, reqId]));
    this.subscribe(reqId, { kind: "ticks", symbol });
  }

  /** Message 50: bars as they close. */
  bars(fields: FieldReader): void {
    const reqId = fields.whole();
    const symbol = this.symbolOf(reqId, fields);
    if (symbol !== null) this.subscribe(reqId, { kind: "bars", symbol });
  }

  /** Message 20: history, and from then on what becomes of the last bar, where that is wanted. */
  history(fields: FieldReader): void {
    const { exchange, candles, answer } = this.tools;
    const reqId = fields.whole();
    const symbol = this.symbolOf(reqId, fields);
    if (symbol === null) return;
    fields.skip(1); // includeExpired
    const endTime = fields.text();
    const barSize = fields.text();
    const duration = fields.text();
    fields.skip(1); // useRTH
    const whatToShow = fields.text();
    const formatDate = fields.whole();
    const isKept = fields.isTrue();
    const asked = { reqId, symbol, endTime, barSize, duration, whatToShow, formatDate };
    const history = historyOf(asked, candles, exchange.timeMs);
    if (isError(history)) return answer(errorFrame(reqId, history));
    answer(history);
    if (isKept) this.subscribe(reqId, { kind: "history", symbol, asked });
  }

  /** Ends what was wanted under a number. */
  unsubscribe(reqId: number): void {
    if (this.subscriptions.delete(reqId)) this.tools.watch(-1);
  }

  /** Ends everything. */
  close(): void {
    for (const reqId of this.subscriptions.keys()) this.unsubscribe(reqId);
  }

  /** Bars of these symbols have closed. */
  onSlice(symbols: readonly string[]): void {
    const { exchange, candles, tell } = this.tools;
    for (const [reqId, wanted] of this.subscriptions) {
      if (!symbols.includes(wanted.symbol)) continue;
      const news =
        wanted.kind === "ticks"
          ? priceTicks(reqId, exchange.lastPrice(wanted.symbol), exchange.listing(wanted.symbol)!.tickSize)
          : wanted.kind === "history"
            ? [updateOf(wanted.asked, candles)]
            : [realTimeBar(reqId, wanted.symbol, candles)];
      for (const message of news) if (message !== null) tell(message);
    }
  }

  private subscribe(reqId: number, wanted: Subscription): void {
    const { answer, watch } = this.tools;
    if (this.subscriptions.has(reqId))
      return answer(errorFrame(reqId, [322, "Duplicate ticker ID for API request"]));
    this.subscriptions.set(reqId, wanted);
    watch(1);
  }

  private symbolOf(reqId: number, fields: FieldReader): string | null {
    const { exchange, answer } = this.tools;
    const [listing, other] = listingsFor(readContract(fields), exchange);
    if (listing !== undefined && other === undefined) return listing.symbol;
    answer(errorFrame(reqId, refusalOf("unknown_symbol", "")));
    return null;
  }
}

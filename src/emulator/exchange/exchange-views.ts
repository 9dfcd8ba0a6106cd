import type { InstrumentIndex } from "../../domain/instrument.ts";
import type { AccountOptions } from "./account-options.ts";
import type { Leg, Listing } from "./exchange-types.ts";
import type { MarkPrices } from "./mark-prices.ts";
import type { OrderStore } from "./order-store.ts";

/** The exchange, as its accounts see it. */
export interface ExchangeView {
  readonly timeMs: number;
  readonly marks: MarkPrices;
  listing(symbol: string): Listing | null;
  lastPrice(symbol: string): number;
  markPrice(symbol: string): number;
  isHalted(symbol: string): boolean;
  instrumentIndex(symbol: string, leg: Leg): InstrumentIndex;
  symbolAt(index: number): string;
  isShortLeg(index: number): boolean;
}

/** An account, as the rules see that decide over its orders. */
export interface AccountView {
  readonly options: AccountOptions;
  readonly orders: OrderStore;
  heldOf(symbol: string, leg: Leg): number;
}

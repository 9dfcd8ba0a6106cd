import type { Calendar } from "../domain/calendar/calendar.ts";
import type { Ledger } from "../domain/ledger.ts";
import type { ExecutionReport } from "../domain/order.ts";
import type { MarketSlice } from "../domain/slice.ts";
import type { Market } from "../ports/market.ts";
import { VenueAccount } from "./venue-account.ts";
import type { VenueOptions } from "./venue-options.ts";

/** Who hears what happened on an account. The array is reused: read it at once. */
export type AccountListener = (account: VenueAccount, reports: readonly ExecutionReport[]) => void;

/**
 * A trading venue over a market: it keeps accounts, each with books and order numbers of its own, and moves all of them
 * on with every slice. The accounts do not meet: none takes another's volume or moves another's price.
 */
export class Venue {
  private readonly market: Market;
  private readonly calendars: readonly Calendar[];
  private readonly accounts: VenueAccount[] = [];

  constructor(market: Market, calendars: readonly Calendar[]) {
    this.market = market;
    this.calendars = calendars;
  }

  /** Opens an account; `ledger` becomes the venue's books of it. */
  openAccount(ledger: Ledger, options: VenueOptions): VenueAccount {
    const account = new VenueAccount(this.market, this.calendars, ledger, options);
    this.accounts.push(account);
    return account;
  }

  /** Takes every account through a slice. */
  advance(slice: MarketSlice, hear: AccountListener): void {
    for (const account of this.accounts) hear(account, account.advance(slice));
  }

  /** Lets time pass without news of the market: orders expire, days end, and cancels on their way arrive. */
  tick(timeMs: number, hear: AccountListener): void {
    this.advance({ timeMs, count: 0, instruments: none, rows: none }, hear);
  }
}

const none = new Int32Array(0);

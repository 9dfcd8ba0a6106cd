import type { ZoneClock } from "../../domain/calendar/zone-clock.ts";
import type { ExchangeAccount } from "../exchange/exchange-account.ts";
import type { Listing } from "../exchange/exchange-types.ts";
import type { Exchange } from "../exchange/exchange.ts";
import type { FaultPlan } from "../faults/fault-plan.ts";
import type { TicketBook } from "./ticket-book.ts";

/** What a terminal and its account are like. */
export type TerminalSettings = {
  readonly login: number;
  readonly server: string;
  /** The wall clock of the broker's server: `America/New_York+7`. */
  readonly serverTime: string;
  readonly tradeMode: "demo" | "contest" | "real";
  readonly marginMode: "netting" | "hedging";
  /** So many characters of a comment are kept: 31, and fewer at some brokers. */
  readonly commentMax: number;
  /** The button in the terminal: without it nothing is traded. */
  readonly isTradeAllowed: boolean;
};

/** What every command works with. */
export type TerminalContext = {
  readonly exchange: Exchange;
  readonly account: ExchangeAccount;
  readonly book: TicketBook;
  readonly faults: FaultPlan;
  readonly settings: TerminalSettings;
  readonly zone: ZoneClock;
  /** The clock of the wire. */
  readonly nowMs: () => number;
};

/** A currency is traded in lots of 100,000; everything else in pieces. */
export function contractSizeOf({ assetClass }: Listing): number {
  return assetClass === "forex" ? 100_000 : 1;
}

/** Units as lots, without the digits that dividing leaves behind. */
export function lotsOf(listing: Listing, quantity: number): number {
  return Number((quantity / contractSizeOf(listing)).toFixed(8));
}

/** Lots as units. */
export function unitsOf(listing: Listing, lots: number): number {
  return Number((lots * contractSizeOf(listing)).toFixed(8));
}

/** What the server's clock shows at a time of UTC, written as if it were UTC. */
export function wallOf({ zone }: Pick<TerminalContext, "zone">, utcMs: number): number {
  return utcMs + zone.offsetAt(utcMs);
}

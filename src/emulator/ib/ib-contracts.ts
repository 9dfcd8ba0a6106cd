import type { Exchange } from "../exchange/exchange.ts";
import type { Listing } from "../exchange/exchange-types.ts";
import { decimal } from "../wire/decimal.ts";
import type { Field, FieldReader } from "./frames.ts";

/** What a client says it means. */
export type AskedContract = {
  readonly conId: number;
  readonly symbol: string;
  readonly secType: string;
  readonly currency: string;
  readonly localSymbol: string;
};

/** A listing as Interactive Brokers names it. */
export type IbContract = {
  readonly conId: number;
  readonly symbol: string;
  readonly secType: "STK" | "CASH" | "CRYPTO" | "CFD";
  readonly exchange: string;
  readonly primaryExchange: string;
  readonly currency: string;
  readonly localSymbol: string;
  readonly tradingClass: string;
  readonly multiplier: string;
};

/** The first number of a contract; the listings count up from it. */
const firstConId = 700_000_001;

/** Reads the twelve fields of a contract. */
export function readContract(fields: FieldReader): AskedContract {
  const conId = fields.whole();
  const symbol = fields.text();
  const secType = fields.text();
  // Expiry, strike, right, multiplier, exchange and primary exchange: whatever is listed here has one place.
  fields.skip(6);
  const currency = fields.text();
  const localSymbol = fields.text();
  fields.skip(1);
  return { conId, symbol, secType, currency, localSymbol };
}

/** The contract of a listing. */
export function contractOf(listing: Listing, exchange: Exchange): IbContract {
  const { symbol, assetClass, baseCurrency, quoteCurrency, contractMultiplier } = listing;
  const conId = firstConId + exchange.listings.indexOf(listing);
  const multiplier = contractMultiplier === 1 ? "" : decimal(contractMultiplier);
  const common = { conId, currency: quoteCurrency, multiplier };
  if (assetClass === "equity")
    return {
      ...common,
      symbol,
      secType: "STK",
      exchange: "SMART",
      primaryExchange: "NASDAQ",
      localSymbol: symbol,
      tradingClass: "NMS",
    };
  const pair = `${baseCurrency}.${quoteCurrency}`;
  const named = { ...common, symbol: baseCurrency, localSymbol: pair, tradingClass: pair };
  if (assetClass === "forex") return { ...named, secType: "CASH", exchange: "IDEALPRO", primaryExchange: "" };
  if (assetClass === "crypto") return { ...named, secType: "CRYPTO", exchange: "PAXOS", primaryExchange: "" };
  return { ...named, symbol, localSymbol: symbol, secType: "CFD", exchange: "SMART", primaryExchange: "" };
}

/** The listings that a contract may mean: by its number, else by everything that is said about it. */
export function listingsFor(asked: AskedContract, exchange: Exchange): readonly Listing[] {
  return exchange.listings.filter((listing) => {
    const contract = contractOf(listing, exchange);
    if (asked.conId > 0) return contract.conId === asked.conId;
    const isNamed =
      asked.localSymbol === ""
        ? contract.symbol === asked.symbol
        : contract.localSymbol === asked.localSymbol;
    return (
      isNamed &&
      (asked.secType === "" || asked.secType === contract.secType) &&
      (asked.currency === "" || asked.currency === contract.currency)
    );
  });
}

/** The eleven fields of a contract in news about orders. */
export function contractFields(contract: IbContract): readonly Field[] {
  const { conId, symbol, secType, multiplier, exchange, currency, localSymbol, tradingClass } = contract;
  return [conId, symbol, secType, "", 0, "", multiplier, exchange, currency, localSymbol, tradingClass];
}

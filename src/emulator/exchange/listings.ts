import { quoteCurrencies } from "../../domain/currency.ts";
import type { Listing } from "./exchange-types.ts";

/** A listing from what is not usual about it: a perpetual contract in steps of a cent and a thousandth. */
export function listingOf(symbol: string, wanted: Partial<Listing> = {}): Listing {
  const [quoteCurrency] = quoteCurrencies([symbol.replace("/", "")], [wanted.quoteCurrency], "USD");
  return {
    symbol,
    assetClass: "crypto",
    baseCurrency: baseOf(symbol, quoteCurrency!),
    quoteCurrency: quoteCurrency!,
    tickSize: 0.01,
    lotSize: 0.001,
    quantityMin: 0.001,
    notionalMin: 0,
    contractMultiplier: 1,
    calendarName: "24/7",
    canShort: true,
    ...wanted,
  };
}

function baseOf(symbol: string, quoteCurrency: string): string {
  if (symbol.includes("/")) return symbol.slice(0, symbol.indexOf("/"));
  return symbol.endsWith(quoteCurrency) && symbol.length > quoteCurrency.length
    ? symbol.slice(0, -quoteCurrency.length)
    : symbol;
}

import type { Listing } from "./exchange-types.ts";

/** What pairs of coins are quoted in, longest first. */
const quotes = ["FDUSD", "USDT", "USDC", "TUSD", "USD", "EUR", "GBP", "BTC", "ETH", "BNB"];

/** A listing from what is not usual about it: a pair or a contract of coins, in steps of a cent and a thousandth. */
export function listingOf(symbol: string, wanted: Partial<Listing> = {}): Listing {
  const [base, quote] = symbol.includes("/") ? symbol.split("/") : split(symbol, wanted.quoteCurrency);
  return {
    symbol,
    assetClass: "crypto",
    baseCurrency: base!,
    quoteCurrency: quote!,
    tickSize: 0.01,
    lotSize: 0.001,
    quantityMin: 0.001,
    notionalMin: 0,
    contractMultiplier: 1,
    calendarName: "24/7",
    canShort: true,
    keepsFeeOfPurchase: false,
    ...wanted,
  };
}

function split(symbol: string, told: string | undefined): readonly [string, string] {
  const quote = told ?? quotes.find((each) => symbol.endsWith(each) && symbol.length > each.length) ?? "USD";
  const isPair = symbol.endsWith(quote) && symbol.length > quote.length;
  return [isPair ? symbol.slice(0, -quote.length) : symbol, quote];
}

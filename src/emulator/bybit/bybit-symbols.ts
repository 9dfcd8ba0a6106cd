import type { Timeframe } from "../../domain/timeframe.ts";
import type { Exchange } from "../exchange/exchange.ts";
import type { Leg, Listing } from "../exchange/exchange-types.ts";
import type { ExchangeAccount } from "../exchange/exchange-account.ts";

export type BybitCategory = "linear" | "spot";

/** A coin and its contract have one name on the wire and two markets: inside, the coin's carries this. */
export const spotSuffix = "@spot";

/** The market that a symbol is in. */
export function categoryOf(symbol: string): BybitCategory {
  return symbol.endsWith(spotSuffix) ? "spot" : "linear";
}

/** The name on the wire. */
export function wireSymbol(symbol: string): string {
  return categoryOf(symbol) === "spot" ? symbol.slice(0, -spotSuffix.length) : symbol;
}

/** The listing of a symbol of a category; null when it is not there. */
export function listingIn(exchange: Exchange, category: string, symbol: string): Listing | null {
  if (category !== "linear" && category !== "spot") return null;
  return exchange.listing(category === "spot" ? symbol + spotSuffix : symbol);
}

/** 0 in one-way mode, 1 and 2 for the long and the short position of hedge mode. */
export function positionIdx(leg: Leg): 0 | 1 | 2 {
  return leg === "net" ? 0 : leg === "long" ? 1 : 2;
}

/** The leg that a number means in the account's mode; null when it means none. */
export function legOf(index: number, { positionMode }: ExchangeAccount): Leg | null {
  if (positionMode === "one-way") return index === 0 ? "net" : null;
  return index === 1 ? "long" : index === 2 ? "short" : null;
}

/** Legs that an account has in its mode. */
export function legsOf({ positionMode }: ExchangeAccount): readonly Leg[] {
  return positionMode === "hedge" ? ["long", "short"] : ["net"];
}

const intervals: Readonly<Record<string, Timeframe>> = {
  "1": "1m",
  "3": "3m",
  "5": "5m",
  "15": "15m",
  "30": "30m",
  "60": "1h",
  "120": "2h",
  "240": "4h",
  "360": "6h",
  "720": "12h",
  D: "1d",
  W: "1w",
  M: "1M",
};

/** The timeframe of an interval; null for one that there is not. */
export function timeframeOfInterval(interval: string): Timeframe | null {
  return intervals[interval] ?? null;
}

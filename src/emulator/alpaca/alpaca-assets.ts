import { idMaker } from "../exchange/exchange-ids.ts";
import type { Exchange } from "../exchange/exchange.ts";
import type { Listing } from "../exchange/exchange-types.ts";
import { decimal } from "../wire/decimal.ts";

/** The id of an asset: always the same for a symbol. */
export function assetId(symbol: string): string {
  const known = ids.get(symbol) ?? idMaker(1, `asset:${symbol}`)();
  ids.set(symbol, known);
  return known;
}

const ids = new Map<string, string>();

/** `us_equity` or `crypto`. */
export function assetClass({ assetClass: kind }: Listing): "us_equity" | "crypto" {
  return kind === "equity" ? "us_equity" : "crypto";
}

/** The listing of a symbol, of a pair without its slash, or of an asset id; null for one that is not there. */
export function findListing(exchange: Exchange, name: string): Listing | null {
  return (
    exchange.listing(name) ??
    exchange.listings.find(({ symbol }) => symbol.replace("/", "") === name || assetId(symbol) === name) ??
    null
  );
}

/** An asset as `GET /v2/assets` tells of it. */
export function assetJson(listing: Listing, isHalted: boolean): Record<string, unknown> {
  const kind = assetClass(listing);
  const isEquity = kind === "us_equity";
  return {
    id: assetId(listing.symbol),
    class: kind,
    exchange: exchangeName(listing),
    symbol: listing.symbol,
    name: listing.symbol,
    status: "active",
    tradable: !isHalted,
    marginable: isEquity,
    shortable: isEquity && listing.canShort,
    easy_to_borrow: isEquity && listing.canShort,
    fractionable: listing.lotSize < 1,
    attributes: [],
    ...(isEquity
      ? { maintenance_margin_requirement: 30 }
      : {
          min_order_size: decimal(listing.quantityMin),
          min_trade_increment: decimal(listing.lotSize),
          price_increment: decimal(listing.tickSize),
        }),
  };
}

/** Where Alpaca says that it trades. */
export function exchangeName(listing: Listing): string {
  return assetClass(listing) === "us_equity" ? "NASDAQ" : "CRYPTO";
}

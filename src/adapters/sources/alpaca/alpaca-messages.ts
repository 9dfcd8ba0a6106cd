import { z } from "zod";
import type { SymbolInfo } from "../../../ports/bar-source.ts";
import { numeric, positiveOrNull } from "../../shared/numeric.ts";
import type { VenueRow } from "../shared/row-quarantine.ts";

/** What an Alpaca source serves. */
export type AlpacaMarket = "stocks" | "crypto";

/** A bar; `t` is RFC 3339, in nanoseconds where need be. */
const barSchema = z.object({ t: z.string(), o: numeric, h: numeric, l: numeric, c: numeric, v: numeric });
type AlpacaBar = z.infer<typeof barSchema>;

/** `GET /v2/stocks/bars` and `/v1beta3/crypto/us/bars`. */
export const barsSchema = z.object({
  bars: z.record(z.string(), z.array(barSchema)).nullable(),
  next_page_token: z.string().nullish(),
});

/** `GET /v1beta3/crypto/us/snapshots`. */
export const snapshotsSchema = z.object({
  snapshots: z.record(
    z.string(),
    z.object({
      latestTrade: z.object({ t: z.string(), p: numeric }).nullish(),
      latestQuote: z.object({ t: z.string(), bp: numeric, ap: numeric }).nullish(),
      minuteBar: barSchema.nullish(),
      prevDailyBar: barSchema.nullish(),
    }),
  ),
});

/** `GET /v2/assets`, the part that tells how a symbol trades. */
export const assetsSchema = z.array(
  z.object({
    class: z.string(),
    symbol: z.string(),
    status: z.string(),
    tradable: z.boolean(),
    fractionable: z.boolean().nullish(),
    price_increment: z.string().nullish(),
    min_trade_increment: z.string().nullish(),
  }),
);

/** How Alpaca says no. */
export const refusalSchema = z.object({ message: z.string() });

/** A bar in the form that all venues share. */
export function toRow({ t, o, h, l, c, v }: AlpacaBar): VenueRow {
  return { openMs: Date.parse(t), open: o, high: h, low: l, close: c, volume: v };
}

/** Symbols in the form that all venues share. */
export function toSymbols(assets: z.infer<typeof assetsSchema>): SymbolInfo[] {
  return assets.map((asset) => {
    const isCrypto = asset.class === "crypto";
    const [base = null, quote = "USD"] = isCrypto ? asset.symbol.split("/") : [];
    return {
      symbol: asset.symbol,
      assetClass: isCrypto ? "crypto" : "equity",
      baseCurrency: base,
      quoteCurrency: quote,
      // Regulation NMS rule 612: a cent from one dollar up. Fractions of a share have nine decimals.
      tickSize: isCrypto ? positiveOrNull(asset.price_increment) : 0.01,
      lotSize: isCrypto ? positiveOrNull(asset.min_trade_increment) : asset.fractionable === true ? 1e-9 : 1,
      notionalMin: null,
      isTrading: asset.status === "active" && asset.tradable,
      calendarName: isCrypto ? "24/7" : "us-equity",
    };
  });
}

import { z } from "zod";
import type { SymbolInfo } from "../../../ports/bar-source.ts";
import { numeric, positiveOrNull, toNumber } from "../../shared/numeric.ts";
import type { VenueRow } from "../shared/row-quarantine.ts";

/** Product groups with bars in one form. */
export type BybitCategory = "spot" | "linear" | "inverse";

/** What every answer is wrapped in; errors come with HTTP status 200. */
export const envelopeSchema = z.object({ retCode: z.number(), retMsg: z.string() });

/** `GET /v5/market/kline`: start, open, high, low, close, volume, turnover, newest first. */
export const klineSchema = z.object({
  result: z.object({
    symbol: z.string(),
    list: z.array(z.tuple([z.string(), numeric, numeric, numeric, numeric, numeric, numeric])),
  }),
});

/** `GET /v5/market/instruments-info`, the part that tells how a symbol trades. */
export const instrumentsSchema = z.object({
  result: z.object({
    nextPageCursor: z.string().nullish(),
    list: z.array(
      z.object({
        symbol: z.string(),
        status: z.string(),
        baseCoin: z.string(),
        quoteCoin: z.string(),
        contractType: z.string().optional(),
        priceFilter: z.object({ tickSize: z.string() }),
        lotSizeFilter: z.object({
          qtyStep: z.string().optional(),
          basePrecision: z.string().optional(),
          minNotionalValue: z.string().optional(),
          minOrderAmt: z.string().optional(),
        }),
      }),
    ),
  }),
});

/** Rows in the form that all venues share. An inverse contract is one US dollar: its turnover is the base asset. */
export function toRows({ result }: z.infer<typeof klineSchema>, category: BybitCategory): VenueRow[] {
  return result.list.map(([start, open, high, low, close, volume, turnover]) => ({
    openMs: toNumber(start),
    open,
    high,
    low,
    close,
    volume: category === "inverse" ? turnover : volume,
  }));
}

/** Symbols in the form that all venues share. */
export function toSymbols(
  { result }: z.infer<typeof instrumentsSchema>,
  category: BybitCategory,
): SymbolInfo[] {
  return result.list.map(
    ({ symbol, status, baseCoin, quoteCoin, contractType, priceFilter, lotSizeFilter }) => ({
      symbol,
      assetClass: contractType?.includes("Futures") === true ? "future" : "crypto",
      baseCurrency: baseCoin,
      quoteCurrency: quoteCoin,
      tickSize: positiveOrNull(priceFilter.tickSize),
      // An inverse contract's step is in dollars, not in the base asset.
      lotSize:
        category === "inverse" ? null : positiveOrNull(lotSizeFilter.qtyStep ?? lotSizeFilter.basePrecision),
      notionalMin: positiveOrNull(lotSizeFilter.minNotionalValue ?? lotSizeFilter.minOrderAmt),
      isTrading: status === "Trading",
      calendarName: "24/7",
    }),
  );
}

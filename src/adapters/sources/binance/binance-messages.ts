import { z } from "zod";
import type { SymbolInfo } from "../../../ports/bar-source.ts";
import { numeric, positiveOrNull } from "../../shared/numeric.ts";
import type { VenueRow } from "../shared/row-quarantine.ts";

/** Rows of `GET /api/v3/klines`: open time, open, high, low, close, volume, close time, and five columns unused here. */
export const klinesSchema = z.array(
  z.tuple([z.number(), numeric, numeric, numeric, numeric, numeric, z.number()]).rest(z.unknown()),
);

/** The part of `GET /api/v3/exchangeInfo` that tells how a symbol trades. */
export const exchangeInfoSchema = z.object({
  symbols: z.array(
    z.object({
      symbol: z.string(),
      status: z.string(),
      baseAsset: z.string(),
      quoteAsset: z.string(),
      filters: z.array(
        z.object({
          filterType: z.string(),
          tickSize: z.string().optional(),
          stepSize: z.string().optional(),
          minNotional: z.string().optional(),
        }),
      ),
    }),
  ),
});

/** `{ code, msg }`, how Binance says no. */
export const refusalSchema = z.object({ code: z.number(), msg: z.string() });

/** Rows in the form that all venues share. */
export function toRows(klines: z.infer<typeof klinesSchema>): VenueRow[] {
  return klines.map(([openMs, open, high, low, close, volume]) => ({
    openMs,
    open,
    high,
    low,
    close,
    volume,
  }));
}

/** Symbols in the form that all venues share. */
export function toSymbols({ symbols }: z.infer<typeof exchangeInfoSchema>): SymbolInfo[] {
  return symbols.map(({ symbol, status, baseAsset, quoteAsset, filters }) => {
    const filter = (...types: string[]) => filters.find(({ filterType }) => types.includes(filterType));
    return {
      symbol,
      assetClass: "crypto",
      baseCurrency: baseAsset,
      quoteCurrency: quoteAsset,
      tickSize: positiveOrNull(filter("PRICE_FILTER")?.tickSize),
      lotSize: positiveOrNull(filter("LOT_SIZE")?.stepSize),
      notionalMin: positiveOrNull(filter("NOTIONAL", "MIN_NOTIONAL")?.minNotional),
      isTrading: status === "TRADING",
      calendarName: "24/7",
    };
  });
}

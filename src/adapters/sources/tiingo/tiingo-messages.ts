import { z } from "zod";
import type { SymbolInfo } from "../../../ports/bar-source.ts";
import { numeric } from "../../shared/numeric.ts";
import type { VenueRow } from "../shared/row-quarantine.ts";

/** What a Tiingo source serves: end of day, intraday of the IEX exchange, crypto, currencies. */
export type TiingoMarket = "daily" | "iex" | "crypto" | "fx";

const rowSchema = z.object({
  date: z.string(),
  open: numeric,
  high: numeric,
  low: numeric,
  close: numeric,
  // IEX sends volume when it is asked for, currencies have none.
  volume: numeric.nullish(),
});

/** `GET /tiingo/daily/{ticker}/prices`: with prices as they were traded and adjusted for splits and dividends. */
export const dailySchema = z.array(
  rowSchema.extend({
    adjOpen: numeric,
    adjHigh: numeric,
    adjLow: numeric,
    adjClose: numeric,
    adjVolume: numeric,
  }),
);

/** `GET /iex/{ticker}/prices` and `/tiingo/fx/{ticker}/prices`. */
export const intradaySchema = z.array(rowSchema);

/** `GET /tiingo/crypto/prices`. */
export const cryptoSchema = z.array(z.object({ ticker: z.string(), priceData: z.array(rowSchema) }));

/** `GET /tiingo/crypto`, the list of pairs. */
export const pairsSchema = z.array(
  z.object({ ticker: z.string(), baseCurrency: z.string().nullish(), quoteCurrency: z.string().nullish() }),
);

/** How Tiingo says no: an object, or a list of sentences with status 200. */
export const refusalSchema = z.union([
  z.object({ detail: z.string() }).transform(({ detail }) => detail),
  z
    .tuple([z.string()])
    .rest(z.string())
    .transform(([first]) => first),
]);

/** A bar in the form that all venues share. */
export function toRow({ date, open, high, low, close, volume }: z.infer<typeof rowSchema>): VenueRow {
  return { openMs: Date.parse(date), open, high, low, close, volume: volume ?? 0 };
}

/** A daily bar, as it was traded or adjusted. */
export function toDailyRow(row: z.infer<typeof dailySchema>[number], isAdjusted: boolean): VenueRow {
  if (!isAdjusted) return toRow(row);
  const { date, adjOpen: open, adjHigh: high, adjLow: low, adjClose: close, adjVolume: volume } = row;
  return toRow({ date, open, high, low, close, volume });
}

/** Pairs in the form that all venues share. Tiingo does not trade: it knows no steps. */
export function toPairs(pairs: z.infer<typeof pairsSchema>): SymbolInfo[] {
  return pairs.map(({ ticker, baseCurrency, quoteCurrency }) => ({
    symbol: ticker,
    assetClass: "crypto",
    baseCurrency: baseCurrency?.toUpperCase() ?? null,
    quoteCurrency: quoteCurrency?.toUpperCase() ?? "USD",
    tickSize: null,
    lotSize: null,
    notionalMin: null,
    isTrading: true,
    calendarName: "24/7",
  }));
}

/** Rows of the list of tickers: `ticker,exchange,assetType,priceCurrency,startDate,endDate`. */
export function toTickers(csv: string): SymbolInfo[] {
  const [head = "", ...lines] = csv.split(/\r?\n/);
  const names = head.split(",");
  const column = (name: string): number => names.indexOf(name);
  const [ticker, currency, start, type] = [
    column("ticker"),
    column("priceCurrency"),
    column("startDate"),
    column("assetType"),
  ];
  return lines.flatMap((line) => {
    const fields = line.split(",");
    // Without dates there are no prices.
    if ((fields[ticker] ?? "") === "" || (fields[start] ?? "") === "") return [];
    return {
      symbol: fields[ticker]!,
      assetClass: fields[type] === "Stock" || fields[type] === "ETF" ? "equity" : "unknown",
      baseCurrency: null,
      quoteCurrency: fields[currency] ?? "USD",
      tickSize: null,
      lotSize: null,
      notionalMin: null,
      isTrading: true,
      calendarName: "us-equity",
    };
  });
}

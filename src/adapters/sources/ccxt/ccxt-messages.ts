import { z } from "zod";
import type { SymbolInfo } from "../../../ports/bar-source.ts";
import { positiveOrNull, toNumber } from "../../shared/numeric.ts";
import type { VenueRow } from "../shared/row-quarantine.ts";
import type { CcxtMarket } from "./load-ccxt.ts";

const cell = z.union([z.number(), z.string(), z.null(), z.undefined()]);

/** `fetchOHLCV`: open time, open, high, low, close, volume. A cell that is missing costs its row, not the page. */
export const ohlcvSchema = z.object({
  value: z.array(z.array(cell)).transform((rows) => rows.map(toRow)),
  wire: z.unknown(),
});

function toRow(cells: readonly z.infer<typeof cell>[]): VenueRow {
  const at = (index: number): number => toNumber(cells[index] ?? Number.NaN);
  return { openMs: at(0), open: at(1), high: at(2), low: at(3), close: at(4), volume: at(5) };
}

/**
 * Whether an answer says in so many words that it holds no bars: with an empty list, or null, outside of a field for
 * errors. ccxt makes an empty list of bars out of anything that holds none where it looks for them.
 */
export function saysNothing(wire: unknown): boolean {
  if (wire === null) return true;
  if (Array.isArray(wire)) return wire.length === 0 || wire.some(saysNothing);
  if (typeof wire !== "object") return false;
  return Object.entries(wire).some(([name, value]) => !/err/i.test(name) && saysNothing(value));
}

/** `loadMarkets`. An exchange without a market is an answer that ccxt could not read. */
export const marketsSchema = z
  .object({
    value: z.record(
      z.string(),
      z.custom<CcxtMarket>((market) => typeof (market as CcxtMarket | null)?.symbol === "string"),
    ),
  })
  .transform(({ value }) => value)
  .refine((markets) => Object.keys(markets).length > 0, "a list without symbols");

/** Mode in which ccxt writes a step as a step; otherwise it counts decimals, or digits. */
const tickSizeMode = 4;
const decimalsMode = 2;

/** Markets in the form that all venues share. */
export function toSymbols(
  markets: Readonly<Record<string, CcxtMarket>>,
  precisionMode: number,
): readonly SymbolInfo[] {
  const stepOf = (precision: number | null | undefined): number | null => {
    if (precision === null || precision === undefined) return null;
    if (precisionMode === decimalsMode) return 10 ** -precision;
    return precisionMode === tickSizeMode ? positiveOrNull(precision) : null;
  };
  return Object.values(markets).map(({ symbol, base, quote, active, precision, limits }) => ({
    symbol,
    assetClass: "crypto",
    baseCurrency: base ?? null,
    quoteCurrency: quote ?? "",
    tickSize: stepOf(precision?.price),
    lotSize: stepOf(precision?.amount),
    notionalMin: positiveOrNull(limits?.cost?.min),
    // Many venues do not say: then it counts as trading.
    isTrading: active !== false,
    calendarName: "24/7",
  }));
}

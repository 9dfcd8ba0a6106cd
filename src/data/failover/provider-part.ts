import { KiwiError } from "../../base/errors.ts";
import { barsOf, type Bars } from "../../domain/bars.ts";
import type { BarRange, BarSource, LiveBar, SymbolInfo } from "../../ports/bar-source.ts";

/** A provider and how it writes symbols and units. Everything outside is in our own writing and units. */
export type ProviderPart = {
  readonly source: BarSource;
  /** Our symbol as the provider writes it; the same when left out. */
  readonly symbolOf?: (symbol: string) => string;
  /** The provider's symbol as we write it, for lists of symbols; the same when left out. */
  readonly symbolFrom?: (symbol: string) => string;
  /** What the provider's prices are multiplied by: 0.01 where it sends cents. */
  readonly priceScale?: number;
  /** What its volumes are multiplied by: 100 where it counts lots of a hundred. */
  readonly volumeScale?: number;
};

/** Bars that all came from one provider. */
export type ProvidedBars = Bars & { readonly provider: string };

/** A symbol of ours as the provider writes it. */
export function venueSymbol({ symbolOf }: ProviderPart, symbol: string): string {
  return symbolOf === undefined ? symbol : symbolOf(symbol);
}

/** A provider's live bar in our units, under our symbol, with the provider's name. */
export function houseBar(part: ProviderPart, symbol: string, bar: LiveBar): LiveBar {
  const { priceScale = 1, volumeScale = 1, source } = part;
  return {
    symbol,
    timeframe: bar.timeframe,
    closeTimeMs: bar.closeTimeMs,
    open: bar.open * priceScale,
    high: bar.high * priceScale,
    low: bar.low * priceScale,
    close: bar.close * priceScale,
    volume: bar.volume * volumeScale,
    provider: source.name,
  };
}

/** A provider's bars in our units, under our symbol. Throws `PROVIDER_MIXED_UP` when they are not what was asked for. */
export function houseBars(
  part: ProviderPart,
  { symbol, timeframe }: Pick<BarRange, "symbol" | "timeframe">,
  bars: Bars,
): Bars {
  const { priceScale = 1, volumeScale = 1, source } = part;
  const wanted = venueSymbol(part, symbol);
  if (bars.symbol !== wanted || bars.timeframe !== timeframe) {
    throw new KiwiError({
      code: "PROVIDER_MIXED_UP",
      exit: "network",
      message: `${source.name} was asked for ${wanted} ${timeframe} and sent ${bars.symbol} ${bars.timeframe}`,
      why: "its answer belongs to another question, and using it would mix two markets",
      fix: "try again; if it happens again, leave this provider out",
      topic: "sources",
    });
  }
  const scaled = (column: Float64Array, scale: number): Float64Array =>
    column.subarray(0, bars.length).map((value) => value * scale);
  return barsOf(symbol, timeframe, {
    closeTimeMs: bars.closeTimeMs.slice(0, bars.length),
    open: scaled(bars.open, priceScale),
    high: scaled(bars.high, priceScale),
    low: scaled(bars.low, priceScale),
    close: scaled(bars.close, priceScale),
    volume: scaled(bars.volume, volumeScale),
  });
}

/** What a provider says about a symbol, in our writing and units. */
export function houseSymbol(part: ProviderPart, info: SymbolInfo): SymbolInfo {
  const { priceScale = 1, volumeScale = 1, symbolFrom } = part;
  const times = (value: number | null, scale: number): number | null =>
    value === null ? null : value * scale;
  return {
    ...info,
    symbol: symbolFrom === undefined ? info.symbol : symbolFrom(info.symbol),
    tickSize: times(info.tickSize, priceScale),
    lotSize: times(info.lotSize, volumeScale),
    notionalMin: times(info.notionalMin, priceScale * volumeScale),
  };
}

import { barsOf, type Bars } from "../src/domain/bars.ts";
import { calendarNamed } from "../src/domain/calendar/calendar-named.ts";
import type { Instrument, InstrumentIndex } from "../src/domain/instrument.ts";
import { resolveParams, type Params, type ParamValue } from "../src/domain/params.ts";
import type { PortfolioView, Position } from "../src/domain/portfolio.ts";
import type { Timeframe } from "../src/domain/timeframe.ts";
import { timeframeMs } from "../src/domain/timeframe.ts";
import type { Plugin, PluginKind, PluginKinds, PluginTools } from "../src/ports/plugin.ts";

/** A bar of a test: open, high, low, close, and the volume if it matters. */
export type TestBar = readonly [open: number, high: number, low: number, close: number, volume?: number];

/** Bars one after the other; the first closes at `firstCloseMs`. */
export function barsFrom(
  rows: readonly TestBar[],
  timeframe: Timeframe = "1h",
  firstCloseMs = timeframeMs("1h"),
): Bars {
  const column = (k: 0 | 1 | 2 | 3 | 4) => Float64Array.from(rows, (row) => row[k] ?? 0);
  return barsOf("TEST", timeframe, {
    closeTimeMs: Float64Array.from(rows, (_, k) => firstCloseMs + k * timeframeMs(timeframe)),
    open: column(0),
    high: column(1),
    low: column(2),
    close: column(3),
    volume: column(4),
  });
}

/** An instrument in base currency, in whole lots, changed by what is given. */
export function testInstrument(index = 0, changes: Partial<Instrument> = {}): Instrument {
  return {
    index: index as InstrumentIndex,
    symbol: `TEST${index}`,
    assetClass: "unknown",
    quoteCurrency: "USD",
    tickSize: 0.01,
    lotSize: 1,
    notionalMin: 0,
    contractMultiplier: 1,
    calendarName: "24/7",
    ...changes,
  };
}

/** What a plug-in may ask for: one instrument per table of bars, all on one calendar. */
export function testTools(bars: readonly Bars[] = [barsFrom([])], calendarName = "24/7"): PluginTools {
  const instruments = bars.map((_, index) => testInstrument(index));
  return { market: { instruments, bars }, calendars: bars.map(() => calendarNamed(calendarName)) };
}

/** Makes a plug-in with some of its options, as the registry does. */
export function make<Kind extends PluginKind, P extends Params>(
  plugin: Plugin<Kind, P>,
  options: Readonly<Record<string, ParamValue>> = {},
  tools: PluginTools = testTools(),
): PluginKinds[Kind] {
  return plugin.create(resolveParams(plugin.name, plugin.options, options), tools);
}

/** An account with these signed quantities at these prices, by instrument, and this much cash beside them. */
export function testPortfolio(
  cash: number,
  holdings: readonly (readonly [quantity: number, price: number])[] = [],
): PortfolioView {
  const position = (index: InstrumentIndex): Position => {
    const [quantity, price] = holdings[index] ?? [0, Number.NaN];
    return {
      instrument: index,
      quantity,
      averagePrice: price,
      lastPrice: price,
      realizedPnl: 0,
      feesPaid: 0,
    };
  };
  const values = holdings.map(([quantity, price]) => (quantity === 0 ? 0 : quantity * price));
  return {
    cash,
    equity: values.reduce((sum, value) => sum + value, cash),
    grossExposure: values.reduce((sum, value) => sum + Math.abs(value), 0),
    position,
    unitValue: (_index, price) => price,
  };
}

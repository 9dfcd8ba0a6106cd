import { symbolUnknown, timeframeUnsupported } from "../../adapters/sources/shared/source-errors.ts";
import { readDay } from "../config/read-day.ts";
import { KiwiError } from "../../base/errors.ts";
import { syntheticMarket } from "../../data/synthetic/synthetic-market.ts";
import { aggregateBars } from "../../domain/aggregate-bars.ts";
import { sliceBars, type Bars } from "../../domain/bars.ts";
import type { Calendar } from "../../domain/calendar/calendar.ts";
import { calendarNamed } from "../../domain/calendar/calendar-named.ts";
import { timeframeMs, type Timeframe } from "../../domain/timeframe.ts";
import type { BarRequest, BarSource } from "../../ports/bar-source.ts";
import type { Clock } from "../../ports/clock.ts";

/** What the made-up market of a provider is; everything has a default. */
export type SyntheticSourceOptions = {
  readonly seed?: number;
  readonly symbols?: number;
  /** The shortest bars; longer ones are made of them. */
  readonly timeframe?: Timeframe;
  readonly start?: string;
  readonly calendar?: string;
  readonly edge?: number;
};

const offered: readonly Timeframe[] = ["1m", "5m", "15m", "30m", "1h", "4h", "1d", "1w"];
const pageRows = 10_000;
/** A century of hours, or two years of minutes: a made-up market need not have more. */
const rowsMax = 1_000_000;

/** A made-up market that is fetched like a venue's, offline: the same options, the same bars. History only. */
export function syntheticBarSource(options: SyntheticSourceOptions, clock: Clock): BarSource {
  const { seed = 42, symbols: count = 3, timeframe: shortest = "1h", edge = 0 } = options;
  const symbols = Array.from({ length: count }, (_, index) => `SYN${index + 1}`);
  const calendar = calendarNamed(options.calendar ?? "24/7");
  const calendarName = calendar.name;
  const timeframes = offered.filter((one) => timeframeMs(one) % timeframeMs(shortest) === 0);
  const startMs = readDay(options.start ?? "2022-01-01", "start");
  let made: readonly Bars[] = [];
  const makeUntil = (nowMs: number): readonly Bars[] => {
    const bars = Math.min(rowsMax, Math.max(1, Math.ceil((nowMs - startMs) / timeframeMs(shortest))));
    const settings = { seed, symbols, timeframe: shortest, bars, startMs, calendarName, edge };
    if ((made[0]?.length ?? 0) < bars) made = syntheticMarket(settings).bars;
    return made;
  };
  const closedBars = (symbol: string, timeframe: Timeframe): Bars => {
    const index = symbols.indexOf(symbol);
    if (index < 0) throw symbolUnknown("synthetic", symbol, symbols);
    if (!timeframes.includes(timeframe))
      throw timeframeUnsupported("synthetic", timeframe, timeframes, "history");
    const nowMs = clock.nowMs();
    const table = makeUntil(nowMs)[index]!;
    const closed = sliceBars(table, 0, rowsBefore(table, nowMs + 1));
    return timeframe === shortest ? closed : wholeBars(closed, timeframe, calendar);
  };
  return {
    name: "synthetic",
    capabilities: {
      timeframes,
      streamTimeframes: [],
      pageRowsMax: pageRows,
      pageOrder: "oldest-first",
      hasVolume: true,
      needsCredentials: false,
      calendarName,
    },
    async *fetchBars({ symbol, timeframe, fromMs, toMs, signal }: BarRequest) {
      const bars = closedBars(symbol, timeframe);
      const end = rowsBefore(bars, toMs);
      for (let row = rowsBefore(bars, fromMs); row < end; row += pageRows) {
        signal?.throwIfAborted();
        yield sliceBars(bars, row, Math.min(end, row + pageRows));
      }
    },
    async latest(symbol, timeframe, rows) {
      const bars = closedBars(symbol, timeframe);
      return sliceBars(bars, Math.max(0, bars.length - rows), bars.length);
    },
    subscribe() {
      throw noStream();
    },
    async symbols() {
      return symbols.map((symbol) => ({
        symbol,
        assetClass: "synthetic" as const,
        baseCurrency: null,
        quoteCurrency: "USD",
        tickSize: null,
        lotSize: null,
        notionalMin: null,
        isTrading: true,
        calendarName,
      }));
    },
    async close() {
      made = [];
    },
  };
}

/** Longer bars of shorter ones, without a last one that still lacks some of its own. */
function wholeBars(fine: Bars, timeframe: Timeframe, calendar: Calendar): Bars {
  const { bars, isComplete } = aggregateBars(fine, timeframe, calendar);
  const isOpen = bars.length > 0 && isComplete[bars.length - 1] !== 1;
  return isOpen ? sliceBars(bars, 0, bars.length - 1) : bars;
}

/** How many rows close before a time. */
function rowsBefore({ closeTimeMs, length }: Bars, timeMs: number): number {
  let low = 0;
  let high = length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (closeTimeMs[middle]! < timeMs) low = middle + 1;
    else high = middle;
  }
  return low;
}

function noStream(): KiwiError {
  return timeframeUnsupported("synthetic", "live", [], "stream");
}

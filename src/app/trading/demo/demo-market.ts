import { minuteMs } from "../../../base/time.ts";
import { syntheticMarket } from "../../../data/synthetic/synthetic-market.ts";
import type { Bars } from "../../../domain/bars.ts";
import { listingOf } from "../../../emulator/exchange/listings.ts";
import type { Listing } from "../../../emulator/exchange/exchange-types.ts";

/** What the demo trades, and when its market opens. The year says that it is none of ours. */
export const demoMarket = {
  symbols: ["KIWI/USD", "MANGO/USD", "PLUM/USD"],
  timeframe: "1m",
  /** The first bar that somebody may trade on closes a minute after this. */
  openMs: Date.UTC(2001, 0, 1),
  /** So many bars came before. */
  historyBars: 500,
  /** A minute of the market takes two seconds: a day of it is over in under an hour. */
  speed: 30,
  days: 10,
  cash: 10_000,
  slippage: 0.0005,
  /** The way of an order takes some sixty milliseconds of ours, and the venue asks for what the price did meanwhile. */
  latencyMs: 2_000,
  key: "PKDEMODEMODEMODEMO00", // not-a-secret: the demo's own venue takes it
  secret: "play-money-of-the-demo",
} as const;

/** The bars of the demo, the same for the same seed, and the rules of what is traded. */
export function demoTape(
  seed: number,
  days: number = demoMarket.days,
): {
  readonly listings: readonly Listing[];
  readonly bars: readonly Bars[];
} {
  const { symbols, timeframe, openMs, historyBars } = demoMarket;
  const made = syntheticMarket({
    seed,
    symbols: symbols.length,
    timeframe,
    bars: historyBars + days * 24 * 60,
    startMs: openMs - historyBars * minuteMs,
    calendarName: "24/7",
  });
  const listings = symbols.map((symbol) =>
    listingOf(symbol, {
      canShort: false,
      tickSize: 0.01,
      lotSize: 0.0001,
      quantityMin: 0.0001,
      notionalMin: 1,
    }),
  );
  return { listings, bars: made.bars.map((table, k) => ({ ...table, symbol: symbols[k]! })) };
}

import { expect, test } from "vitest";
import { bytesOf, sha256Of } from "../../base/hash.ts";
import type { Bars } from "../../domain/bars.ts";
import { calendarNamed } from "../../domain/calendar/calendar-named.ts";
import type { RegimeSpec } from "./regime-path.ts";
import { syntheticMarket, type SyntheticMarket } from "./synthetic-market.ts";
import type { SyntheticOptions } from "./synthetic-options.ts";

const startMs = Date.UTC(2024, 0, 1);
const base: SyntheticOptions = { seed: 7, symbols: 2, timeframe: "1h", bars: 3000, startMs };
/** A market without any predictability of its own. */
const flat: RegimeSpec = {
  name: "flat",
  drift: 0,
  volatility: 1,
  pull: 0,
  dwellBarsMin: 1,
  dwellBarsMean: 1,
  weight: 1,
};

/** Everything about one symbol, from row 0 to `rows` - 1, as one number to compare. */
function identity(market: SyntheticMarket, index: number, rows: number): string {
  const bars = market.bars[index]!;
  return sha256Of([
    ...[bars.closeTimeMs, bars.open, bars.high, bars.low, bars.close, bars.volume].map((c) =>
      bytesOf(c, rows),
    ),
    bytesOf(market.regime[index]!, rows),
    bytesOf(market.volatility[index]!, rows),
    new Uint8Array(market.trueEdge.direction[index]!.buffer, 0, rows),
  ]);
}

function logReturns({ close, length }: Bars): Float64Array {
  const returns = new Float64Array(length - 1);
  for (let row = 1; row < length; row++) returns[row - 1] = Math.log(close[row]! / close[row - 1]!);
  return returns;
}

function mean(values: Float64Array): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

function correlation(a: Float64Array, b: Float64Array): number {
  const [meanA, meanB] = [mean(a), mean(b)];
  const covariance = mean(a.map((value, row) => (value - meanA) * (b[row]! - meanB)));
  return covariance / Math.sqrt(mean(a.map((v) => (v - meanA) ** 2)) * mean(b.map((v) => (v - meanB) ** 2)));
}

/** How far the bars moved in the planted direction, in their own standard deviations, and the error of that mean. */
function measuredEdge(market: SyntheticMarket, index: number): { edge: number; error: number } {
  const { close, length } = market.bars[index]!;
  const scores: number[] = [];
  for (let row = 1; row < length; row++) {
    const direction = market.trueEdge.direction[index]![row]!;
    if (direction !== 0)
      scores.push((direction * Math.log(close[row]! / close[row - 1]!)) / market.volatility[index]![row]!);
  }
  return { edge: mean(Float64Array.from(scores)), error: 1 / Math.sqrt(scores.length) };
}

test("the same seed makes the same market and another seed another one", () => {
  const market = syntheticMarket(base);
  expect(identity(syntheticMarket(base), 0, 3000)).toBe(identity(market, 0, 3000));
  expect(identity(syntheticMarket({ ...base, seed: 8 }), 0, 3000)).not.toBe(identity(market, 0, 3000));
});

test("more bars never change the earlier ones", () => {
  for (const calendarName of ["24/7", "24/5", "us-equity"]) {
    const short = syntheticMarket({ ...base, calendarName, edge: 0.1, bars: 1000 });
    const long = syntheticMarket({ ...base, calendarName, edge: 0.1, bars: 2500 });
    for (const index of [0, 1]) expect(identity(long, index, 1000)).toBe(identity(short, index, 1000));
  }
});

test("a symbol does not depend on which others are made, nor on their order", () => {
  const two = syntheticMarket({ ...base, symbols: ["AAA", "BBB"] });
  const three = syntheticMarket({ ...base, symbols: ["CCC", "BBB", "AAA"] });
  expect(identity(three, 2, 3000)).toBe(identity(two, 0, 3000));
  expect(identity(three, 1, 3000)).toBe(identity(two, 1, 3000));
  expect(identity(two, 0, 3000)).not.toBe(identity(two, 1, 3000));
  expect(syntheticMarket(base).bars.map(({ symbol }) => symbol)).toEqual(["SYN1", "SYN2"]);
});

test("every bar has low <= open, close <= high, prices on the tick and volume of whole units", () => {
  for (const calendarName of ["24/7", "24/5", "us-equity"]) {
    const { bars, tickSize } = syntheticMarket({ ...base, calendarName });
    const isOnTick = (price: number) => Math.abs(price / tickSize - Math.round(price / tickSize)) < 1e-6;
    const wrong: unknown[] = [];
    for (const { symbol, open, high, low, close, volume, length } of bars) {
      for (let row = 0; row < length; row++) {
        const prices = [low[row]!, open[row]!, close[row]!, high[row]!];
        const isOrdered = prices[0] === Math.min(...prices) && prices[3] === Math.max(...prices);
        const hasVolume = Number.isInteger(volume[row]) && volume[row]! > 0;
        if (!isOrdered || !hasVolume || !prices.every(isOnTick))
          wrong.push([symbol, row, prices, volume[row]]);
      }
    }
    expect(wrong).toEqual([]);
  }
});

test("bars stand on the calendar without a hole, and only a closed market lets the open jump", () => {
  for (const calendarName of ["24/7", "24/5", "us-equity"] as const) {
    const calendar = calendarNamed(calendarName);
    const bars = syntheticMarket({ ...base, calendarName }).bars[0]!;
    let gaps = 0;
    for (let row = 1; row < bars.length; row++) {
      const [previous, close] = [bars.closeTimeMs[row - 1]!, bars.closeTimeMs[row]!];
      expect(calendar.missingBars(previous, close, "1h")).toBe(0);
      expect(calendar.bucketEnd(close, "1h")).toBe(close);
      if (bars.open[row] === bars.close[row - 1]) continue;
      gaps += 1;
      expect(calendar.isOpen(previous)).toBe(false);
    }
    expect(gaps > 10).toBe(calendarName !== "24/7");
  }
});

test("the long-run volatility is the one that was asked for", () => {
  for (const [timeframe, barsPerYear] of [
    ["1h", 365 * 24],
    ["1d", 365],
  ] as const) {
    const market = syntheticMarket({ ...base, timeframe, bars: 60_000, volatilityPerYear: 0.3 });
    const perYear = Math.sqrt(mean(logReturns(market.bars[0]!).map((r) => r * r)) * barsPerYear);
    expect(perYear).toBeGreaterThan(0.27);
    expect(perYear).toBeLessThan(0.33);
  }
});

test("returns have fat tails, volatility comes in clusters, and busy bars are wild bars", () => {
  const bars = syntheticMarket({ ...base, symbols: 1, bars: 60_000 }).bars[0]!;
  const returns = logReturns(bars);
  const kurtosis = mean(returns.map((r) => r ** 4)) / mean(returns.map((r) => r * r)) ** 2;
  expect(kurtosis).toBeGreaterThan(4);
  const sizes = returns.map(Math.abs);
  expect(correlation(sizes.slice(1), sizes.slice(0, -1))).toBeGreaterThan(0.1);
  expect(correlation(sizes.slice(20), sizes.slice(0, -20))).toBeGreaterThan(0.05);
  expect(correlation(sizes, bars.volume.slice(1))).toBeGreaterThan(0.3);
});

test("the true volatility is the true one: returns over it have variance 1", () => {
  const market = syntheticMarket({ ...base, symbols: 1, bars: 60_000 });
  const returns = logReturns(market.bars[0]!);
  const scores = returns.map((r, row) => r / market.volatility[0]![row + 1]!);
  // Kurtosis near 7 gives the variance a standard error of sqrt(6 / 60000) = 0.01.
  expect(Math.abs(mean(scores.map((z) => z * z)) - 1)).toBeLessThan(0.05);
});

test("two symbols correlate as much as was asked for", () => {
  for (const asked of [0, 0.3, 0.7]) {
    const [a, b] = syntheticMarket({ ...base, bars: 60_000, correlation: asked }).bars;
    expect(Math.abs(correlation(logReturns(a!), logReturns(b!)) - asked)).toBeLessThan(0.04);
  }
});

test("bars of a regime move as their regime says", () => {
  const market = syntheticMarket({ ...base, symbols: 1, bars: 150_000 });
  const returns = logReturns(market.bars[0]!);
  const byRegime = market.regimeNames.map((name, index) => {
    const scores = [...returns].flatMap((r, row) =>
      market.regime[0]![row + 1] === index ? [r / market.volatility[0]![row + 1]!] : [],
    );
    return { name, drift: mean(Float64Array.from(scores)), error: 1 / Math.sqrt(scores.length) };
  });
  const drifts = { "trend-up": 0.05, "trend-down": -0.05, sideways: 0, volatile: 0 };
  for (const { name, drift, error } of byRegime) {
    // The logarithm of the price loses half the variance: about 0.003 of a standard deviation here.
    expect(Math.abs(drift - drifts[name as keyof typeof drifts])).toBeLessThan(4 * error + 0.006);
  }
});

test("a planted edge is there at its size, and without planting there is none", () => {
  for (const edge of [0, 0.05, -0.2]) {
    const market = syntheticMarket({ ...base, bars: 60_000, regimes: [flat], edge });
    expect(market.trueEdge.size).toBe(edge);
    for (const index of [0, 1]) {
      const measured = measuredEdge(market, index);
      expect(Math.abs(measured.edge - edge)).toBeLessThan(4 * measured.error);
    }
  }
});

test("the direction of the edge can be told from the closes before the bar", () => {
  const market = syntheticMarket({ ...base, symbols: 1, edge: 0.1 });
  const { close, length } = market.bars[0]!;
  const { direction, lookbackBars } = market.trueEdge;
  for (let row = lookbackBars + 1; row < length; row++) {
    expect(direction[0]![row]).toBe(Math.sign(close[row - 1]! - close[row - 1 - lookbackBars]!));
  }
});

test("without regimes and edge a price is expected to stay where it is", () => {
  // So wild a market that a logarithm without drift would lift the price by 0.0014 a bar.
  const wild = { volatilityPerYear: 5, startPrice: 10_000, correlation: 0, symbols: 150, bars: 1000 };
  const { bars } = syntheticMarket({ ...base, ...wild, regimes: [flat] });
  const returns = Float64Array.from(bars.flatMap((table) => [...logReturns(table)].map(Math.expm1)));
  const error = Math.sqrt(mean(returns.map((r) => r * r)) / returns.length);
  expect(error).toBeLessThan(0.0002);
  expect(Math.abs(mean(returns))).toBeLessThan(4 * error);
});

test("ranges are those of continuous trading", () => {
  const bars = syntheticMarket({ ...base, symbols: 1, bars: 60_000 }).bars[0]!;
  const { high, low } = bars;
  const closeToClose = mean(logReturns(bars).map((r) => r * r));
  // Parkinson (1980): the mean square of log(high / low) is 4 ln 2 times the variance; jumps have no such range.
  const parkinson = mean(high.map((price, row) => Math.log(price / low[row]!) ** 2)) / (4 * Math.log(2));
  expect(parkinson / closeToClose).toBeGreaterThan(0.88);
  expect(parkinson / closeToClose).toBeLessThan(1);
});

import { expect, test } from "vitest";
import { syntheticMarket } from "../../data/synthetic/synthetic-market.ts";
import { noiseAfter } from "./noise-bars.ts";

const [bars] = syntheticMarket({
  seed: 5,
  symbols: 1,
  timeframe: "1h",
  bars: 500,
  startMs: Date.UTC(2024, 0, 1),
}).bars;
const cutMs = bars!.closeTimeMs[299]!;
const fields = ["open", "high", "low", "close", "volume"] as const;

test("everything up to the cut stays and everything after it is replaced, at the same times", () => {
  const noisy = noiseAfter(bars!, cutMs, 1);
  expect(noisy.closeTimeMs).toEqual(bars!.closeTimeMs);
  for (const field of fields) expect(noisy[field].slice(0, 300)).toEqual(bars![field].slice(0, 300));
  for (const field of ["open", "close"] as const) {
    expect(noisy[field].slice(300).filter((value, row) => value === bars![field][300 + row])).toEqual(
      new Float64Array(0),
    );
  }
});

test("noise is bars of the same scale: ordered prices, true volumes, changes about as large", () => {
  const { open, high, low, close, volume } = noiseAfter(bars!, cutMs, 2);
  const known = new Set(bars!.volume);
  let square = 0;
  for (let row = 300; row < 500; row++) {
    expect(low[row]!).toBeLessThanOrEqual(Math.min(open[row]!, close[row]!));
    expect(high[row]!).toBeGreaterThanOrEqual(Math.max(open[row]!, close[row]!));
    expect(known.has(volume[row]!)).toBe(true);
    if (row > 300) square += Math.log(close[row]! / close[row - 1]!) ** 2;
  }
  let trueSquare = 0;
  for (let row = 1; row < 500; row++) trueSquare += Math.log(bars!.close[row]! / bars!.close[row - 1]!) ** 2;
  const ratio = Math.sqrt(square / 199) / Math.sqrt(trueSquare / 499);
  expect(ratio).toBeGreaterThan(0.8);
  expect(ratio).toBeLessThan(1.3);
});

test("the first bar after the cut opens away from the last true close", () => {
  for (let seed = 0; seed < 50; seed++) {
    const { open } = noiseAfter(bars!, cutMs, seed);
    expect(Math.abs(open[300]! / bars!.close[299]! - 1)).toBeGreaterThan(0.002);
  }
});

test("the same seed makes the same noise, another one another", () => {
  expect(noiseAfter(bars!, cutMs, 3)).toEqual(noiseAfter(bars!, cutMs, 3));
  expect(noiseAfter(bars!, cutMs, 3).close).not.toEqual(noiseAfter(bars!, cutMs, 4).close);
});

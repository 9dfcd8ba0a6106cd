import { expect, test } from "vitest";
import { regimeLabels } from "../domain/regime.ts";
import { RegimeWriter } from "./regime-series.ts";

const switching = { threshold: 0.6, margin: 0.1, dwellBarsMin: 2 };

function written(bars: readonly (readonly number[])[], expectedDwellBars?: Float64Array): number[][] {
  const out = new Float64Array(8);
  const writer = new RegimeWriter(out, switching);
  return bars.map((shares) => {
    const first =
      shares.length === 0
        ? writer.writeUnknown()
        : writer.write(Float64Array.from(shares), expectedDwellBars);
    expect(first).toBe(out[0]);
    return [...out];
  });
}

test("probabilities are passed on, and the regime in force changes only when another one is clearly likelier", () => {
  const up = [0.9, 0, 0.1, 0, 0];
  const unclear = [0.45, 0, 0.55, 0, 0];
  const flat = [0.2, 0, 0.8, 0, 0];
  const bars = written([[], up, unclear, flat, flat, flat]);
  expect(bars.map((bar) => bar.slice(0, 5))).toEqual([[0, 0, 0, 0, 1], up, unclear, flat, flat, flat]);
  expect(bars.map((bar) => regimeLabels[bar[5]!])).toEqual([
    "unknown",
    "trend-up",
    "trend-up",
    "sideways",
    "sideways",
    "sideways",
  ]);
});

test("dwell counts from 0 on the first bar of a regime", () => {
  const up = [1, 0, 0, 0, 0];
  const down = [0, 1, 0, 0, 0];
  expect(written([[], [], up, up, up, down]).map((bar) => bar[6])).toEqual([0, 1, 0, 1, 2, 0]);
});

test("the expected dwell is that of the regime in force, and NaN where nobody knows", () => {
  const up = [1, 0, 0, 0, 0];
  expect(written([up], Float64Array.of(50, 60, 70, 80, Number.NaN))[0]![7]).toBe(50);
  expect(written([up])[0]![7]).toBeNaN();
  expect(written([[]], Float64Array.of(50, 60, 70, 80, Number.NaN))[0]![7]).toBeNaN();
});

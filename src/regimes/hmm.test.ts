import * as fc from "fast-check";
import { expect, test } from "vitest";
import { foldRegime, plantedMarket } from "../../test/regime-harness.ts";
import { make } from "../../test/plugin-tools.ts";
import { Prng } from "../base/prng.ts";
import { barsOf, sliceBars, type Bars } from "../domain/bars.ts";
import type { ParamValue } from "../domain/params.ts";
import { hmm } from "./hmm.ts";

/** Small enough to be trained many times in a test. */
const quick = { blockBars: 8, trainBarsMin: 300, refitBars: 100, windowBars: 600 };

function fold(bars: Bars, options: Readonly<Record<string, ParamValue>> = {}) {
  return foldRegime(make(hmm, options), bars);
}

/** Bars whose fields come from a function of the row. */
function barsWith(length: number, of: (row: number) => { high: number; low: number; close: number }): Bars {
  const rows = Array.from({ length }, (_, row) => of(row));
  return barsOf("TEST", "1h", {
    closeTimeMs: Float64Array.from(rows, (_, row) => (row + 1) * 3_600_000),
    open: Float64Array.from(rows, ({ close }) => close),
    high: Float64Array.from(rows, ({ high }) => high),
    low: Float64Array.from(rows, ({ low }) => low),
    close: Float64Array.from(rows, ({ close }) => close),
    volume: new Float64Array(length),
  });
}

test("whatever comes later, no output of a bar changes", () => {
  const { bars } = plantedMarket({ seed: 6, bars: 900, drift: 0.4 });
  const before = fold(bars, quick).columns;
  fc.assert(
    fc.property(fc.integer({ min: 5, max: 890 }), fc.integer(), (from, seed) => {
      const prng = new Prng(seed);
      const noisy = barsWith(900, (row) => {
        const isPast = row < from;
        const close = isPast ? bars.close[row]! : 50 * Math.exp(prng.normal());
        const high = isPast ? bars.high[row]! : close * Math.exp(Math.abs(prng.normal()));
        const low = isPast ? bars.low[row]! : close * Math.exp(-Math.abs(prng.normal()));
        return { high, low, close };
      });
      for (const [k, column] of fold(noisy, quick).columns.entries()) {
        expect(column.slice(0, from)).toEqual(before[k]!.slice(0, from));
      }
    }),
    { seed: 42, numRuns: 12 },
  );
});

test("history in pieces gives what history at once gives, and twice the same", () => {
  const { bars } = plantedMarket({ seed: 7, bars: 800, drift: 0.4 });
  const whole = fold(bars, quick).columns;
  expect(fold(bars, quick).columns).toEqual(whole);
  for (const end of [1, 299, 300, 301, 555]) {
    const part = fold(sliceBars(bars, 0, end), quick).columns;
    expect(part).toEqual(whole.map((column) => column.slice(0, end)));
  }
});

test("before the first training the regime is unknown, and afterwards the probabilities add up to 1", () => {
  const { bars } = plantedMarket({ seed: 8, bars: 700, drift: 0.4 });
  const { columns, labels } = fold(bars, quick);
  for (let row = 0; row < bars.length; row++) {
    const shares = columns.slice(0, 5).map((column) => column[row]!);
    expect(shares.reduce((sum, share) => sum + share, 0)).toBeCloseTo(1, 9);
    if (row < 299) expect([shares[4], labels[row]]).toEqual([1, "unknown"]);
  }
  expect(labels.slice(400).every((label) => label !== "unknown")).toBe(true);
  // A regime is expected to last a block at least; a name that no state has any more is expected to last nothing.
  const dwells = columns[7]!.slice(400).filter((dwell) => !Number.isNaN(dwell));
  expect(dwells.length).toBeGreaterThan(200);
  expect(Math.min(...dwells)).toBeGreaterThanOrEqual(8);
});

test("a market that never changes is unknown for ever, and one that wakes up is learnt then", () => {
  const flat = barsWith(900, () => ({ high: 100, low: 100, close: 100 }));
  expect(new Set(fold(flat, quick).labels)).toEqual(new Set(["unknown"]));
  const growing = barsWith(900, (row) => {
    const close = 100 * 1.001 ** row;
    return { high: close, low: close, close };
  });
  // Every block is alike but for the last digits.
  expect(new Set(fold(growing, quick).labels).size).toBeLessThanOrEqual(2);
  const { bars } = plantedMarket({ seed: 9, bars: 900, drift: 0.4 });
  const waking = barsWith(1_400, (row) =>
    row < 500
      ? { high: 100, low: 100, close: 100 }
      : { high: bars.high[row - 500]!, low: bars.low[row - 500]!, close: bars.close[row - 500]! },
  );
  const { labels } = fold(waking, quick);
  expect(new Set(labels.slice(0, 500))).toEqual(new Set(["unknown"]));
  expect(labels.slice(-100).includes("unknown")).toBe(false);
});

test("missing and impossible prices are no crash: those bars say nothing or unknown", () => {
  const { bars } = plantedMarket({ seed: 10, bars: 900, drift: 0.4 });
  const holes = barsWith(900, (row) => {
    const bar = { high: bars.high[row]!, low: bars.low[row]!, close: bars.close[row]! };
    if (row % 97 === 5) return { ...bar, close: Number.NaN };
    return row % 97 === 50 ? { high: 0, low: 0, close: 0 } : bar;
  });
  const { columns } = fold(holes, quick);
  for (let row = 0; row < 900; row++) {
    if (row % 97 === 5) expect(columns[4]![row]).toBeNaN();
    else if (row % 97 === 50) expect(columns[4]![row]).toBe(1);
    else expect(columns[4]![row]).not.toBeNaN();
  }
  expect(columns[4]!.slice(-20)).toEqual(new Float64Array(20));
  const never = barsWith(900, () => ({ high: Number.NaN, low: Number.NaN, close: Number.NaN }));
  expect(fold(never, quick).columns[4]!.every(Number.isNaN)).toBe(true);
});

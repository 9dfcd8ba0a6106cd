import fc from "fast-check";
import { expect, test } from "vitest";
import { regimeLabels } from "../../domain/regime.ts";
import { attributeProfit } from "./attribute-profit.ts";
import type { SymbolSelection } from "./selection-input.ts";

function symbolOf(
  timeMs: readonly number[],
  label: readonly number[],
  strategy: readonly number[],
): SymbolSelection {
  return {
    log: {
      length: timeMs.length,
      timeMs: Float64Array.from(timeMs),
      strategy: Int8Array.from(strategy),
      label: Uint8Array.from(label),
      posterior: new Float32Array(timeMs.length * regimeLabels.length),
      switches: [],
    },
    expectedDwellBars: new Float64Array(timeMs.length),
    truth: null,
    demotions: [],
  };
}

test("a profit belongs to what was known before its bar, never to what the bar itself showed", () => {
  const timeMs = Float64Array.of(10, 20, 30, 40, 50);
  // Decided on at 20 (up, strategy 1), 30 (up, nobody) and 40 (down, strategy 0).
  const symbol = symbolOf([20, 30, 40], [0, 0, 1], [1, -1, 0]);
  const profits = [Float64Array.of(1, 2, 4, 8, 16)];
  // 1 and 2 come before the first choice has been made; 4 and 8 begin in an up regime, 16 in a down regime.
  expect([...attributeProfit(profits, timeMs, [symbol], "label", 2)]).toEqual([12, 16, 0, 0, 0, 3]);
  // 4 under strategy 1, 8 under nobody, 16 under strategy 0.
  expect([...attributeProfit(profits, timeMs, [symbol], "strategy", 2)]).toEqual([16, 4, 8, 3]);
});

test("nothing is lost and nothing is counted twice", () => {
  const rows = fc.array(
    fc.tuple(
      fc.integer({ min: 1, max: 300 }),
      fc.integer({ min: 0, max: 4 }),
      fc.integer({ min: -1, max: 2 }),
    ),
    {
      maxLength: 40,
    },
  );
  const profit = fc.array(fc.integer({ min: -50, max: 50 }), { minLength: 30, maxLength: 30 });
  fc.assert(
    fc.property(fc.array(fc.tuple(rows, profit), { minLength: 1, maxLength: 3 }), (made) => {
      const timeMs = Float64Array.from({ length: 30 }, (_, slice) => slice * 10);
      const symbols = made.map(([choices]) => {
        const rising = choices.toSorted(([a], [b]) => a - b);
        return symbolOf(
          rising.map(([time]) => time),
          rising.map(([, label]) => label),
          rising.map(([, , strategy]) => strategy),
        );
      });
      const profits = made.map(([, values]) => Float64Array.from(values));
      const whole = profits.reduce((sum, values) => sum + values.reduce((a, b) => a + b, 0), 0);
      for (const by of ["label", "strategy"] as const)
        expect(attributeProfit(profits, timeMs, symbols, by, 3).reduce((a, b) => a + b, 0)).toBe(whole);
    }),
    { seed: 52 },
  );
});

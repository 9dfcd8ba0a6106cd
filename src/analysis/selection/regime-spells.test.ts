import fc from "fast-check";
import { expect, test } from "vitest";
import { regimeLabels } from "../../domain/regime.ts";
import { regimeAccuracy } from "./regime-accuracy.ts";
import { regimeSpells, regimeTransitions } from "./regime-spells.ts";
import type { SymbolSelection } from "./selection-input.ts";

const [up, down, , volatile, unknown] = regimeLabels.keys();

function symbolOf(label: readonly number[], more: Partial<SymbolSelection> = {}): SymbolSelection {
  return {
    log: {
      length: label.length,
      timeMs: Float64Array.from(label, (_, row) => row),
      strategy: new Int8Array(label.length),
      label: Uint8Array.from(label),
      posterior: new Float32Array(label.length * regimeLabels.length),
      switches: [],
    },
    expectedDwellBars: new Float64Array(label.length).fill(Number.NaN),
    truth: null,
    demotions: [],
    ...more,
  };
}

test("seven bars of one symbol and three of another, counted by hand", () => {
  const expectedDwellBars = Float64Array.of(Number.NaN, 3, 5, 100, 100, 100, 100);
  const spells = regimeSpells([
    symbolOf([unknown!, up!, up!, down!, down!, down!, up!], { expectedDwellBars }),
    symbolOf([down!, up!, up!]),
  ]);
  expect(spells).toEqual([
    // Expected while it was in force: 3, 5 and 100, whose middle is 5.
    { label: "trend-up", bars: 5, share: 0.5, spells: 3, meanDwellBars: 5 / 3, expectedDwellBars: 5 },
    { label: "trend-down", bars: 4, share: 0.4, spells: 2, meanDwellBars: 2, expectedDwellBars: 100 },
    { label: "unknown", bars: 1, share: 0.1, spells: 1, meanDwellBars: 1, expectedDwellBars: null },
  ]);
  expect(
    regimeTransitions([
      symbolOf([unknown!, up!, up!, down!, down!, down!, up!]),
      symbolOf([down!, up!, up!]),
    ]),
  ).toEqual({
    labels: ["trend-up", "trend-down", "unknown"],
    counts: [
      [2, 1, 0],
      [2, 2, 0],
      [1, 0, 0],
    ],
    shares: [
      [2 / 3, 1 / 3, 0],
      [0.5, 0.5, 0],
      [1, 0, 0],
    ],
  });
});

test("a regime that begins on the last bar is followed by nothing", () => {
  const { labels, shares } = regimeTransitions([symbolOf([up!, up!, volatile!])]);
  expect(labels).toEqual(["trend-up", "volatile"]);
  expect(shares).toEqual([[0.5, 0.5], null]);
});

test("whatever the regimes, the shares of time and every row of the matrix add up to 1", () => {
  const path = fc.array(fc.integer({ min: 0, max: 4 }), { minLength: 1, maxLength: 60 });
  fc.assert(
    fc.property(fc.array(path, { minLength: 1, maxLength: 3 }), (paths) => {
      const symbols = paths.map((labels) => symbolOf(labels));
      expect(regimeSpells(symbols).reduce((sum, { share }) => sum + share, 0)).toBeCloseTo(1, 12);
      const { shares, counts } = regimeTransitions(symbols);
      for (const row of shares)
        if (row !== null) expect(row.reduce((sum, share) => sum + share, 0)).toBeCloseTo(1, 12);
      const steps = paths.reduce((sum, { length }) => sum + length - 1, 0);
      expect(counts.flat().reduce((sum, count) => sum + count, 0)).toBe(steps);
    }),
    { seed: 51 },
  );
});

test("accuracy is shown only against a known truth, and unknown is never right", () => {
  const label = [unknown!, up!, up!, down!];
  expect(regimeAccuracy([symbolOf(label)])).toBeNull();
  const truth = Uint8Array.of(unknown!, up!, down!, down!);
  expect(regimeAccuracy([symbolOf(label, { truth }), symbolOf([up!])])).toEqual({
    bars: 4,
    accuracy: 0.5,
    accuracyWhereNamed: 2 / 3,
    // Up is true on one decision of four, down on two.
    accuracyOfConstant: 0.5,
    changes: 2,
    trueChanges: 2,
  });
  const never = symbolOf([unknown!], { truth: Uint8Array.of(up!) });
  expect(regimeAccuracy([never])).toMatchObject({ accuracy: 0, accuracyWhereNamed: null });
});

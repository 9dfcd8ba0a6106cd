import * as fc from "fast-check";
import { expect, test } from "vitest";
import { KiwiError } from "../base/errors.ts";
import { RegimeSwitch } from "./regime-switch.ts";

const up = (share: number) => Float64Array.of(share, 1 - share, 0, 0, 0);

test("a regime begins unknown and changes when another one is likely enough", () => {
  const regime = new RegimeSwitch({ threshold: 0.6, margin: 0.1, dwellBarsMin: 0 });
  expect(regime.label).toBe("unknown");
  expect(regime.step(up(0.55))).toBe("unknown");
  expect(regime.step(up(0.65))).toBe("trend-up");
  expect(regime.step(up(0.42))).toBe("trend-up");
  expect(regime.step(up(0.4))).toBe("trend-down");
});

test("a new regime must be likelier by the margin", () => {
  const regime = new RegimeSwitch({ threshold: 0, margin: 0.4, dwellBarsMin: 0 });
  regime.step(up(1));
  expect(regime.step(up(0.35))).toBe("trend-up");
  expect(regime.step(up(0.3))).toBe("trend-down");
});

test("a regime stays for its least number of bars", () => {
  const regime = new RegimeSwitch({ dwellBarsMin: 3 });
  const seen = [up(1), up(0), up(0), up(0), up(1), up(1), up(1)].map((shares) => regime.step(shares));
  expect(seen.map((label) => label === "trend-up")).toEqual([true, true, true, false, false, false, true]);
  expect(regime.dwellBars).toBe(1);
});

test("without numbers the regime is unknown at once, and a reset forgets", () => {
  const regime = new RegimeSwitch({ dwellBarsMin: 10 });
  expect(regime.step(up(1))).toBe("trend-up");
  expect(regime.step(new Float64Array(5).fill(Number.NaN))).toBe("unknown");
  expect(regime.step(up(1))).toBe("trend-up");
  regime.reset();
  expect([regime.label, regime.dwellBars]).toEqual(["unknown", 0]);
});

test("two changes are never closer than the least dwell", () => {
  const shares = fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { maxLength: 200 });
  fc.assert(
    fc.property(shares, fc.integer({ min: 0, max: 9 }), (all, dwellBarsMin) => {
      const regime = new RegimeSwitch({ threshold: 0.5, margin: 0, dwellBarsMin });
      const labels = all.map((share) => regime.step(up(share)));
      let began = labels.findIndex((label) => label !== "unknown");
      for (let bar = began + 1; bar < labels.length; bar++) {
        if (labels[bar] === labels[bar - 1]) continue;
        expect(bar - began).toBeGreaterThanOrEqual(dwellBarsMin);
        began = bar;
      }
    }),
    { seed: 18, numRuns: 300 },
  );
});

test.each([{ threshold: 1.5 }, { margin: -1 }, { margin: Number.NaN }, { dwellBarsMin: 1.5 }])(
  "options that make no sense are refused: %j",
  (options) => {
    expect(() => new RegimeSwitch(options)).toThrow(KiwiError);
    expect(() => new RegimeSwitch(options)).toThrow("REGIME_SWITCH_INVALID");
  },
);

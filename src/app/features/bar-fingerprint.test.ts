import fc from "fast-check";
import { expect, test } from "vitest";
import { Prng } from "../../base/prng.ts";
import { barFields, barsOf, sliceBars, type Bars } from "../../domain/bars.ts";
import { BarFingerprint } from "./bar-fingerprint.ts";

function walk(rows: number): Bars {
  const prng = new Prng(3);
  const made = () => Float64Array.from({ length: rows }, () => prng.next());
  return barsOf("WALK", "1m", {
    closeTimeMs: Float64Array.from({ length: rows }, (_, k) => (k + 1) * 60_000),
    open: made(),
    high: made(),
    low: made(),
    close: made(),
    volume: made(),
  });
}

const bars = walk(40_000);
const whole = new BarFingerprint(bars);

test("the fingerprint of a beginning does not depend on what follows, nor on what was asked before", () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 0, max: 40_000 }), { minLength: 1, maxLength: 4 }), (asked) => {
      for (const rows of asked)
        expect(whole.at(rows)).toBe(new BarFingerprint(sliceBars(bars, 0, rows)).at(rows));
    }),
    { seed: 20_260_305, numRuns: 20 },
  );
});

test("another number in any column before a row changes the fingerprint there, and none after it does", () => {
  for (const name of ["closeTimeMs", ...barFields] as const) {
    const changed = sliceBars(bars, 0, bars.length);
    changed[name][17_000]! += 0.5;
    const other = new BarFingerprint(changed);
    expect(other.at(17_000)).toBe(whole.at(17_000));
    expect(other.at(17_001)).not.toBe(whole.at(17_001));
    expect(other.at(40_000)).not.toBe(whole.at(40_000));
  }
});

import * as fc from "fast-check";
import { expect, test } from "vitest";
import { SortedWindow } from "./sorted-window.ts";

test("counts how many of the last values are below each new one, as a plain count does", () => {
  const values = fc.array(fc.integer({ min: -5, max: 5 }), { maxLength: 60 });
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 9 }), values, (length, series) => {
      const window = new SortedWindow(length);
      for (const [row, value] of series.entries()) {
        const before = series.slice(Math.max(0, row - length), row);
        expect(window.add(value)).toBe(before.filter((one) => one < value).length);
      }
    }),
    { seed: 20261, numRuns: 300 },
  );
});

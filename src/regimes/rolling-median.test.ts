import * as fc from "fast-check";
import { expect, test } from "vitest";
import { RollingMedian } from "./rolling-median.ts";

test("the median of a window is what sorting the window gives", () => {
  const values = fc.array(fc.integer({ min: -5, max: 5 }), { maxLength: 60 });
  fc.assert(
    fc.property(values, fc.integer({ min: 1, max: 9 }), (list, length) => {
      const median = new RollingMedian(length);
      for (const [row, value] of list.entries()) {
        const window = list.slice(Math.max(0, row + 1 - length), row + 1).toSorted((a, b) => a - b);
        const half = window.length >> 1;
        const wanted = window.length % 2 === 1 ? window[half]! : (window[half - 1]! + window[half]!) / 2;
        expect(median.add(value)).toBe(wanted);
      }
    }),
    { seed: 40 },
  );
});

import * as fc from "fast-check";
import { expect, test } from "vitest";
import { RollingMaximum, RollingMinimum } from "./rolling-extreme.ts";

const values = fc.array(fc.integer({ min: -5, max: 5 }), { minLength: 1, maxLength: 60 });
const lengths = fc.integer({ min: 1, max: 8 });

test("the highest and the lowest of a window of three", () => {
  const highest = new RollingMaximum(3);
  const lowest = new RollingMinimum(3);
  expect([5, 4, 3, 1, 2, 6].map((value) => highest.add(value))).toEqual([Number.NaN, Number.NaN, 5, 4, 3, 6]);
  expect([5, 4, 3, 1, 2, 6].map((value) => lowest.add(value))).toEqual([Number.NaN, Number.NaN, 3, 1, 1, 1]);
});

test("it agrees with searching every window, ties and ages included", () => {
  fc.assert(
    fc.property(values, lengths, (list, length) => {
      const highest = new RollingMaximum(length);
      const lowest = new RollingMinimum(length);
      for (const [row, value] of list.entries()) {
        const [top, bottom] = [highest.add(value), lowest.add(value)];
        if (row + 1 < length) {
          expect([top, bottom]).toEqual([Number.NaN, Number.NaN]);
          continue;
        }
        const window = list.slice(row + 1 - length, row + 1);
        // `+ 0` because the queue may answer -0, which is the same number.
        expect([top + 0, bottom + 0]).toEqual([Math.max(...window), Math.min(...window)]);
        expect(highest.age()).toBe(length - 1 - window.lastIndexOf(top));
        expect(lowest.age()).toBe(length - 1 - window.lastIndexOf(bottom));
      }
    }),
    { seed: 20170103 },
  );
});

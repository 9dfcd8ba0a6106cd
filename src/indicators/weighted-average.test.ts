import * as fc from "fast-check";
import { expect, test } from "vitest";
import { WeightedAverage } from "./weighted-average.ts";

test("it agrees with weighing every window anew", () => {
  const price = fc.double({ min: 0.01, max: 1e6, noNaN: true });
  fc.assert(
    fc.property(
      fc.array(price, { minLength: 9, maxLength: 60 }),
      fc.integer({ min: 1, max: 9 }),
      (list, length) => {
        const average = new WeightedAverage(length);
        const actual = list.map((value) => average.add(value)).slice(length - 1);
        for (const [start, value] of actual.entries()) {
          let sum = 0;
          for (let i = 0; i < length; i++) sum += (i + 1) * list[start + i]!;
          expect(value / (sum / ((length * (length + 1)) / 2))).toBeCloseTo(1, 12);
        }
      },
    ),
    { seed: 20170103 },
  );
});

test("an outlier that has left the window leaves no trace", () => {
  const average = new WeightedAverage(3);
  for (const value of [1e15 / 3, 0.1, 0.2]) average.add(value);
  // By hand: (1 * 0.1 + 2 * 0.2 + 3 * 0.3) / 6 = 1.4 / 6.
  expect(average.add(0.3)).toBeCloseTo(1.4 / 6, 15);
});

test("flat values give exactly the value, also after others", () => {
  const average = new WeightedAverage(7);
  for (const value of [3.3, 1.1, 0.1, 0.1, 0.1, 0.1, 0.1, 0.1]) average.add(value);
  for (let row = 0; row < 50; row++) expect(average.add(0.1)).toBe(0.1);
});

import * as fc from "fast-check";
import { expect, test } from "vitest";
import { Prng } from "../../base/prng.ts";
import { drawPath } from "./intrabar-path.ts";

test("a path ends at the move and the jump, and its extremes enclose open and close", () => {
  const shape = { high: 0, low: 0, close: 0 };
  const size = fc.double({ min: -0.2, max: 0.2, noNaN: true });
  const deviation = fc.double({ min: 0, max: 0.1, noNaN: true });
  fc.assert(
    fc.property(size, deviation, fc.option(size, { nil: 0 }), fc.integer(), (move, spread, jump, seed) => {
      drawPath(move, spread, jump, new Prng(seed), shape);
      expect(shape.close).toBeCloseTo(move + jump, 12);
      expect(shape.high).toBeGreaterThanOrEqual(Math.max(0, shape.close));
      expect(shape.low).toBeLessThanOrEqual(Math.min(0, shape.close));
    }),
    { seed: 3, numRuns: 500 },
  );
});

test("highs and lows of a Brownian bar average sqrt(2 / pi) standard deviations", () => {
  // The reflection principle: the maximum of a Brownian motion is distributed as |N(0, 1)|.
  const prng = new Prng(4);
  const shape = { high: 0, low: 0, close: 0 };
  const count = 50_000;
  let [high, low] = [0, 0];
  for (let k = 0; k < count; k++) {
    drawPath(prng.normal(), 1, 0, prng, shape);
    high += shape.high / count;
    low += shape.low / count;
  }
  const error = Math.sqrt((1 - 2 / Math.PI) / count);
  expect(Math.abs(high - Math.sqrt(2 / Math.PI))).toBeLessThan(4 * error);
  expect(Math.abs(low + Math.sqrt(2 / Math.PI))).toBeLessThan(4 * error);
});

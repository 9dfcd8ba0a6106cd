import fc from "fast-check";
import { expect, test } from "vitest";
import { laneSeries, shareSeries } from "./lane-series.ts";

const names = { names: ["one", "two"], letters: ["A", "B"], looks: ["look-blue", "look-grey"] };
const axis = { originMs: 0, fromS: 0, toS: 100 };

test("bars of one lane become one stretch, which lasts until the next bar of another", () => {
  const lane = [-1, 0, 0, 1, 1, 0];
  const inForce = {
    timeMs: Float64Array.of(0, 10_000, 20_000, 30_000, 40_000, 90_000),
    length: 6,
    laneAt: (row: number) => lane[row]!,
  };
  expect(laneSeries(names, inForce, axis, 10)).toEqual({
    ...names,
    fromS: [10, 30, 90],
    toS: [30, 90, 100],
    lane: [0, 1, 0],
    share: [1, 1, 1],
  });
});

test("more stretches than fit become columns, and the time of every lane stays what it was", () => {
  const lanes = fc.array(fc.integer({ min: 0, max: 1 }), { minLength: 50, maxLength: 100 });
  fc.assert(
    fc.property(lanes, (lane) => {
      const inForce = {
        timeMs: Float64Array.from(lane, (_, row) => row * 1000),
        length: lane.length,
        laneAt: (row: number) => lane[row]!,
      };
      const times = (most: number) => {
        const { fromS, toS, lane: of, share } = laneSeries(names, inForce, axis, most);
        expect(of.length).toBeLessThanOrEqual(Math.max(most, 1));
        const sums = [0, 0];
        for (const [k, each] of of.entries()) sums[each]! += (toS[k]! - fromS[k]!) * share[k]!;
        return sums;
      };
      const [exact, thinned] = [times(1000), times(20)];
      for (const k of [0, 1]) expect(Math.abs(exact[k]! - thinned[k]!)).toBeLessThanOrEqual(2);
    }),
    { seed: 54, numRuns: 60 },
  );
});

test("shares of several rows become their mean", () => {
  const values = [1, 0, 0.5, 0.5, 0, 1, 0.2, 0.8];
  const timeMs = Float64Array.of(1000, 2000, 3000, 4000);
  expect(shareSeries(names, timeMs, values, 4, axis, 2)).toEqual({
    ...names,
    timeS: [2, 4],
    values: [
      [0.75, 0.1],
      [0.25, 0.9],
    ],
  });
});

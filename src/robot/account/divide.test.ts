import fc from "fast-check";
import { expect, test } from "vitest";
import { divideClosing, divideStrange } from "./divide.ts";

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);
const held = fc.integer({ min: -100, max: 100 });
const claims = fc.record({ bySeat: fc.array(held, { minLength: 1, maxLength: 5 }), nobodys: held });

test("who sells by hand sells his own first, and then a part of what each session holds", () => {
  expect(divideStrange(-5, { bySeat: [10, 30], nobodys: 5 })).toEqual([-0, -0]);
  expect(divideStrange(-9, { bySeat: [10, 30], nobodys: 5 })).toEqual([-1, -3]);
  expect(divideStrange(-100, { bySeat: [10, 30], nobodys: 5 })).toEqual([-10, -30]);
  expect(divideStrange(-3, { bySeat: [2, -7], nobodys: 0 })).toEqual([-2, -0]);
  expect(divideStrange(4, { bySeat: [10, 30], nobodys: 0 })).toEqual([0, 0]);
});

test("no stranger gives a session something, or turns one round", () => {
  fc.assert(
    fc.property(claims, held, (parts, quantity) => {
      for (const [k, taken] of divideStrange(quantity, parts).entries()) {
        const before = parts.bySeat[k]!;
        expect(Math.abs(before + taken)).toBeLessThanOrEqual(Math.abs(before) + 1e-9);
        expect((before + taken) * before).toBeGreaterThanOrEqual(-1e-9);
      }
    }),
    { seed: 117 },
  );
});

test("a kill switch that closes the net holding closes everybody's", () => {
  fc.assert(
    fc.property(claims, ({ bySeat, nobodys }) => {
      const net = sum(bySeat) + nobodys;
      fc.pre(net !== 0);
      const parts = divideClosing(-net, { bySeat, nobodys });
      for (const [k, part] of parts.entries()) expect(bySeat[k]! + part).toBeCloseTo(0, 9);
      expect(sum(parts) - nobodys).toBeCloseTo(-net, 9);
    }),
    { seed: 117 },
  );
});

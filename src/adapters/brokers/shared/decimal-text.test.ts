import fc from "fast-check";
import { expect, test } from "vitest";
import { decimalText } from "./decimal-text.ts";

test("small and large numbers are written in plain digits", () => {
  expect([1e-7, 1.5e-9, -2.25e-8, 0.1, 30_000, 1e21, 1.25e22].map(decimalText)).toEqual([
    "0.0000001",
    "0.0000000015",
    "-0.0000000225",
    "0.1",
    "30000",
    "1000000000000000000000",
    "12500000000000000000000",
  ]);
});

test("every number comes back from its text, and no text has an exponent", () => {
  fc.assert(
    fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), (value) => {
      const text = decimalText(value);
      expect(text).toMatch(/^-?\d+(\.\d+)?$/);
      expect(Number(text)).toBe(value === 0 ? 0 : value);
    }),
    { seed: 20_261_129 },
  );
});

test("what is no number is never sent", () => {
  for (const value of [Number.NaN, Infinity, -Infinity]) expect(() => decimalText(value)).toThrow();
});

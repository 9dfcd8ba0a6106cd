import { expect, test } from "vitest";
import { DoubleDouble } from "./double-double.ts";

test("a small number survives beside a large one that comes and goes", () => {
  const sum = new DoubleDouble();
  for (const value of [2 ** 53, 1, 2 ** -40, -(2 ** 53), -1]) sum.add(value);
  expect(sum.high + sum.low).toBe(2 ** -40);
});

test("a product is added with the digits that a double would round away", () => {
  // (2^27 + 1)^2 = 2^54 + 2^28 + 1 needs 55 bits.
  const sum = new DoubleDouble();
  sum.addProduct(2 ** 27 + 1, 2 ** 27 + 1);
  sum.add(-(2 ** 54));
  sum.add(-(2 ** 28));
  expect(sum.high + sum.low).toBe(1);
});

test("what was added and taken away a hundred thousand times leaves nothing", () => {
  const sum = new DoubleDouble();
  for (let i = 1; i <= 100_000; i++) sum.addProduct(1 / i, 1 / 3);
  for (let i = 100_000; i >= 1; i--) sum.addProduct(1 / i, -1 / 3);
  expect(Math.abs(sum.high + sum.low)).toBeLessThan(1e-26);
});

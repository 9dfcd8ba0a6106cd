import { expect, test } from "vitest";
import { Prng } from "../../base/prng.ts";
import { cholesky, invertLower } from "./cholesky.ts";

test("the factor of a 3 x 3 matrix is the one computed by hand", () => {
  // [[4, 12, -16], [12, 37, -43], [-16, -43, 98]] = L L' with L = [[2, 0, 0], [6, 1, 0], [-8, 5, 3]].
  const matrix = Float64Array.of(99, 4, 12, -16, 12, 37, -43, -16, -43, 98);
  const factor = new Float64Array(9).fill(Number.NaN);
  expect(cholesky(matrix, 1, 3, factor)).toBe(true);
  expect([...factor]).toEqual([2, 0, 0, 6, 1, 0, -8, 5, 3]);
});

test("a factor times its inverse is one", () => {
  const prng = new Prng(5);
  const size = 6;
  const lower = new Float64Array(size * size);
  for (let row = 0; row < size; row++) {
    for (let column = 0; column < row; column++) lower[row * size + column] = prng.normal();
    lower[row * size + row] = 1 + prng.next();
  }
  const inverse = lower.slice();
  invertLower(inverse, size);
  for (let row = 0; row < size; row++) {
    for (let column = 0; column < size; column++) {
      let sum = 0;
      for (let k = 0; k < size; k++) sum += lower[row * size + k]! * inverse[k * size + column]!;
      expect(sum).toBeCloseTo(row === column ? 1 : 0, 12);
    }
  }
});

test("a matrix that is not positive definite, or not of numbers, has no factor", () => {
  const factor = new Float64Array(4);
  expect(cholesky(Float64Array.of(1, 2, 2, 1), 0, 2, factor)).toBe(false);
  expect(cholesky(Float64Array.of(1, 1, 1, 1), 0, 2, factor)).toBe(false);
  expect(cholesky(Float64Array.of(Number.NaN, 0, 0, 1), 0, 2, factor)).toBe(false);
});

import { expect, test } from "vitest";
import { Prng } from "../../base/prng.ts";
import { symmetricEigen } from "./symmetric-eigen.ts";

test("the eigenvalues of [[2, 1], [1, 2]] are 1 and 3", () => {
  const matrix = Float64Array.of(2, 1, 1, 2);
  symmetricEigen(matrix, 2, new Float64Array(4));
  const values = [matrix[0]!, matrix[3]!].toSorted((a, b) => a - b);
  expect(values[0]).toBeCloseTo(1, 14);
  expect(values[1]).toBeCloseTo(3, 14);
});

test("vectors and values put a random symmetric matrix together again", () => {
  const prng = new Prng(6);
  for (const size of [1, 2, 5, 16]) {
    const matrix = new Float64Array(size * size);
    for (let row = 0; row < size; row++) {
      for (let column = 0; column <= row; column++) {
        const value = prng.normal() * 10 ** prng.integer(4);
        matrix[row * size + column] = value;
        matrix[column * size + row] = value;
      }
    }
    const diagonal = matrix.slice();
    const vectors = new Float64Array(size * size);
    symmetricEigen(diagonal, size, vectors);
    const largest = Math.max(...matrix.map(Math.abs));
    for (let k = 0; k < matrix.length; k++) {
      const [row, column] = [Math.floor(k / size), k % size];
      let sum = 0;
      for (let j = 0; j < size; j++) {
        sum += vectors[row * size + j]! * diagonal[j * size + j]! * vectors[column * size + j]!;
      }
      expect(Math.abs(sum - matrix[k]!)).toBeLessThan(1e-12 * largest);
    }
  }
});

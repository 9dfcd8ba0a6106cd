import { assert } from "../../base/assert.ts";
import { cholesky, invertLower } from "../linear-algebra/cholesky.ts";

/** Rows of numbers, row-major, without missing values; outcomes 0 or 1; how much each row counts. */
export type LogisticRows = {
  readonly x: Float64Array | Float32Array;
  readonly y: ArrayLike<number>;
  readonly weights: ArrayLike<number>;
  readonly width: number;
};

export type LogisticFit = {
  /** One per column, then the intercept. */
  readonly coefficients: Float64Array;
  /** Of the coefficients, row-major: the inverse of the information. */
  readonly covariance: Float64Array;
};

const stepsMax = 50;
const smallStep = 1e-10;

/**
 * Logistic regression by Newton's method with a ridge on all coefficients but the intercept (Hastie, Tibshirani and Friedman,
 * Elements of Statistical Learning, 4.4.1). The ridge keeps separable rows from running away.
 */
export function fitLogistic({ x, y, weights, width }: LogisticRows, ridge: number): LogisticFit {
  const rows = y.length;
  const size = width + 1;
  const coefficients = new Float64Array(size);
  const [gradient, information] = [new Float64Array(size), new Float64Array(size * size)];
  let covariance: Float64Array = new Float64Array(size * size);
  for (let step = 0; step < stepsMax; step++) {
    gradient.fill(0);
    information.fill(0);
    for (let row = 0; row < rows; row++)
      addRow(x, row, width, y[row]!, weights[row]!, coefficients, gradient, information);
    for (let k = 0; k < size; k++) {
      const pull = k < width ? ridge : 1e-9;
      gradient[k]! += pull * coefficients[k]!;
      information[k * size + k]! += pull;
    }
    for (let a = 0; a < size; a++)
      for (let b = 0; b < a; b++) information[b * size + a] = information[a * size + b]!;
    covariance = inverse(information, size);
    let largest = 0;
    for (let a = 0; a < size; a++) {
      let move = 0;
      for (let b = 0; b < size; b++) move += covariance[a * size + b]! * gradient[b]!;
      // Half a Newton step too far is how logistic regression diverges.
      coefficients[a]! -= Math.max(-5, Math.min(5, move));
      largest = Math.max(largest, Math.abs(move));
    }
    if (largest < smallStep) break;
  }
  return { coefficients, covariance };
}

function addRow(
  x: Float64Array | Float32Array,
  row: number,
  width: number,
  outcome: number,
  weight: number,
  coefficients: Float64Array,
  gradient: Float64Array,
  information: Float64Array,
): void {
  const size = width + 1;
  const offset = row * width;
  let score = coefficients[width]!;
  for (let k = 0; k < width; k++) score += coefficients[k]! * x[offset + k]!;
  const p = 1 / (1 + Math.exp(-score));
  const miss = (p - outcome) * weight;
  const curve = p * (1 - p) * weight;
  for (let a = 0; a < size; a++) {
    const value = a < width ? x[offset + a]! : 1;
    gradient[a]! += miss * value;
    for (let b = 0; b <= a; b++)
      information[a * size + b]! += curve * value * (b < width ? x[offset + b]! : 1);
  }
}

function inverse(matrix: Float64Array, size: number): Float64Array {
  const lower = new Float64Array(size * size);
  assert(cholesky(matrix, 0, size, lower), "a ridge keeps the information positive");
  invertLower(lower, size);
  const result = new Float64Array(size * size);
  for (let a = 0; a < size; a++)
    for (let b = 0; b < size; b++) {
      let sum = 0;
      for (let k = Math.max(a, b); k < size; k++) sum += lower[k * size + a]! * lower[k * size + b]!;
      result[a * size + b] = sum;
    }
  return result;
}

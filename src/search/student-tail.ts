import { assert } from "../base/assert.ts";

/**
 * Probability that a Student variable with a whole number of degrees of freedom lies above `t`, which is not negative.
 * Source: Abramowitz and Stegun, Handbook of Mathematical Functions, 26.7.3 and 26.7.4.
 */
export function studentTail(t: number, freedom: number): number {
  assert(t >= 0 && Number.isInteger(freedom) && freedom >= 1, "a tail above zero with whole degrees");
  const root = Math.sqrt(freedom + t * t);
  const [sine, cosine] = [t / root, Math.sqrt(freedom) / root];
  const isOdd = freedom % 2 === 1;
  let term = isOdd ? cosine : 1;
  let sum = freedom === 1 ? 0 : term;
  for (let k = isOdd ? 3 : 2; k < freedom; k += 2) {
    term *= ((k - 1) / k) * cosine * cosine;
    sum += term;
  }
  const inside = isOdd ? (2 / Math.PI) * (Math.atan(t / Math.sqrt(freedom)) + sine * sum) : sine * sum;
  return Math.max(0, (1 - inside) / 2);
}

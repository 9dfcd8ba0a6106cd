import type { Prng } from "../../base/prng.ts";

/**
 * Random scale that turns a standard normal into a Student t with six degrees of freedom and variance 1: fat tails
 * (kurtosis 6) as returns have them (Cont 2001, Empirical properties of asset returns). A chi-square with six degrees
 * of freedom is twice the sum of three exponentials.
 */
export function studentScale(prng: Prng): number {
  return Math.sqrt(-2 / Math.log((1 - prng.next()) * (1 - prng.next()) * (1 - prng.next())));
}

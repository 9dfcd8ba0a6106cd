import type { Prng } from "../../base/prng.ts";

const steps = 4;
const walk = new Float64Array(steps);

/** What a bar did between open and close, as log returns from its open; the object is reused. */
export type BarShape = { high: number; low: number; close: number };

/**
 * Draws the way from open to close in four steps: a Brownian bridge that ends at `move`, with `deviation` over the
 * whole bar, and a jump of size `jump` (0 for none) at the start of one of the steps. Between the steps the highest
 * and the lowest point are drawn too, so that ranges are those of continuous trading.
 */
export function drawPath(move: number, deviation: number, jump: number, prng: Prng, shape: BarShape): void {
  let sum = 0;
  for (let step = 0; step < steps; step++) {
    sum += prng.normal();
    walk[step] = sum;
  }
  const jumpStep = jump === 0 ? steps : prng.integer(steps);
  const scale = deviation / Math.sqrt(steps);
  let high = 0;
  let low = 0;
  let at = 0;
  for (let step = 0; step < steps; step++) {
    const done = (step + 1) / steps;
    const jumped = step >= jumpStep ? jump : 0;
    const from = step === jumpStep ? at + jump : at;
    at = done * move + scale * (walk[step]! - done * sum) + jumped;
    // `at` too: rounding could leave an extreme a last digit short of it.
    high = Math.max(high, at, extremeBetween(from, at, scale, 1, prng));
    low = Math.min(low, at, extremeBetween(from, at, scale, -1, prng));
  }
  shape.high = high;
  shape.low = low;
  shape.close = at;
}

/**
 * Draws the highest (`sign` 1) or lowest (-1) point of a Brownian motion with known ends, by inversion: the maximum m
 * of a bridge from a to b exceeds x with probability exp(-2 (x - a)(x - b) / deviation^2)
 * (Borodin and Salminen, Handbook of Brownian Motion, 2002, IV.26).
 */
function extremeBetween(from: number, to: number, deviation: number, sign: 1 | -1, prng: Prng): number {
  const spread = to - from;
  const exponential = -Math.log(1 - prng.next());
  return (from + to + sign * Math.sqrt(spread * spread + 2 * deviation * deviation * exponential)) / 2;
}

import { dayMs, hourMs } from "../base/time.ts";
import type { RateHistory } from "../domain/cost-tables.ts";
import type { RateBetween } from "../ports/costs.ts";

const fundingIntervalMs = 8 * hourMs;
const yearMs = 365 * dayMs;

/**
 * Funding as it was: the sum of the rates of all moments in (fromMs, toMs]. Before the first and after the last moment of
 * the history `otherwise` is due at every full eight hours UTC.
 */
export function fundingBetween({ timeMs, rate }: RateHistory, otherwise: number): RateBetween {
  const sums = [0];
  for (const value of rate) sums.push(sums.at(-1)! + value);
  const firstMs = timeMs[0]!;
  const lastMs = timeMs.at(-1)!;
  const marks = (fromMs: number, toMs: number): number =>
    Math.max(0, Math.floor(toMs / fundingIntervalMs) - Math.floor(fromMs / fundingIntervalMs));
  return (fromMs, toMs) => {
    const known = sums[upTo(timeMs, toMs)]! - sums[upTo(timeMs, fromMs)]!;
    // A millisecond before the first moment: at the moment itself the history speaks.
    const outside = marks(fromMs, Math.min(toMs, firstMs - 1)) + marks(Math.max(fromMs, lastMs), toMs);
    return known + otherwise * outside;
  };
}

/**
 * Borrow fees as they were: the yearly rate of each moment in proportion to the time until the next, `otherwise` before
 * the first; the last one goes on.
 */
export function borrowBetween({ timeMs, rate }: RateHistory, otherwise: number): RateBetween {
  // The integral of the rate from the first moment to each.
  const sums = [0];
  for (let k = 1; k < timeMs.length; k++)
    sums.push(sums[k - 1]! + (rate[k - 1]! * (timeMs[k]! - timeMs[k - 1]!)) / yearMs);
  const integral = (atMs: number): number => {
    const k = upTo(timeMs, atMs) - 1;
    return k < 0
      ? (otherwise * (atMs - timeMs[0]!)) / yearMs
      : sums[k]! + (rate[k]! * (atMs - timeMs[k]!)) / yearMs;
  };
  return (fromMs, toMs) => integral(toMs) - integral(fromMs);
}

/** How many of the ascending times are not after `atMs`. */
export function upTo(times: readonly number[], atMs: number): number {
  let [low, high] = [0, times.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (times[middle]! <= atMs) low = middle + 1;
    else high = middle;
  }
  return low;
}

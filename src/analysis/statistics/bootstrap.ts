import { assert } from "../../base/assert.ts";
import type { Prng } from "../../base/prng.ts";
import { quantile } from "./quantile.ts";

/** A number computed from returns; NaN or `null` where it does not exist. */
export type Statistic = (returns: Float64Array) => number | null;

export type BootstrapOptions = {
  readonly prng: Prng;
  /** Resampled series; 1,000 by default. */
  readonly samples?: number;
  /** 0.95 by default. */
  readonly confidence?: number;
  /** Expected block length in whole periods; n^(1/3), rounded, by default. 1 resamples single returns. */
  readonly blockLength?: number;
  /** `stationary` draws geometric block lengths (the default), `circular` fixed ones. */
  readonly scheme?: "stationary" | "circular";
};

export type BootstrapInterval = {
  readonly estimate: number;
  readonly low: number;
  readonly high: number;
  readonly confidence: number;
  /** Resamples for which the statistic exists; the interval is built from these. */
  readonly samples: number;
  readonly blockLength: number;
};

/** The mean, as a statistic. */
export function meanOf(values: Float64Array): number {
  let sum = 0;
  for (const value of values) sum += value;
  return sum / values.length;
}

/**
 * Percentile interval of any statistic of a return series, by resampling blocks so that serial dependence survives.
 * `null` below two returns, where the statistic itself is missing, or where it is missing for every second resample.
 * Source: Politis and Romano, The Stationary Bootstrap (1994) and A Circular Block-Resampling Procedure (1992).
 */
export function bootstrapInterval(
  returns: Float64Array,
  statistic: Statistic,
  options: BootstrapOptions,
): BootstrapInterval | null {
  const { prng, samples = 1000, confidence = 0.95, scheme = "stationary" } = options;
  const blockLength = options.blockLength ?? Math.max(1, Math.round(Math.cbrt(returns.length)));
  assert(confidence > 0 && confidence < 1, "a confidence lies between 0 and 1");
  assert(Number.isInteger(blockLength) && blockLength >= 1, "a block is one or more whole periods");
  const estimate = statistic(returns);
  if (returns.length < 2 || estimate === null || !Number.isFinite(estimate)) return null;
  const resampled = new Float64Array(returns.length);
  const found: number[] = [];
  for (let sample = 0; sample < samples; sample++) {
    resample(returns, resampled, blockLength, scheme, prng);
    const value = statistic(resampled);
    if (value !== null && Number.isFinite(value)) found.push(value);
  }
  if (found.length * 2 <= samples) return null;
  const ascending = Float64Array.from(found).sort();
  const low = quantile(ascending, (1 - confidence) / 2);
  const high = quantile(ascending, (1 + confidence) / 2);
  return { estimate, low, high, confidence, samples: found.length, blockLength };
}

/** Fills `into` with blocks of `from`; a block that runs past the end goes on at the beginning. */
function resample(
  from: Float64Array,
  into: Float64Array,
  blockLength: number,
  scheme: "stationary" | "circular",
  prng: Prng,
): void {
  const length = from.length;
  const logOfGoingOn = Math.log(1 - 1 / blockLength);
  for (let i = 0; i < length;) {
    let row = prng.integer(length);
    // Inversion of the geometric distribution: the block goes on with probability 1 - 1 / blockLength.
    const drawn =
      scheme === "circular" ? blockLength : 1 + Math.floor(Math.log(1 - prng.next()) / logOfGoingOn);
    const end = Math.min(length, i + drawn);
    for (; i < end; i++) {
      into[i] = from[row]!;
      row = row + 1 === length ? 0 : row + 1;
    }
  }
}

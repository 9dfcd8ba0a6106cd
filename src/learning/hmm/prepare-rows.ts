import { KiwiError } from "../../base/errors.ts";

/** Rows, and which of their values are not there. */
export type MarkedRows = {
  readonly length: number;
  readonly features: number;
  /** Row-major. */
  readonly values: Float64Array;
  /** Per row, bit d is set where feature d is missing. */
  readonly missing: Uint16Array;
};

/** Rows ready for training: each feature with mean 0 and variance 1. */
export type PreparedRows = MarkedRows & {
  /** Rows with at least one feature. */
  readonly seenRows: number;
  readonly centres: Float64Array;
  readonly scales: Float64Array;
  /** Log of what the scaling adds to the density of all rows together. */
  readonly logScale: number;
};

const sizeMax = 1e100;

/**
 * Checks and standardises `length` rows. Throws `HMM_TOO_FEW_ROWS` below states x (features + 1) rows, `HMM_INFINITE`
 * on an infinite or absurd value, `HMM_MISSING` for a feature that is never there, `HMM_CONSTANT` for one that never
 * changes.
 */
export function prepareRows(
  rows: Float64Array,
  length: number,
  features: number,
  states: number,
): PreparedRows {
  const missing = missingBits(rows, length, features);
  let seenRows = 0;
  for (const bits of missing) if (bits !== 2 ** features - 1) seenRows += 1;
  const needed = states * (features + 1);
  if (seenRows < needed) throw tooFewRows(seenRows, needed, states);
  const values = new Float64Array(length * features);
  const centres = new Float64Array(features);
  const scales = new Float64Array(features);
  let logScale = 0;
  for (let feature = 0; feature < features; feature++) {
    const { count, mean, deviation } = momentsOfColumn(rows, length, features, feature);
    centres[feature] = mean;
    scales[feature] = deviation;
    logScale -= count * Math.log(deviation);
    for (let row = 0, k = feature; row < length; row++, k += features) {
      values[k] = (missing[row]! >>> feature) & 1 ? 0 : (rows[k]! - mean) / deviation;
    }
  }
  return { length, features, values, missing, seenRows, centres, scales, logScale };
}

/** Marks what is NaN: bit d of a row for feature d. Throws `HMM_INFINITE` on an infinite or absurd value. */
export function missingBits(rows: Float64Array, length: number, features: number): Uint16Array {
  const missing = new Uint16Array(length);
  for (let row = 0, k = 0; row < length; row++) {
    for (let feature = 0; feature < features; feature++, k++) {
      const value = rows[k]!;
      if (Number.isNaN(value)) missing[row]! |= 1 << feature;
      else if (!(Math.abs(value) < sizeMax)) throw infinite(value, row, feature);
    }
  }
  return missing;
}

/** Mean and standard deviation in two passes, so that a large offset costs no digits. */
function momentsOfColumn(
  rows: Float64Array,
  length: number,
  features: number,
  feature: number,
): { count: number; mean: number; deviation: number } {
  let [count, sum, largest] = [0, 0, 0];
  for (let k = feature; k < length * features; k += features) {
    const value = rows[k]!;
    if (Number.isNaN(value)) continue;
    count += 1;
    sum += value;
    largest = Math.max(largest, Math.abs(value));
  }
  if (count === 0) throw neverThere(feature);
  const mean = sum / count;
  let squares = 0;
  for (let k = feature; k < length * features; k += features) {
    if (!Number.isNaN(rows[k]!)) squares += ((rows[k]! - mean) / (largest || 1)) ** 2;
  }
  // A spread in the last digits of the values is rounding, not movement.
  const relative = Math.sqrt(squares / count);
  if (!(relative > 1e-12) || largest * relative < 1e-140) throw constant(feature, mean);
  return { count, mean, deviation: largest * relative };
}

function tooFewRows(rows: number, needed: number, states: number): KiwiError {
  return new KiwiError({
    code: "HMM_TOO_FEW_ROWS",
    exit: "data",
    message: `${rows} rows are too few for a hidden Markov model of ${states} states: it needs ${needed}`,
    why: "each state needs at least one row more than there are features",
    fix: "take a longer range or fewer states",
    topic: "data",
  });
}

function infinite(value: number, row: number, feature: number): KiwiError {
  return new KiwiError({
    code: "HMM_INFINITE",
    exit: "data",
    message: `feature ${feature} of row ${row} is ${value}`,
    why: "a Gaussian has no place for it; a price of zero makes such returns",
    fix: "repair the bars, or pass NaN where a value is missing",
    topic: "data",
  });
}

function neverThere(feature: number): KiwiError {
  return new KiwiError({
    code: "HMM_MISSING",
    exit: "data",
    message: `feature ${feature} is missing in every row`,
    why: "the range may be shorter than what the feature needs to warm up",
    fix: "take a longer range or leave the feature out",
    topic: "data",
  });
}

function constant(feature: number, value: number): KiwiError {
  return new KiwiError({
    code: "HMM_CONSTANT",
    exit: "data",
    message: `feature ${feature} is ${value} in every row`,
    why: "states cannot be told apart by something that never changes",
    fix: "look for a flat price in the bars, or leave the feature out",
    topic: "data",
  });
}

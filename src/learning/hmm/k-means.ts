import type { Prng } from "../../base/prng.ts";

const roundsMax = 20;

/**
 * Splits `length` rows of complete numbers into `count` groups by k-means, begun by k-means++: the group of each row.
 * Source: Arthur and Vassilvitskii, k-means++: The Advantages of Careful Seeding (2007).
 */
export function kMeans(
  values: Float64Array,
  length: number,
  features: number,
  count: number,
  prng: Prng,
): Uint8Array {
  const centres = spreadCentres(values, length, features, count, prng);
  const labels = new Uint8Array(length);
  for (let round = 0; round < roundsMax; round++) {
    if (!assignNearest(values, features, centres, labels) && round > 0) break;
    moveCentres(values, features, centres, labels);
  }
  return labels;
}

/** Rows as centres, each drawn in proportion to its squared distance from those drawn before. */
function spreadCentres(
  values: Float64Array,
  length: number,
  features: number,
  count: number,
  prng: Prng,
): Float64Array {
  const centres = new Float64Array(count * features);
  const nearest = new Float64Array(length).fill(1);
  for (let centre = 0; centre < count; centre++) {
    const chosen = drawRow(nearest, prng);
    for (let k = 0; k < features; k++) centres[centre * features + k] = values[chosen * features + k]!;
    for (let row = 0; row < length; row++) {
      const away = distance(values, row, centres, centre, features);
      nearest[row] = centre === 0 ? away : Math.min(nearest[row]!, away);
    }
  }
  return centres;
}

function drawRow(weights: Float64Array, prng: Prng): number {
  let total = 0;
  for (const weight of weights) total += weight;
  if (!(total > 0)) return prng.integer(weights.length);
  let rest = prng.next() * total;
  for (let row = 0; row < weights.length; row++) {
    rest -= weights[row]!;
    if (rest < 0) return row;
  }
  return weights.length - 1;
}

/** Gives every row the label of the nearest centre; says whether any label changed. */
function assignNearest(
  values: Float64Array,
  features: number,
  centres: Float64Array,
  labels: Uint8Array,
): boolean {
  const count = centres.length / features;
  let hasChanged = false;
  for (let row = 0; row < labels.length; row++) {
    let [best, least] = [0, Infinity];
    for (let centre = 0; centre < count; centre++) {
      const away = distance(values, row, centres, centre, features);
      if (away < least) [best, least] = [centre, away];
    }
    hasChanged ||= labels[row] !== best;
    labels[row] = best;
  }
  return hasChanged;
}

/** A centre without rows stays where it is. */
function moveCentres(
  values: Float64Array,
  features: number,
  centres: Float64Array,
  labels: Uint8Array,
): void {
  const sums = new Float64Array(centres.length);
  const counts = new Float64Array(centres.length / features);
  for (let row = 0; row < labels.length; row++) {
    counts[labels[row]!]! += 1;
    for (let k = 0; k < features; k++) sums[labels[row]! * features + k]! += values[row * features + k]!;
  }
  for (let k = 0; k < centres.length; k++) {
    const rows = counts[Math.floor(k / features)]!;
    if (rows > 0) centres[k] = sums[k]! / rows;
  }
}

function distance(
  values: Float64Array,
  row: number,
  centres: Float64Array,
  centre: number,
  features: number,
): number {
  let sum = 0;
  for (let k = 0; k < features; k++) {
    sum += (values[row * features + k]! - centres[centre * features + k]!) ** 2;
  }
  return sum;
}

/** The values in ascending order, as a copy; NaN last. */
export function sorted(values: Float64Array): Float64Array {
  return values.slice().sort();
}

/**
 * Quantile of ascending values by linear interpolation between the two nearest ranks; NaN of nothing, and where any
 * value is missing.
 * Source: type 7 of Hyndman and Fan, Sample Quantiles in Statistical Packages (1996): the default of NumPy and R.
 */
export function quantile(ascending: Float64Array, probability: number): number {
  if (Number.isNaN(ascending.at(-1))) return Number.NaN;
  const rank = (ascending.length - 1) * probability;
  const below = Math.floor(rank);
  const low = ascending[below] ?? Number.NaN;
  const high = ascending[below + 1] ?? low;
  return low + (high - low) * (rank - below);
}

/** Middle value, or the mean of the two middle values; NaN of nothing. */
export function median(values: Float64Array): number {
  return quantile(sorted(values), 0.5);
}

/**
 * The range in which values are drawn: all of them, but for those that lie further from the middle half than it is wide times
 * `reach` (Tukey's fences: 1.5 outside, 3 far out). One value far away would press all others into one place.
 */
export function fences(values: readonly number[], reach: number): readonly [number, number] {
  const ascending = sorted(Float64Array.from(values));
  const [lower, upper] = [quantile(ascending, 0.25), quantile(ascending, 0.75)];
  const room = reach * (upper - lower);
  const inside = ascending.filter((value) => value >= lower - room && value <= upper + room);
  return [inside[0] ?? Number.NaN, inside.at(-1) ?? Number.NaN];
}

/** Prices from here on are kept to eight decimals where nobody says in which steps they go, smaller ones to seven digits. */
const smallPrice = 0.01;

/**
 * The step of a price: `told`, or where that is 0 one that nobody feels. A token may cost 1.2e-10: eight decimals would
 * make 83 times that of it.
 */
export function priceStep(price: number, told: number): number {
  if (told > 0) return told;
  const size = Math.abs(price);
  return size >= smallPrice || size === 0 ? 1e-8 : Number(`1e${Math.floor(Math.log10(size)) - 6}`);
}

/** Rounds `value` down to a multiple of `step`, forgiving the last bits of floating point. */
export function floorToStep(value: number, step: number): number {
  const units = value / step;
  const nearest = Math.round(units);
  // 0.3 / 0.1 is 2.9999999999999996: within a few ulps of a whole number it *is* that number.
  const whole = Math.abs(units - nearest) <= Math.abs(nearest) * 1e-12 ? nearest : Math.floor(units);
  return unitsToValue(whole, step);
}

/**
 * Whole lots of something held, which is a sum of fills and may be a little less than it should be. What is forgiven is less than
 * a hundredth of a lot, however large the holding is: a venue sells nothing that is not there.
 */
export function lotsOf(held: number, lotSize: number): number {
  return floorToStep(held + Math.min(held * 1e-9, lotSize / 100), lotSize);
}

/**
 * Whether `value` is a multiple of `step`. Sums of decimal fractions miss theirs by a few last bits; a wrong price or quantity misses it
 * by far more.
 */
export function isMultiple(value: number, step: number): boolean {
  const units = value / step;
  return Math.abs(units - Math.round(units)) <= 1e-6 + Math.abs(units) * 1e-12;
}

/** Rounds `value` to the nearest multiple of `step`. */
export function roundToStep(value: number, step: number): number {
  return unitsToValue(Math.round(value / step), step);
}

/** Rounds a price to the nearest tick; 0 for none that is known. */
export function roundToTick(price: number, tickSize: number): number {
  return roundToStep(price, priceStep(price, tickSize));
}

/** `units * step`, computed as a division where the step is a decimal fraction: 3 / 10 and not 3 * 0.1. */
function unitsToValue(units: number, step: number): number {
  const inverse = Math.round(1 / step);
  return step < 1 && Math.abs(inverse * step - 1) < 1e-12 ? units / inverse : units * step;
}

/** Limits `value` to [`low`, `high`]. */
export function clamp(value: number, low: number, high: number): number {
  return value < low ? low : value > high ? high : value;
}

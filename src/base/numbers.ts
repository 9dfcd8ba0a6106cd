/** Rounds `value` down to a multiple of `step`, forgiving the last bits of floating point. */
export function floorToStep(value: number, step: number): number {
  const units = value / step;
  const nearest = Math.round(units);
  // 0.3 / 0.1 is 2.9999999999999996: within a few ulps of a whole number it *is* that number.
  const whole = Math.abs(units - nearest) <= Math.abs(nearest) * 1e-12 ? nearest : Math.floor(units);
  return unitsToValue(whole, step);
}

/** Rounds `value` to the nearest multiple of `step`. */
export function roundToStep(value: number, step: number): number {
  return unitsToValue(Math.round(value / step), step);
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

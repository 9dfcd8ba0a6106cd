/**
 * Where `value` lies between `low` and `high`: 0 at the low, 1 at the high. In a range no wider than `flat` there
 * is no position to speak of; the middle, 0.5, then says neither oversold nor overbought.
 */
export function rangePosition(value: number, low: number, high: number, flat = 0): number {
  const range = high - low;
  return range > flat ? (value - low) / range : 0.5;
}

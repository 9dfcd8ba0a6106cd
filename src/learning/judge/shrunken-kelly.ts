/** What a share of equity is found from. */
export type KellyBet = {
  /** The range that the chance of a rise is believed to lie in. */
  readonly low: number;
  readonly high: number;
  /** By how much promised chances were wrong lately, chance left out. */
  readonly calibrationError: number;
  /** Size of a usual move over the horizon, as a share of the price. */
  readonly move: number;
  /** Getting in and out, as a share of what is traded; 0 where nothing is traded. */
  readonly cost: number;
  /** Part of Kelly's share that is held. */
  readonly kelly: number;
};

/**
 * Signed share of equity: a part of Kelly's for a move up or down of the same size (Kelly 1956: expected gain over its variance), by
 * the end of the range that is nearer to one half (shrinking as in Baker and McHale 2013), after costs. 0 while the range, or the
 * calibration error around it, covers one half. A wider range or a larger error never makes it larger.
 */
export function shrunkenKelly({ low, high, calibrationError, move, cost, kelly }: KellyBet): number {
  const up = low - 0.5 - calibrationError;
  const down = 0.5 - high - calibrationError;
  const edge = Math.max(up, down);
  const gain = 2 * edge * move - cost;
  // Neither holds where anything is missing.
  if (!(edge > 0 && gain > 0 && move > 0)) return 0;
  return (Math.sign(up - down) * kelly * gain) / (move * move);
}

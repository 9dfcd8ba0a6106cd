import { unprotected, type Protection } from "../domain/target.ts";

/**
 * A stop-loss `distance` behind `price` for a position of `side` (1 long, -1 short), in price units. No stop where
 * there is no distance or where the price would have to fall to zero.
 */
export function stopBehind(side: 1 | -1, price: number, distance: number): Protection {
  const stopPrice = price - side * distance;
  return distance > 0 && stopPrice > 0 ? { stopPrice } : unprotected;
}

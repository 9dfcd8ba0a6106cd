import type { Prng } from "../../base/prng.ts";
import { studentScale } from "./student-scale.ts";

/** What all symbols of a market share, one value per bar. */
export type MarketFactor = {
  /** Common shock with mean 0, variance 1 and fat tails. */
  readonly shock: Float64Array;
  /** The scale that the shock was drawn at; its square averages 1. */
  readonly scale: Float64Array;
  /** Volatility of the moment compared with the long run; its square averages 1. */
  readonly volatility: Float64Array;
};

/** Half of a burst of volatility is gone after 23 bars. */
const persistence = 0.97;
/** Standard deviation of the logarithm of volatility. */
const volatilityOfVolatility = 0.35;

/**
 * Common shocks, and a log-volatility that wanders and returns (Taylor 1986, stochastic volatility): like GARCH it
 * makes large moves come in clusters, and unlike GARCH it cannot explode.
 */
export function marketFactor(bars: number, prng: Prng): MarketFactor {
  const shock = new Float64Array(bars);
  const scale = new Float64Array(bars);
  const volatility = new Float64Array(bars);
  const step = volatilityOfVolatility * Math.sqrt(1 - persistence * persistence);
  let logVolatility = volatilityOfVolatility * prng.normal();
  for (let row = 0; row < bars; row++) {
    // exp(2x) of a normal x with deviation s averages exp(2 s^2).
    volatility[row] = Math.exp(logVolatility - volatilityOfVolatility * volatilityOfVolatility);
    scale[row] = studentScale(prng);
    shock[row] = scale[row]! * prng.normal();
    logVolatility = persistence * logVolatility + step * prng.normal();
  }
  return { shock, scale, volatility };
}

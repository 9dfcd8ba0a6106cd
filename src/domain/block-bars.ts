import { dayMs } from "../base/time.ts";
import { timeframeMs, type Timeframe } from "./timeframe.ts";

/** The longest block that a regime model takes. */
const blockBarsMax = 500;

/** Bars that one look of a regime model sums up, unless somebody says otherwise: a day of bars, or a week of daily ones. */
export function usualBlockBars(timeframe: Timeframe): number {
  const spanMs = timeframeMs(timeframe);
  return spanMs >= dayMs ? 5 : Math.min(blockBarsMax, Math.max(2, Math.round(dayMs / spanMs)));
}

import { ratioOrNull } from "../statistics/finite-or-null.ts";
import { isLongEnough } from "./measured-time.ts";
import { mean } from "../statistics/moments.ts";

/** Share of bars with a position; `null` without bars. */
export function exposure(exposureBars: number, bars: number): number | null {
  return ratioOrNull(exposureBars, bars);
}

/** Mean equity over all bars; NaN without bars. */
export function averageEquity(equity: Float64Array, length: number): number {
  return mean(equity.subarray(0, length));
}

/** Traded notional (bought plus sold) over average equity, for the whole run; `null` without positive equity. */
export function turnover(tradedNotional: number, averageEquity: number): number | null {
  return averageEquity > 0 ? ratioOrNull(tradedNotional, averageEquity) : null;
}

/** Turnover of the run over its years; `null` below 90 days. */
export function turnoverPerYear(turnover: number | null, years: number): number | null {
  return turnover === null || !isLongEnough(years) ? null : turnover / years;
}

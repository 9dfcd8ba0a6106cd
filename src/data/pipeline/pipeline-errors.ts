import { KiwiError } from "../../base/errors.ts";
import type { Timeframe } from "../../domain/timeframe.ts";

/** `BARS_NONE_HELD`: an update goes on from the newest bar held, and there is none. */
export function noneHeld(symbol: string, timeframe: Timeframe): KiwiError {
  return new KiwiError({
    code: "BARS_NONE_HELD",
    exit: "data",
    message: `no ${timeframe} bars of ${symbol} are held`,
    why: "an update goes on from the newest bar held, so the first download has to say where to begin",
    fix: `kiwi data download ${symbol} -t ${timeframe} --from 2024-01-01`,
    topic: "bar-store",
  });
}

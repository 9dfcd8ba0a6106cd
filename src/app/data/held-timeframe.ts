import { nearest } from "../../base/nearest.ts";
import { KiwiError } from "../../base/errors.ts";
import type { Timeframe } from "../../domain/timeframe.ts";
import type { HeldBars } from "../../ports/bar-store.ts";

/** The timeframe in which a symbol is meant; it need not be said where there is one. Throws `TIMEFRAME_NOT_HELD`. */
export function heldTimeframe(
  held: readonly Pick<HeldBars, "symbol" | "timeframe">[],
  symbol: string,
  wanted: Timeframe | undefined,
): Timeframe {
  const all = held.filter((one) => one.symbol === symbol).map(({ timeframe }) => timeframe);
  const timeframes = [...new Set(all)];
  if (wanted === undefined && timeframes.length === 1) return timeframes[0]!;
  if (wanted !== undefined && timeframes.includes(wanted)) return wanted;
  const near = nearest(wanted ?? "", timeframes);
  throw new KiwiError({
    code: "TIMEFRAME_NOT_HELD",
    exit: wanted === undefined ? "usage" : "data",
    message:
      wanted === undefined
        ? `${symbol} is held in ${timeframes.length} timeframes`
        : `no ${wanted} bars of ${symbol} are held`,
    why: `it is held in ${timeframes.join(", ")}`,
    fix:
      wanted === undefined
        ? `say which: -t ${timeframes[0]!}`
        : `${near === null ? "" : `did you mean -t ${near}? else: `}kiwi data download ${symbol} -t ${wanted} --source NAME`,
    topic: "download",
  });
}

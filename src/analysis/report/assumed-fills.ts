import { finerTimeframe, type Timeframe } from "../../domain/timeframe.ts";
import { countText } from "./number-text.ts";
import type { ReportInput } from "./report-input.ts";

/** How many fills hang on a path inside their bar that no bar tells; false where none does. */
export function assumedFillsText({ funnel, bars }: Pick<ReportInput, "funnel" | "bars">): string | false {
  const { assumedFills, fills } = funnel;
  if (assumedFills === 0) return false;
  const share = `${countText(assumedFills)} of ${countText(fills)} fills`;
  return `The path inside the bar was assumed for ${share}: ${finerBarsText(bars[0]!.timeframe)}.`;
}

/** What leaves less to assume than bars of this length. */
export function finerBarsText(timeframe: Timeframe): string {
  const finer = finerTimeframe(timeframe);
  return finer === null
    ? "only shorter bars would tell (--detail)"
    : `--detail ${finer} leaves less to assume`;
}

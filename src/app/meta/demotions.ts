import type { Demotion } from "../../analysis/selection/selection-input.ts";
import { Degradation } from "../../engine/selection/degradation.ts";
import type { WatchedCandidate } from "../../engine/selection/candidate.ts";
import type { DecisionRows } from "./decision-rows.ts";

/**
 * When the strategies of a symbol had lost the right to trade: the watch over each shadow once more, over the equity
 * that it left behind. A finished run keeps only how it stands at the end.
 */
export function demotionsOf(
  candidates: readonly WatchedCandidate[],
  decided: DecisionRows,
): readonly Demotion[] {
  return candidates
    .flatMap((candidate, strategy) => demotionsOfOne(candidate, strategy, decided))
    .sort((a, b) => a.fromMs - b.fromMs);
}

function demotionsOfOne(
  { shadow }: WatchedCandidate,
  strategy: number,
  { rows, timeMs }: DecisionRows,
): readonly Demotion[] {
  const { log } = shadow.session.journal;
  const watch = new Degradation();
  const found: Demotion[] = [];
  let open: Demotion | null = null;
  let slice = 0;
  let equityBefore = Number.NaN;
  for (let k = 0; k < rows.length; k++) {
    while (slice + 1 < log.length && log.timeMs[slice + 1]! <= timeMs[k]!) slice += 1;
    const equity = log.equity[slice]!;
    const change = equity / equityBefore - 1;
    equityBefore = equity;
    if (k === 0 || !shadow.isWarm(rows[k]! - 1)) continue;
    watch.add(change);
    if (open === null && watch.demotion !== null)
      open = { strategy, fromMs: timeMs[k]!, untilMs: null, reason: watch.demotion };
    else if (open !== null && watch.demotion === null) {
      found.push({ ...open, untilMs: timeMs[k]! });
      open = null;
    }
  }
  return open === null ? found : [...found, open];
}

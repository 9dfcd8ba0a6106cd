import { dayMs } from "../../base/time.ts";
import { sliceBars, type Bars } from "../../domain/bars.ts";
import type { ChoiceLog, LaterStart } from "../../analysis/selection/selection-input.ts";
import { arsenalOf } from "../../selection/arsenal.ts";
import { watchedStrategy } from "../plugins/watched-strategy.ts";
import type { RivalOptions } from "./rivals.ts";
import { runBacktest, type BacktestResult } from "../runs/run-backtest.ts";

/** By how many days later the bars begin. */
const shiftDays = [1, 10, 30] as const;
/** What is left out must be a small part of what there is, or another run is compared and not another beginning. */
const shareMax = 0.25;

/**
 * The same run on bars that begin some days later, over the same range: what the regimes and the choice owe to the day on
 * which history happens to begin.
 */
export function startFan(
  { setup, session, log: own }: Pick<BacktestResult, "setup" | "session" | "log">,
  { watch, onDone }: RivalOptions = {},
): readonly LaterStart[] {
  const arsenal = arsenalOf(session);
  if (arsenal === null || own.length === 0) return [];
  const strategy = watchedStrategy(setup.strategy, watch, setup.registry);
  const firstMs = Math.min(...setup.bars.map(({ closeTimeMs }) => closeTimeMs[0]!));
  return shiftDays.flatMap((days, k): readonly LaterStart[] => {
    onDone?.(k, shiftDays.length);
    const fromMs = firstMs + days * dayMs;
    if (fromMs > firstMs + shareMax * (own.timeMs[0]! - firstMs)) return [];
    const bars = setup.bars.map((table) => from(table, fromMs));
    const { session: later, metrics } = runBacktest({
      ...setup,
      bars,
      strategy,
      tradeFromMs: own.timeMs[0]!,
    });
    const logs = arsenalOf(later)!.runners.map((runner) => runner.log);
    const pairs = arsenal.runners.map((runner, k) => [runner.log, logs[k]!] as const);
    return [
      {
        days,
        totalReturn: metrics.totalReturn,
        sameRegime: agreementOf(pairs, "label"),
        sameChoice: agreementOf(pairs, "strategy"),
      },
    ];
  });
}

function from(bars: Bars, fromMs: number): Bars {
  const first = bars.closeTimeMs.subarray(0, bars.length).findIndex((timeMs) => timeMs > fromMs);
  return first < 0 ? bars : sliceBars(bars, first, bars.length);
}

/** Share of the decisions made in both at which they agree; null where there is none. */
function agreementOf(
  pairs: readonly (readonly [ChoiceLog, ChoiceLog])[],
  column: "label" | "strategy",
): number | null {
  let [both, same] = [0, 0];
  for (const [one, other] of pairs) {
    let at = 0;
    for (let row = 0; row < one.length; row++) {
      while (at < other.length && other.timeMs[at]! < one.timeMs[row]!) at += 1;
      if (at === other.length || other.timeMs[at] !== one.timeMs[row]) continue;
      both += 1;
      if (one[column][row] === other[column][at]) same += 1;
    }
  }
  return both === 0 ? null : same / both;
}

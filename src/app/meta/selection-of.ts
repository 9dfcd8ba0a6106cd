import type { Rival, SelectionInput, SymbolSelection } from "../../analysis/selection/selection-input.ts";
import type { ArsenalRunner } from "../../engine/selection/arsenal-runner.ts";
import type { BacktestResult } from "../run-backtest.ts";
import { decisionRows, type DecisionRows } from "./decision-rows.ts";
import { planOf } from "./plan-of.ts";
import { truthAt, type RegimeTruth } from "./regime-truth.ts";

/** What a run that chose among strategies says about its choices; null for any other run. */
export function selectionOf(
  { setup, ground, session }: Pick<BacktestResult, "setup" | "ground" | "session">,
  rivals: readonly Rival[],
  truths: readonly RegimeTruth[] = [],
): SelectionInput | null {
  const plan = planOf(setup);
  const { arsenal } = session.pipeline;
  if (plan === null || arsenal === null) return null;
  return {
    regimeName: plan.regime.use,
    selectorName: plan.selector.use,
    strategies: arsenal.runners[0]!.candidates.map(({ name }) => name),
    isBlend: arsenal.runners.some(({ selection }) => selection !== null && selection.blend !== null),
    symbols: arsenal.runners.map((runner, k) => symbolSelection(runner, decisionRows(ground, k), truths)),
    rivals,
  };
}

function symbolSelection(
  runner: ArsenalRunner,
  decided: DecisionRows,
  truths: readonly RegimeTruth[],
): SymbolSelection {
  const { log, candidates } = runner;
  const truth = truths.find(({ symbol }) => symbol === runner.store.bars.symbol);
  return {
    log,
    expectedDwellBars: expectedDwellOf(runner, decided),
    truth: truth === undefined ? null : truthAt(truth, log.timeMs, log.length),
    demotions: candidates
      .flatMap(({ demotions }, strategy) => demotions.map((spell) => ({ strategy, ...spell })))
      .sort((a, b) => a.fromMs - b.fromMs),
  };
}

function expectedDwellOf({ log, regime }: ArsenalRunner, { rows, timeMs }: DecisionRows): Float64Array {
  const expected = new Float64Array(log.length).fill(Number.NaN);
  let k = 0;
  for (let row = 0; row < log.length; row++) {
    while (k < rows.length && timeMs[k]! < log.timeMs[row]!) k += 1;
    if (k === rows.length) break;
    regime.moveTo(rows[k]!);
    expected[row] = regime.view.expectedDwellBars;
  }
  return expected;
}

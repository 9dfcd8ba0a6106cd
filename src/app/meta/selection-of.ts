import type {
  LaterStart,
  Rival,
  SelectionInput,
  SymbolSelection,
} from "../../analysis/selection/selection-input.ts";
import { arsenalOf } from "../../selection/arsenal.ts";
import type { ArsenalRunner } from "../../selection/arsenal-runner.ts";
import type { BacktestResult } from "../runs/run-backtest.ts";
import { planOf } from "./plan-of.ts";
import { truthAt, type RegimeTruth } from "./regime-truth.ts";

/** What a run that chose among strategies says about its choices; null for any other run. */
export function selectionOf(
  { setup, session }: Pick<BacktestResult, "setup" | "session">,
  rivals: readonly Rival[],
  truths: readonly RegimeTruth[] = [],
  laterStarts: readonly LaterStart[] = [],
): SelectionInput | null {
  const plan = planOf(setup);
  const arsenal = arsenalOf(session);
  if (plan === null || arsenal === null) return null;
  return {
    regimeName: plan.regime.use,
    selectorName: plan.selector.use,
    strategies: arsenal.runners[0]!.candidates.map(({ name }) => name),
    isBlend: arsenal.runners.some(({ selection }) => selection !== null && selection.blend !== null),
    symbols: arsenal.runners.map((runner) => symbolSelection(runner, truths)),
    rivals,
    laterStarts,
  };
}

function symbolSelection(runner: ArsenalRunner, truths: readonly RegimeTruth[]): SymbolSelection {
  const { log, candidates } = runner;
  const truth = truths.find(({ symbol }) => symbol === runner.store.bars.symbol);
  return {
    log,
    expectedDwellBars: log.expectedDwellBars.subarray(0, log.length),
    truth: truth === undefined ? null : truthAt(truth, log.timeMs, log.length),
    demotions: candidates
      .flatMap(({ demotions }, strategy) => demotions.map((spell) => ({ strategy, ...spell })))
      .sort((a, b) => a.fromMs - b.fromMs),
  };
}

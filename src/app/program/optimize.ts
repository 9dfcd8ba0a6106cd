import { ledgerPathOf, recordTrials } from "../../adapters/stores/runs/trials-ledger.ts";
import { KiwiError } from "../../base/errors.ts";
import { resolveParams, type Params, type ParamValue } from "../../domain/params.ts";
import type { PreparedRun } from "../runs/prepare-run.ts";
import { trialHasher, triedMarkets } from "../runs/run-hashes.ts";
import { sweep, type SweepRow } from "../runs/sweep.ts";
import { prepareQuestion, runProgram, type BacktestAnswer, type BacktestQuestion } from "./backtest.ts";

/** What to search for. */
export type OptimizeQuestion = Omit<BacktestQuestion, "params"> & {
  /** The values that each parameter may take; a parameter that is left out keeps its default. */
  readonly grid: Readonly<Record<string, readonly ParamValue[]>>;
  readonly maximize?: "sharpe" | "totalReturn";
};

/** What was found. */
export type OptimizeAnswer = {
  /** Every set of parameters that was tried, the best first; those that could not be scored last. */
  readonly rows: readonly SweepRow[];
  /** The whole backtest of the best. Its Sharpe ratio is the best of many: read the deflated one. */
  readonly best: BacktestAnswer;
};

/** Tries every combination that the strategy's own condition allows. Throws `GRID_EMPTY` and what a backtest throws. */
export async function optimizeProgram({
  grid,
  maximize = "sharpe",
  ...question
}: OptimizeQuestion): Promise<OptimizeAnswer> {
  const prepared = await prepareQuestion(question);
  const sets = combinations(prepared, grid);
  if (sets.length === 0) throw emptyGrid(prepared.setup.strategy.name);
  const score = (row: SweepRow): number => row[maximize] ?? -Infinity;
  const rows = sweep(prepared.setup, sets).toSorted((a, b) => score(b) - score(a));
  countAll(prepared, sets);
  const best = await runProgram({ ...question, params: rows[0]!.params });
  return { rows, best };
}

/** Everything that was tried counts when the luck in the best is reckoned, also what was thrown away. */
function countAll(prepared: PreparedRun, sets: readonly PreparedRun["setup"]["params"][]): void {
  const { request, setup } = prepared;
  const hashOf = trialHasher(prepared);
  recordTrials(ledgerPathOf(request.folder), {
    timeMs: request.nowMs,
    runId: "optimize() in a program",
    strategy: setup.strategy.name,
    markets: triedMarkets(prepared),
    trials: sets.map((params) => hashOf(params)),
  });
}

function combinations(
  { setup: { strategy } }: PreparedRun,
  grid: OptimizeQuestion["grid"],
): readonly Readonly<Record<string, ParamValue>>[] {
  const params = strategy.params as Params;
  let sets: readonly Readonly<Record<string, ParamValue>>[] = [{}];
  for (const [name, values] of Object.entries(grid))
    sets = sets.flatMap((set) => values.map((value) => ({ ...set, [name]: value })));
  return sets
    .map((set) => resolveParams(`strategy ${strategy.name}`, params, set))
    .filter((set) => strategy.where === undefined || strategy.where(set));
}

function emptyGrid(name: string): KiwiError {
  return new KiwiError({
    code: "GRID_EMPTY",
    exit: "usage",
    message: `the grid has no parameters that ${name} would run with`,
    why: "a list in it is empty, or the strategy's own condition refuses every combination",
    fix: `kiwi strategy show ${name}   shows the parameters and the condition`,
    topic: "params",
  });
}

import { KiwiError } from "../../base/errors.ts";
import type { ParamValue } from "../../domain/params.ts";
import { layOver, nested, type Merged } from "../config/config-layer.ts";
import { onTriedOf } from "../search/count-tried.ts";
import { herePlace } from "./here-place.ts";
import { planSearch } from "../search/plan-search.ts";
import { spaceOfLists, splitSetting } from "../search/read-space.ts";
import { runSearch } from "../search/run-search.ts";
import { usualFolds, type SearchMethod } from "../search/search-request.ts";
import { ranked, refuseUnranked } from "../search/search-row.ts";
import { ColumnPool } from "../search/shared-columns.ts";
import { prepareQuestion, runProgram, type BacktestAnswer, type BacktestQuestion } from "./backtest.ts";

/** What to search for. */
export type OptimizeQuestion = Omit<BacktestQuestion, "params"> & {
  /** The values that each parameter, or key of the configuration (`"costs.latencyMs"`), may take; others stay as they are. */
  readonly grid: Readonly<Record<string, readonly ParamValue[]>>;
  /** A metric or a formula over several, as `--objective` takes it; `sharpe` where it is left out. */
  readonly maximize?: string;
  /** What a set must hold to be ranked, as `--require` takes it: `trades > 100`. */
  readonly require?: readonly string[];
  /** Every combination where it is left out. */
  readonly method?: SearchMethod;
  /** Trials at most; every combination where it is left out. */
  readonly trials?: number;
  /** Of what is drawn by chance. */
  readonly seed?: number;
};

/** A set of parameters that was tried. */
export type OptimizeRow = {
  readonly params: Readonly<Record<string, ParamValue>>;
  /** Keys of the configuration that varied. */
  readonly settings: Readonly<Record<string, ParamValue>>;
  /** What it is ranked by, larger is better; `null` where it is not ranked, and why. */
  readonly value: number | null;
  readonly why: string | null;
  readonly totalReturn: number | null;
  readonly sharpe: number | null;
  readonly maxDrawdown: number | null;
  readonly trades: number | null;
};

/** What was found. */
export type OptimizeAnswer = {
  /** Every set that was tried on all bars, the best first; those that could not be ranked last. */
  readonly rows: readonly OptimizeRow[];
  /** The whole backtest of the best. Its Sharpe ratio is the best of many: read the deflated one. */
  readonly best: BacktestAnswer;
};

/**
 * The search of `kiwi optimize`, in the thread that asks. Throws `GRID_EMPTY`, `OBJECTIVE_NONE`, what reading a space and an
 * objective throws, and what a backtest throws.
 */
export async function optimizeProgram({
  grid,
  maximize = "sharpe",
  require = [],
  method = "grid",
  trials,
  seed = 1,
  ...question
}: OptimizeQuestion): Promise<OptimizeAnswer> {
  const prepared = await prepareQuestion(question);
  const { setup, request } = prepared;
  if (Object.values(grid).every((values) => values.length === 0)) throw emptyGrid(setup.strategy.name);
  const space = spaceOfLists(grid, setup.strategy, {}, request.config);
  const nothing: readonly string[] = [];
  const command = "optimize() in a program";
  const spoken = { vary: nothing, where: nothing, onlyWhen: nothing, pareto: nothing, command };
  const asked = {
    ...spoken,
    request,
    method,
    trials: trials ?? space.size,
    objective: maximize,
    require,
    folds: usualFolds(method),
    holdout: 0,
    seed,
  };
  const { plan } = planSearch(asked, prepared, space);
  const pool = new ColumnPool(setup, () => {});
  const table = await runSearch(
    plan,
    herePlace(prepared, plan.piece.measuring),
    { folder: request.folder, rows: [], append: () => {} },
    {
      columnsFor: (tasks) => pool.columnsFor(tasks),
      onTried: onTriedOf(prepared, command),
      onDone: () => {},
      onLoss: () => {},
    },
  );
  refuseUnranked(table.rows, plan.objective);
  const rows = ranked(table.rows).map(({ setting, value, why, inSample }): OptimizeRow => {
    const varied = splitSetting(setting, setup.strategy);
    const { totalReturn = null, sharpe = null, maxDrawdown = null, trades = null } = inSample;
    return {
      params: { ...setup.params, ...varied.params },
      settings: varied.settings,
      value,
      why,
      totalReturn,
      sharpe,
      maxDrawdown,
      trades,
    };
  });
  const [{ params, settings }] = rows as [OptimizeRow];
  return { rows, best: await runProgram({ ...question, params, config: withSettings(question, settings) }) };
}

/** The configuration of a question with the keys that varied. */
function withSettings(
  { config }: Pick<BacktestQuestion, "config">,
  settings: OptimizeRow["settings"],
): NonNullable<BacktestQuestion["config"]> {
  const merged: Merged = { values: structuredClone({ ...config }), origins: new Map() };
  for (const [path, value] of Object.entries(settings))
    layOver(merged, {
      values: nested(path.split("."), value),
      originOf: () => ({ kind: "flag", label: path }),
    });
  return merged.values;
}

function emptyGrid(name: string): KiwiError {
  return new KiwiError({
    code: "GRID_EMPTY",
    exit: "usage",
    message: "the grid has no values to try",
    why: "it names no parameter, or all of its lists are empty",
    fix: `kiwi strategy show ${name}   shows the parameters`,
    topic: "params",
  });
}

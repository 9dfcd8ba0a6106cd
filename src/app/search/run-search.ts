import { KiwiError } from "../../base/errors.ts";
import { canonicalJson } from "../../base/hash.ts";
import type { AnyStrategy } from "../../ports/strategy.ts";
import type { Proposal, Proposer, Tried } from "../../search/proposer.ts";
import type { SearchSpace } from "../../search/search-space.ts";
import { partsOf, type Objective } from "./objective.ts";
import { performSafely, type OnLoss, type Place } from "./place.ts";
import { splitSetting } from "./read-space.ts";
import { rowOf, type SearchRow } from "./search-row.ts";
import type { SearchJournal } from "./search-journal.ts";
import type { SharedColumns, TrialOutcome, TrialsRequest, TrialTask } from "./trial.ts";

/** Trials whose table is written at once: what a crash loses at most. */
const batchMax = 256;

/** A search that is ready to run. */
export type SearchPlan = {
  readonly strategy: AnyStrategy;
  readonly space: SearchSpace;
  readonly objective: Objective;
  readonly proposer: Proposer;
  /** Everything that the trials have in common. */
  readonly piece: Omit<TrialsRequest, "tasks" | "columns">;
  /** Parameters that do not vary. */
  readonly params: TrialTask["params"];
  /** Of one trial in so many the returns are kept. */
  readonly returnsEvery: number;
};

/** What a search tells the outside and asks of it. */
export type SearchHooks = {
  readonly columnsFor: (tasks: readonly TrialTask[]) => SharedColumns | undefined;
  /** Called with the settings of trials before their results are used. */
  readonly onTried: (tasks: readonly TrialTask[]) => void;
  readonly onDone: (trials: number) => void;
  readonly onLoss: OnLoss;
};

/** Every trial, in the order of the proposals, and the returns of those of which they were kept. */
export type SearchTable = {
  readonly rows: readonly SearchRow[];
  readonly returns: ReadonlyMap<number, Float64Array>;
  /** Trials that were not gone on with on more bars, and why. */
  readonly stopped: ReadonlyMap<number, string>;
};

/**
 * Runs a search to its end. Rounds are proposed from the table alone, and a trial is a whole run of its own, so the table
 * is the same for any number of workers, anywhere, and for a search that was interrupted and gone on with.
 */
export async function runSearch(
  plan: SearchPlan,
  place: Place,
  journal: SearchJournal,
  hooks: SearchHooks,
): Promise<SearchTable> {
  const rows: SearchRow[] = [];
  const tried: Tried[] = [];
  const returns = new Map<number, Float64Array>();
  for (;;) {
    const round = plan.proposer.next(tried);
    if (round.length === 0)
      return { rows, returns, stopped: plan.proposer.stopped?.(tried) ?? new Map<number, string>() };
    for (let from = 0; from < round.length; from += batchMax) {
      const batch = round.slice(from, from + batchMax);
      const done = await batchOf(plan, place, journal, hooks, { batch, first: rows.length, returns });
      rows.push(...done);
      for (const [k, proposal] of batch.entries()) {
        const { value, folds } = done[k]!;
        tried.push({ ...proposal, value, parts: partsOf(plan.objective, folds) });
      }
      hooks.onDone(rows.length);
    }
  }
}

type Batch = {
  readonly batch: readonly Proposal[];
  readonly first: number;
  readonly returns: Map<number, Float64Array>;
};

async function batchOf(
  plan: SearchPlan,
  place: Place,
  journal: SearchJournal,
  hooks: SearchHooks,
  { batch, first, returns }: Batch,
): Promise<readonly SearchRow[]> {
  const tasks = batch.map((proposal, k) => taskOf(plan, proposal, first + k));
  const known = journal.rows.slice(first, first + batch.length);
  for (const [k, row] of known.entries()) refuseOther(row, plan, batch[k]!);
  const open = tasks.slice(known.length);
  const outcomes = await performAll(plan, place, hooks, open);
  hooks.onTried(open);
  const added = outcomes.map((outcome, k) => {
    if (outcome.kind === "measured" && outcome.returns !== null) returns.set(outcome.index, outcome.returns);
    const proposal = batch[known.length + k]!;
    return rowOf(outcome.index, proposal, plan.space.settingAt(proposal.point), outcome, plan.objective);
  });
  if (added.length > 0) journal.append(added);
  return [...known, ...added];
}

/** The task of a proposal. */
function taskOf(
  { space, strategy, params, returnsEvery }: SearchPlan,
  { point, share }: Proposal,
  index: number,
): TrialTask {
  const varied = splitSetting(space.settingAt(point), strategy);
  return {
    index,
    params: { ...params, ...varied.params },
    settings: varied.settings,
    share,
    wantsReturns: share === 1 && index % returnsEvery === 0,
  };
}

/** The outcomes of tasks, in their order: pieces of neighbours go to whoever is free. */
export async function performAll(
  { piece }: Pick<SearchPlan, "piece">,
  place: Place,
  hooks: Pick<SearchHooks, "columnsFor" | "onLoss">,
  tasks: readonly TrialTask[],
): Promise<readonly TrialOutcome[]> {
  if (tasks.length === 0) return [];
  const columns = hooks.columnsFor(tasks);
  const size = Math.max(1, Math.ceil(tasks.length / place.pieces));
  const pieces = Array.from({ length: Math.ceil(tasks.length / size) }, (_, k) => ({
    ...piece,
    ...(columns === undefined ? {} : { columns }),
    tasks: tasks.slice(k * size, (k + 1) * size),
  }));
  const outcomes = await Promise.all(pieces.map((one) => performSafely(place, one, hooks.onLoss)));
  return outcomes.flat();
}

/** A table that was begun by other code, or with other values, cannot be gone on with. */
function refuseOther(row: SearchRow, { space }: SearchPlan, { point, share }: Proposal): void {
  const setting = space.settingAt(point);
  if (canonicalJson(row.setting) === canonicalJson(setting) && row.share === share) return;
  throw new KiwiError({
    code: "SEARCH_OTHER",
    exit: "data",
    message: `trial ${row.trial} of the table is ${JSON.stringify(row.setting)}; here it would be ${JSON.stringify(setting)}`,
    why: "the strategy, its parameters or Kiwi have changed since, so the search would go another way",
    fix: "begin it anew, without --resume",
    topic: "optimize",
  });
}

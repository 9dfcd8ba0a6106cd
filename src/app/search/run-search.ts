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

/** Trials whose table is written at once: of these and of the next as many a crash may lose what was done. */
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
    const first = rows.length;
    const begin = (from: number): Begun | null =>
      from < round.length
        ? beginBatch(plan, place, journal, hooks, round.slice(from, from + batchMax), first + from)
        : null;
    // The trials of a round do not depend on one another: the workers have the next batch while this one is written down.
    for (let now = begin(0), from = batchMax; now !== null; from += batchMax) {
      const next = begin(from);
      const done = await endBatch(plan, journal, hooks, now, returns);
      rows.push(...done);
      for (const [k, proposal] of now.batch.entries()) {
        const { value, folds } = done[k]!;
        tried.push({ ...proposal, value, parts: partsOf(plan.objective, folds) });
      }
      hooks.onDone(rows.length);
      now = next;
    }
  }
}

/** A batch that is on its way: what the table knows of it already, and the trials that run. */
type Begun = {
  readonly batch: readonly Proposal[];
  readonly known: readonly SearchRow[];
  readonly open: readonly TrialTask[];
  readonly outcomes: Promise<readonly TrialOutcome[]>;
};

function beginBatch(
  plan: SearchPlan,
  place: Place,
  journal: SearchJournal,
  hooks: SearchHooks,
  batch: readonly Proposal[],
  first: number,
): Begun {
  const known = journal.rows.slice(first, first + batch.length);
  for (const [k, row] of known.entries()) refuseOther(row, plan, batch[k]!);
  const open = batch.map((proposal, k) => taskOf(plan, proposal, first + k)).slice(known.length);
  const outcomes = performAll(plan, place, hooks, open);
  // Where the batch before it fails, nobody waits for this one any more.
  outcomes.catch(() => {});
  return { batch, known, open, outcomes };
}

async function endBatch(
  plan: SearchPlan,
  journal: SearchJournal,
  hooks: SearchHooks,
  { batch, known, open, outcomes }: Begun,
  returns: Map<number, Float64Array>,
): Promise<readonly SearchRow[]> {
  const done = await outcomes;
  hooks.onTried(open);
  const added = done.map((outcome, k) => {
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

import { KiwiError } from "../../base/errors.ts";
import { canonicalJson } from "../../base/hash.ts";
import type { AnyStrategy } from "../../ports/strategy.ts";
import type { Proposal, Proposer, Tried } from "../../search/proposer.ts";
import type { SearchSpace } from "../../search/search-space.ts";
import { partsOf, type Objective } from "./objective.ts";
import { performSafely, type AnyPiece, type OnLoss, type Place } from "./place.ts";
import { rowOf, type SearchRow } from "./search-row.ts";
import type { SearchJournal } from "./search-journal.ts";
import type { SharedColumns, TrialOutcome, TrialsRequest, TrialTask } from "./trial.ts";

/** Trials that are handed out together; their pieces are written one after the other. */
const batchMax = 256;

type TaskOf<Piece extends AnyPiece> = Piece["tasks"][number];

/** A search that is ready to run, over strategies or over models. */
export type TrialPlan<Piece extends AnyPiece> = {
  readonly space: SearchSpace;
  readonly objective: Objective;
  readonly proposer: Proposer;
  /** Everything that the trials have in common. */
  readonly piece: Omit<Piece, "tasks" | "columns">;
  /** The task of a proposal. */
  readonly taskOf: (proposal: Proposal, index: number) => TaskOf<Piece>;
};

/** A search over the parameters of a strategy. */
export type SearchPlan = TrialPlan<TrialsRequest> & {
  readonly strategy: AnyStrategy;
  /** Parameters that do not vary. */
  readonly params: TrialTask["params"];
  /** Of one trial in so many the returns are kept. */
  readonly returnsEvery: number;
};

/** What a search tells the outside and asks of it. */
export type SearchHooks<Piece extends AnyPiece = TrialsRequest> = {
  /** Columns that several tasks read; none of models. */
  readonly columnsFor: (tasks: Piece["tasks"]) => SharedColumns | undefined;
  /** Called with the settings of trials before their results are used. */
  readonly onTried: (tasks: Piece["tasks"]) => void;
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
export async function runSearch<Piece extends AnyPiece>(
  plan: TrialPlan<Piece>,
  place: Place<Piece>,
  journal: SearchJournal,
  hooks: SearchHooks<Piece>,
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
      now = next;
    }
  }
}

/** A batch that is on its way: what the table knows of it already, and the trials that run, piece by piece. */
type Begun = {
  readonly batch: readonly Proposal[];
  readonly first: number;
  readonly known: readonly SearchRow[];
  readonly pieces: readonly Promise<readonly TrialOutcome[]>[];
};

function beginBatch<Piece extends AnyPiece>(
  plan: TrialPlan<Piece>,
  place: Place<Piece>,
  journal: SearchJournal,
  hooks: SearchHooks<Piece>,
  batch: readonly Proposal[],
  first: number,
): Begun {
  const known = journal.rows.slice(first, first + batch.length);
  for (const [k, row] of known.entries()) refuseOther(row, plan, batch[k]!);
  const open = batch.map((proposal, k) => plan.taskOf(proposal, first + k)).slice(known.length);
  const pieces = startAll(plan, place, hooks, open);
  // Where a piece before it fails, nobody waits for this one any more.
  for (const piece of pieces) piece.catch(() => {});
  return { batch, first, known, pieces };
}

/** What is done is written so often: the disk takes as long for one line as for many. */
const writeEveryMs = 250;

/**
 * Waits for a batch. Its pieces are performed side by side and written in their order, several at once where they come fast:
 * whoever stops the search loses no more than what was being worked on, and a quarter of a second.
 */
async function endBatch<Piece extends AnyPiece>(
  plan: TrialPlan<Piece>,
  journal: SearchJournal,
  hooks: SearchHooks<Piece>,
  { batch, first, known, pieces }: Begun,
  returns: Map<number, Float64Array>,
): Promise<readonly SearchRow[]> {
  const rows = [...known];
  let done: readonly TrialOutcome[] = [];
  const write = (): void => {
    hooks.onTried(done.map(({ index }) => plan.taskOf(batch[index - first]!, index)));
    const added = done.map((outcome) => {
      if (outcome.kind === "measured" && outcome.returns !== null)
        returns.set(outcome.index, outcome.returns);
      const proposal = batch[outcome.index - first]!;
      return rowOf(outcome.index, proposal, plan.space.settingAt(proposal.point), outcome, plan.objective);
    });
    done = [];
    journal.append(added);
    rows.push(...added);
  };
  hooks.onDone(first + rows.length);
  let writtenMs = performance.now();
  try {
    for (const piece of pieces) {
      done = [...done, ...(await piece)];
      hooks.onDone(first + rows.length + done.length);
      if (performance.now() - writtenMs < writeEveryMs) continue;
      write();
      writtenMs = performance.now();
    }
  } finally {
    // Also what was done before a piece that failed.
    if (done.length > 0) write();
  }
  return rows;
}

/** The outcomes of tasks, in their order: pieces of neighbours go to whoever is free. */
export async function performAll<Piece extends AnyPiece>(
  plan: Pick<TrialPlan<Piece>, "piece">,
  place: Place<Piece>,
  hooks: Pick<SearchHooks<Piece>, "columnsFor" | "onLoss">,
  tasks: Piece["tasks"],
): Promise<readonly TrialOutcome[]> {
  return (await Promise.all(startAll(plan, place, hooks, tasks))).flat();
}

/** Starts all tasks: the outcomes of each piece, in the order of the tasks. */
function startAll<Piece extends AnyPiece>(
  { piece }: Pick<TrialPlan<Piece>, "piece">,
  place: Place<Piece>,
  hooks: Pick<SearchHooks<Piece>, "columnsFor" | "onLoss">,
  tasks: Piece["tasks"],
): readonly Promise<readonly TrialOutcome[]>[] {
  if (tasks.length === 0) return [];
  const columns = hooks.columnsFor(tasks);
  const size = Math.max(1, Math.ceil(tasks.length / place.pieces));
  const pieces = Array.from({ length: Math.ceil(tasks.length / size) }, (_, k) => {
    const whole: unknown = {
      ...piece,
      ...(columns === undefined ? {} : { columns }),
      tasks: tasks.slice(k * size, (k + 1) * size),
    };
    return whole as Piece;
  });
  const started = pieces.map((one) => performSafely(place, one, hooks.onLoss));
  // Whoever waits for the first hears of a failure of the second only afterwards: until then it is nobody's stray.
  for (const one of started) one.catch(() => {});
  return started;
}

/** A table that was begun by other code, or with other values, cannot be gone on with. */
function refuseOther(row: SearchRow, { space }: Pick<SearchPlan, "space">, { point, share }: Proposal): void {
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

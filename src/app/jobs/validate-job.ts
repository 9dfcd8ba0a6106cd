import { basename, relative, resolve } from "node:path";
import { z } from "zod";
import { writeWhole } from "../../adapters/stores/runs/write-whole.ts";
import { countTrials, ledgerPathOf, recordTrials } from "../../adapters/stores/runs/trials-ledger.ts";
import { defineJob, type JobContext } from "../../jobs/job.ts";
import type { Params } from "../../domain/params.ts";
import type { PreparedRun } from "../runs/prepare-run.ts";
import { executeRun } from "../runs/execute-run.ts";
import { readFailConditions, tryFailConditions, type FailOutcome } from "../runs/fail-conditions.ts";
import { trialHasher, triedMarkets } from "../runs/run-hashes.ts";
import { withTrialCount } from "../runs/with-trial-count.ts";
import { judgeSearch } from "../search/judge-search.ts";
import { newSearchFolder } from "../search/count-tried.ts";
import { openPlace } from "../search/open-place.ts";
import { planSearch } from "../search/plan-search.ts";
import { tryNeighbours, type Neighbour } from "../search/try-neighbours.ts";
import { runSearch } from "../search/run-search.ts";
import { beginJournal, type SearchJournal } from "../search/search-journal.ts";
import { searchHooks } from "../search/search-hooks.ts";
import { searchRequestSchema } from "../search/search-request.ts";
import { validate } from "../validation/validation.ts";
import {
  validationDocument,
  validationNames,
  type ValidationDocument,
} from "../validation/validation-document.ts";
import { refuseOnlyWarmup } from "../session/warmup-need.ts";
import { prepareWatched } from "./prepare-watched.ts";

const request = z.strictObject({
  search: searchRequestSchema,
  jobs: z.int().positive(),
  /** Where workers on other machines hear of trials. */
  queue: z.string().optional(),
});
export type ValidateInput = z.output<typeof request>;
export type ValidateOutput = {
  readonly document: ValidationDocument;
  readonly outcomes: readonly FailOutcome[];
};

/** The parameters around: their table, and how much of the best of them is luck. */
type Around = Parameters<typeof validationDocument>[0]["around"] & {
  readonly neighbours: readonly Neighbour[];
};

/** Runs a strategy, and its parameters around, and asks by every means how much of the result is luck. */
async function performValidate(input: ValidateInput, context: JobContext): Promise<ValidateOutput> {
  const { search } = input;
  const conditions = readFailConditions(search.request.config.failIf, validationNames);
  const prepared = await prepareWatched(search.request, context);
  const { setup } = prepared;
  const folder = newSearchFolder(search);
  const journal = beginJournal(folder, { ...search, madeBy: "validate" });
  context.stage("backtest");
  const raw = executeRun(setup, { withBenchmark: false, watch: context.board });
  refuseOnlyWarmup(raw);
  const ledger = ledgerPathOf(search.request.folder);
  const tried = { markets: triedMarkets(prepared), trials: [trialHasher(prepared)(setup.params)] };
  const strategy = setup.strategy.name;
  recordTrials(ledger, { timeMs: search.request.nowMs, runId: basename(folder), strategy, ...tried });
  const around = await tryAround(input, prepared, journal, context);
  const counted = countTrials(ledger, tried);
  const result = { ...raw, metrics: withTrialCount(raw.metrics, counted.count) };
  const validation = validate({
    setup,
    result,
    trials: around === null ? [] : [...around.table.returns.values()],
    seed: search.seed,
    watch: context.board,
    onStage: context.stage,
    onDone: (done, total) => context.board.report(done, total),
  });
  await context.settle();
  context.stage("report");
  const files = { json: resolve(folder, "validation.json"), html: resolve(folder, "report.html") };
  const document = validationDocument({
    asked: search,
    prepared,
    warnings: [...prepared.warnings, ...(around?.warnings ?? []), ...counted.warnings],
    around,
    neighbours: around?.neighbours ?? [],
    metrics: result.metrics,
    fills: result.funnel.fills,
    validation,
    artifacts: Object.fromEntries(
      Object.entries(files).map(([name, path]) => [name, relative(search.request.folder, path)]),
    ),
  });
  writeWhole(files.json, `${JSON.stringify(document, null, 2)}\n`);
  const { validationHtml } = await import("../validation/validation-html.ts");
  writeWhole(files.html, validationHtml(document));
  return { document, outcomes: tryFailConditions(conditions, result.metrics, document.conditions) };
}

/** Tries the parameters around; `null` where nothing varies, or where none of them can be ranked. */
async function tryAround(
  input: ValidateInput,
  prepared: PreparedRun,
  journal: SearchJournal,
  context: JobContext,
): Promise<Around | null> {
  const { search } = input;
  const given = search.request.params;
  const free = Object.entries(prepared.setup.strategy.params as Params).filter(
    ([name, { kind }]) => kind !== "text" && !Object.hasOwn(given, name),
  );
  if (search.vary.length === 0 && free.length === 0) return null;
  const planned = planSearch(search, prepared);
  const plan = { ...planned.plan, returnsEvery: 1 };
  const hooks = searchHooks(input.queue, prepared, journal.folder, planned.trialsMax, context);
  context.stage("trials");
  const place = await openPlace(input, prepared, context.say);
  try {
    const table = await runSearch(plan, place, journal, hooks);
    if (table.rows.every(({ value }) => value === null)) return null;
    const counted = countTrials(ledgerPathOf(search.request.folder), {
      markets: triedMarkets(prepared),
      trials: [],
    });
    const luck = await judgeSearch(plan, place, hooks, table, counted.count);
    const neighbours = await tryNeighbours(plan, place, hooks);
    return {
      id: journal.folder,
      asked: search,
      plan,
      prepared,
      table,
      luck,
      warnings: planned.warnings,
      neighbours,
    };
  } finally {
    await place.close();
  }
}

export default defineJob({ request, perform: performValidate });

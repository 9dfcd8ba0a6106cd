import { relative } from "node:path";
import { z } from "zod";
import { countTrials, ledgerPathOf } from "../../adapters/stores/runs/trials-ledger.ts";
import { defineJob, type JobContext } from "../../jobs/job.ts";
import type { PreparedRun } from "../runs/prepare-run.ts";
import { triedMarkets } from "../runs/run-hashes.ts";
import { ignoredDimensions, judgeSearch } from "../search/judge-search.ts";
import { openPlace } from "../search/open-place.ts";
import { foundSearch, holdSearch } from "../search/begin/open-search.ts";
import type { Place } from "../search/place.ts";
import { planSearch, type PlannedSearch } from "../search/plan-search.ts";
import { runSearch } from "../search/run-search.ts";
import type { SearchJournal } from "../search/search-journal.ts";
import { searchDocument, type SearchDocument } from "../search/search-document.ts";
import { refuseUnranked } from "../search/search-row.ts";
import { searchHooks } from "../search/search-hooks.ts";
import { searchRequestSchema, type SearchRequest } from "../search/search-request.ts";
import { trySettings } from "../search/begin/try-settings.ts";
import { writeSearch } from "../search/write-search.ts";
import { prepareWatched } from "./prepare-watched.ts";

const request = z.strictObject({
  /** A new search, or the folder and the name of one to go on with. */
  search: z.union([searchRequestSchema, z.strictObject({ folder: z.string(), resume: z.string() })]),
  /** Threads; with a queue, pieces that are on their way at the same time. */
  jobs: z.int().positive(),
  /** Where workers on other machines hear of trials. */
  queue: z.string().optional(),
  trialSeconds: z.number().positive().optional(),
  formats: z.array(z.string()).readonly(),
});
export type OptimizeInput = z.output<typeof request>;

/** Searches, writes the table as it goes, and says how much of the best is luck. */
async function performOptimize(input: OptimizeInput, context: JobContext): Promise<SearchDocument> {
  const found = foundSearch(input.search);
  const prepared = await prepareWatched(found.asked.request, context);
  const planned = planSearch(found.asked, prepared);
  trySettings(planned.plan.space, prepared);
  const { journal, release } = holdSearch(found, prepared);
  try {
    const place = await openPlace(input, prepared, context.say);
    try {
      return await searchAt(place, input, { asked: found.asked, prepared, planned, journal, context });
    } finally {
      await place.close();
    }
  } finally {
    release();
  }
}

type Opened = {
  readonly asked: SearchRequest;
  readonly prepared: PreparedRun;
  readonly planned: PlannedSearch;
  readonly journal: SearchJournal;
  readonly context: JobContext;
};

async function searchAt(place: Place, { queue, formats }: OptimizeInput, opened: Opened) {
  const { asked, prepared, planned, journal, context } = opened;
  const { plan, trialsMax, warnings } = planned;
  const hooks = searchHooks(queue, prepared, journal.folder, trialsMax, context);
  context.stage("trials");
  const table = await runSearch(plan, place, journal, hooks);
  context.stage("luck");
  const markets = triedMarkets(prepared);
  const counted = countTrials(ledgerPathOf(asked.request.folder), { markets, trials: [] });
  refuseUnranked(table.rows, plan.objective);
  const luck = await judgeSearch(plan, place, hooks, table, counted.count);
  const ignored = await ignoredDimensions(plan, place, hooks, table);
  const document = searchDocument({
    id: journal.folder,
    asked,
    plan,
    prepared,
    table,
    luck,
    warnings: [...prepared.warnings, ...warnings, ...counted.warnings, ...ignored.map(ignoredText)],
  });
  context.stage("report");
  const artifacts = await writeSearch(journal.folder, document, table, plan, formats);
  const shown = Object.fromEntries(
    Object.entries(artifacts).map(([name, path]) => [name, relative(asked.request.folder, path)]),
  );
  return { ...document, artifacts: shown };
}

function ignoredText(name: string): string {
  return `${name} changed nothing about the first or the best trial: the strategy may not use it, and every value of it multiplies the trials for nothing`;
}

export default defineJob({ request, perform: performOptimize });

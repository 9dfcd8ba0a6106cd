import { relative } from "node:path";
import { z } from "zod";
import { countTrials, ledgerPathOf } from "../../adapters/stores/runs/trials-ledger.ts";
import { KiwiError } from "../../base/errors.ts";
import { defineJob, type JobContext } from "../../jobs/job.ts";
import { triedMarkets } from "../runs/run-hashes.ts";
import { newSearchFolder } from "../search/count-tried.ts";
import { ignoredDimensions, judgeSearch } from "../search/judge-search.ts";
import { openPlace } from "../search/open-place.ts";
import { planSearch } from "../search/plan-search.ts";
import { runSearch, type SearchPlan, type SearchTable } from "../search/run-search.ts";
import {
  beginJournal,
  findSearch,
  openJournal,
  readSearchRequest,
  type SearchJournal,
} from "../search/search-journal.ts";
import { searchDocument, type SearchDocument } from "../search/search-document.ts";
import { searchHooks } from "../search/search-hooks.ts";
import { searchRequestSchema, type SearchRequest } from "../search/search-request.ts";
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
  const { asked, journal } = openSearch(input);
  const prepared = await prepareWatched(asked.request, context);
  const { plan, trialsMax, warnings } = planSearch(asked, prepared);
  const opened = journal ?? beginJournal(newSearchFolder(asked), { ...asked });
  const place = await openPlace(input, prepared, context.say);
  const hooks = searchHooks(input.queue, prepared, opened.folder, trialsMax, context);
  try {
    context.stage("trials");
    const table = await runSearch(plan, place, opened, hooks);
    context.stage("luck");
    const markets = triedMarkets(prepared);
    const counted = countTrials(ledgerPathOf(asked.request.folder), { markets, trials: [] });
    refuseNothing(table, plan);
    const luck = await judgeSearch(plan, place, hooks, table, counted.count);
    const ignored = await ignoredDimensions(plan, place, hooks, table);
    const document = searchDocument({
      id: opened.folder,
      asked,
      plan,
      prepared,
      table,
      luck,
      warnings: [...prepared.warnings, ...warnings, ...counted.warnings, ...ignored.map(ignoredText)],
    });
    context.stage("report");
    const artifacts = await writeSearch(opened.folder, document, table, plan, input.formats);
    const shown = Object.fromEntries(
      Object.entries(artifacts).map(([name, path]) => [name, relative(asked.request.folder, path)]),
    );
    return { ...document, artifacts: shown };
  } finally {
    await place.close();
  }
}

function openSearch({ search }: OptimizeInput): {
  readonly asked: SearchRequest;
  readonly journal: SearchJournal | null;
} {
  if (!("resume" in search)) return { asked: search, journal: null };
  const folder = findSearch(search.folder, search.resume);
  return { asked: searchRequestSchema.parse(readSearchRequest(folder)), journal: openJournal(folder) };
}

/** Throws `OBJECTIVE_NONE` where no trial can be ranked, with the reasons by how often they were met. */
function refuseNothing({ rows }: SearchTable, { objective }: SearchPlan): void {
  if (rows.some(({ value }) => value !== null)) return;
  const reasons = new Map<string, number>();
  for (const { why } of rows) {
    const reason = why ?? `${objective.formula.text} is not available (too few periods or trades)`;
    reasons.set(reason, (reasons.get(reason) ?? 0) + 1);
  }
  const common = [...reasons].sort((a, b) => b[1] - a[1]).slice(0, 3);
  throw new KiwiError({
    code: "OBJECTIVE_NONE",
    exit: "data",
    message: `none of ${rows.length} trials can be ranked by ${objective.formula.text}`,
    why: common.map(([reason, count]) => `${count}: ${reason}`).join("; "),
    fix: "loosen --require, take more data, or another --objective; the table of trials is kept",
    topic: "optimize",
  });
}

function ignoredText(name: string): string {
  return `${name} changed nothing about the first or the best trial: the strategy may not use it, and every value of it multiplies the trials for nothing`;
}

export default defineJob({ request, perform: performOptimize });

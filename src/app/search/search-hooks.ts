import { relative } from "node:path";
import type { JobContext } from "../../jobs/job.ts";
import type { PreparedRun } from "../runs/prepare-run.ts";
import { onTriedOf } from "./count-tried.ts";
import type { SearchHooks } from "./run-search.ts";
import { searchesFolder } from "./search-journal.ts";
import { ColumnPool } from "./shared-columns.ts";

/** What a job hears of its search: trials are counted, progress is shown, and columns are shared by threads of this process. */
export function searchHooks(
  queue: string | undefined,
  prepared: PreparedRun,
  searchFolder: string,
  trialsMax: number,
  { board, say }: JobContext,
): SearchHooks {
  const pool = new ColumnPool(prepared.setup, say);
  return {
    // What is on another machine shares no memory.
    columnsFor: (tasks) => (queue === undefined ? pool.columnsFor(tasks) : undefined),
    onTried: onTriedOf(prepared, relative(searchesFolder(prepared.request.folder), searchFolder)),
    onDone: (done) => board.report(done, trialsMax),
    onLoss: say,
  };
}

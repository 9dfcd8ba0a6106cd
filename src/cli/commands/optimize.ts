import { availableParallelism } from "node:os";
import { jobs } from "../../app/jobs/job-table.ts";
import { shownCommand } from "../../app/jobs/shown-command.ts";
import {
  searchMethods,
  usualFolds,
  type SearchMethod,
  type SearchRequest,
} from "../../app/search/search-request.ts";
import type { OptimizeInput } from "../../app/jobs/optimize-job.ts";
import { newestSearch } from "../../app/search/search-journal.ts";
import type { SearchDocument } from "../../app/search/search-document.ts";
import { interruptedExit } from "../interrupt.ts";
import { didYouMean } from "../../base/nearest.ts";
import { exitCodes, KiwiError } from "../../base/errors.ts";
import type { CommonFlags, ProgressFlags } from "../declare/common-flags.ts";
import { invalidFlag } from "../flags/flag-errors.ts";
import { searchFlags } from "../flags/search-flags.ts";
import { searchText } from "../output/search-text.ts";
import type { Shell } from "../shell.ts";
import { queueUrl, type QueueFlags } from "../flags/queue-url.ts";
import { stoppable } from "./stoppable.ts";
import { runRequestOf, type RequestFlags } from "./run-request.ts";
import { withProgress } from "./with-progress.ts";

/** What varies, as typed. */
export type SpaceFlags = {
  readonly vary?: readonly string[];
  readonly where?: readonly string[];
  readonly onlyWhen?: readonly string[];
};

export type OptimizeFlags = CommonFlags &
  ProgressFlags &
  RequestFlags &
  QueueFlags &
  SpaceFlags & {
    readonly method?: string;
    readonly objective?: string;
    readonly require?: readonly string[];
    readonly pareto?: readonly string[];
    readonly trials?: number;
    readonly folds?: number;
    readonly holdout?: number;
    readonly jobs?: number;
    readonly trialSeconds?: number;
    readonly resume?: string;
    readonly format?: readonly string[];
  };

const formats = ["html", "csv", "parquet"];
/** Of a search that is not told how many: a grid of them is still looked through in seconds. */
const usualTrials = 1_000;
/** Share of the time in which the best is seen for the first time. */
const usualHoldout = 0.25;

/** `kiwi optimize`: searches, prints the best trials and how much of them is luck. */
export async function optimizeCommand(
  shell: Shell,
  strategy: string | undefined,
  flags: OptimizeFlags,
): Promise<number> {
  const wanted = flags.format ?? ["html", "csv"];
  for (const format of wanted)
    if (!formats.includes(format)) throw invalidFlag("--format", format, formats.join(", "));
  const search =
    flags.resume === undefined
      ? await searchOf(shell, strategy, flags)
      : { folder: shell.folder, resume: resumable(flags.resume, strategy, flags) };
  const queue = queueUrl(shell, flags);
  const document = await searched(shell, flags, {
    search,
    jobs: wholeNumber("--jobs", flags.jobs ?? availableParallelism(), 1),
    formats: wanted,
    ...(queue === undefined ? {} : { queue }),
    ...(flags.trialSeconds === undefined
      ? {}
      : { trialSeconds: positive("--trial-seconds", flags.trialSeconds) }),
  });
  if (document === null) return interruptedExit;
  if (flags.json === true) shell.out(JSON.stringify(document));
  else shell.out(searchText(document));
  if (flags.quiet !== true) for (const warning of document.warnings) shell.err(`warning ${warning}`);
  return exitCodes.ok;
}

/** What a search found; null where Ctrl-C ended it: then it has been said how to go on. */
async function searched(
  shell: Shell,
  flags: OptimizeFlags,
  input: OptimizeInput,
): Promise<SearchDocument | null> {
  const before = newestSearch(shell.folder);
  return stoppable(
    shell,
    (signal) => withProgress(shell, flags, jobs.optimize, input, { signal }),
    () => {
      const newest = newestSearch(shell.folder);
      const id = "resume" in input.search ? input.search.resume : newest === before ? null : newest;
      return id === null
        ? "stopped before the first trial"
        : `stopped; the trials that were done are kept. To go on:  kiwi optimize --resume ${id}`;
    },
  );
}

/** Flags that say where and how trials run, and what is shown of them: none of these changes the table. */
const ofAnySearch = new Set(
  "resume jobs queue redis trialSeconds format json quiet verbose color progress".split(" "),
);

/** What is gone on with was asked for before: nothing of it can be said anew. */
function resumable(name: string, strategy: string | undefined, flags: OptimizeFlags): string {
  const other = Object.keys(flags).find((flag) => !ofAnySearch.has(flag));
  if (other === undefined && strategy === undefined) return name;
  const said = other === undefined ? strategy! : `--${flagText(other)}`;
  throw new KiwiError({
    code: "FLAG_INVALID",
    exit: "usage",
    message: `--resume goes on with a search as it was asked for: ${said} cannot be said again`,
    why: "half of its table would be of other trials than the rest",
    fix: `kiwi optimize --resume ${name}  (beside it: --jobs, --queue, --trial-seconds, --format)`,
    topic: "optimize",
  });
}

function flagText(name: string): string {
  return name.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}

async function searchOf(
  shell: Shell,
  strategy: string | undefined,
  flags: OptimizeFlags,
): Promise<SearchRequest> {
  const request = await runRequestOf(shell, searchFlags, strategy, flags);
  const trials = wholeNumber("--trials", flags.trials ?? usualTrials, 1);
  const holdout = flags.holdout ?? usualHoldout;
  if (!(holdout >= 0 && holdout <= 0.9))
    throw invalidFlag("--holdout", String(holdout), "a share from 0 to 0.9");
  const method = methodOf(flags.method ?? "grid");
  const folds = wholeNumber("--folds", flags.folds ?? usualFolds(method), 1);
  if (folds > 50) throw invalidFlag("--folds", String(folds), "a whole number from 1 to 50");
  return {
    request,
    method,
    trials,
    vary: flags.vary ?? [],
    where: flags.where ?? [],
    onlyWhen: flags.onlyWhen ?? [],
    objective: flags.objective ?? "sharpe",
    require: flags.require ?? [],
    pareto: flags.pareto ?? [],
    folds,
    holdout,
    seed: request.config.seed,
    command: shownCommand(shell.args),
  };
}

function methodOf(text: string): SearchMethod {
  const found = searchMethods.find((method) => method === text);
  if (found !== undefined) return found;
  throw new KiwiError({
    code: "FLAG_INVALID",
    exit: "usage",
    message: `--method cannot be "${text}"`,
    why: `the methods are ${searchMethods.join(", ")}`,
    fix: didYouMean(text, searchMethods, (near) => `--method ${near}`),
    topic: "optimize",
  });
}

/** A whole number from `min` up. Throws `FLAG_INVALID`. */
export function wholeNumber(flag: string, value: number, min: number): number {
  if (Number.isInteger(value) && value >= min) return value;
  throw invalidFlag(flag, String(value), `a whole number from ${min} up`);
}

function positive(flag: string, value: number): number {
  if (value > 0 && Number.isFinite(value)) return value;
  throw invalidFlag(flag, String(value), "a number above 0");
}

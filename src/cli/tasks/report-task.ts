import { join, relative } from "node:path";
import { closest } from "fastest-levenshtein";
import type { RunManifest } from "../../adapters/stores/runs/run-manifest.ts";
import { makeFolder } from "../../adapters/stores/runs/make-folder.ts";
import { writeWhole } from "../../adapters/stores/runs/write-whole.ts";
import { tradesCsv } from "../../analysis/report/trades-csv.ts";
import { countTrials } from "../../adapters/stores/runs/trials-ledger.ts";
import { finishRun, type FinishedRun } from "../../app/runs/finish-run.ts";
import { KiwiError } from "../../base/errors.ts";
import { readFailConditions, tryFailConditions } from "../flags/fail-conditions.ts";
import type { TaskContext } from "../worker/task-context.ts";
import { shownCommand } from "./backtest-task.ts";
import { prepareWatched } from "./prepare-watched.ts";
import { changesSince, requestOf } from "./run-again.ts";
import { artifactFiles, runDocument } from "./run-document.ts";
import { htmlOf, ledgerPathOf } from "./store-run.ts";

export type ReportTaskInput = {
  readonly manifest: RunManifest;
  readonly formats: readonly string[];
  readonly out: string;
  /** The folder that the person is in. */
  readonly workFolder: string;
};
export type ReportTaskOutput = {
  readonly paths: Readonly<Record<string, string>>;
  readonly changes: readonly string[];
};

const writers: Readonly<
  Record<string, (finished: FinishedRun, failIf: readonly string[]) => Promise<string>>
> = {
  html: htmlOf,
  csv: async ({ input }) => tradesCsv(input),
  json: async ({ input, result }, failIf) =>
    `${JSON.stringify(runDocument(input, tryFailConditions(readFailConditions(failIf), result.metrics), {}), null, 2)}\n`,
};

/** Runs a stored run again and writes its report in the formats asked for. */
export async function reportTask(input: ReportTaskInput, context: TaskContext): Promise<ReportTaskOutput> {
  const { manifest, formats, out, workFolder } = input;
  for (const format of formats) if (!Object.hasOwn(writers, format)) throw unknownFormat(format);
  const startedMs = performance.now();
  const request = requestOf(manifest);
  const prepared = await prepareWatched(request, context);
  context.board.watch(true);
  const finished = finishRun(prepared, {
    runId: manifest.runId,
    command: shownCommand(manifest.command),
    countTrials: (trial) => countTrials(ledgerPathOf(request.folder), trial),
    startedMs,
    nowMs: () => performance.now(),
    onBar: context.board.beat,
    onStage: context.stage,
  });
  context.board.watch(false);
  context.stage("report");
  const paths: Record<string, string> = {};
  makeFolder(out);
  for (const format of formats) {
    const path = join(out, artifactFiles[format as keyof typeof artifactFiles]);
    writeWhole(path, await writers[format]!(finished, request.config.failIf));
    paths[format] = relative(workFolder, path);
  }
  const isSame = finished.hash.decisions === manifest.hash.decisions;
  const changes = changesSince(manifest, prepared);
  return { paths, changes: isSame ? changes : [...changes, "the run decides otherwise than it did"] };
}

function unknownFormat(format: string): KiwiError {
  const known = Object.keys(writers);
  return new KiwiError({
    code: "FORMAT_UNKNOWN",
    exit: "usage",
    message: `there is no report format "${format}"`,
    why: `the formats are ${known.join(", ")}`,
    fix: `did you mean --format ${closest(format, known)}?`,
    topic: "runs",
  });
}

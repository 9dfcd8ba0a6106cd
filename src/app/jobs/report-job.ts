import { z } from "zod";
import { join, relative } from "node:path";
import { didYouMean } from "../../base/nearest.ts";
import { makeFolder } from "../../adapters/stores/runs/make-folder.ts";
import { writeWhole } from "../../adapters/stores/runs/write-whole.ts";
import { renderMarkdown } from "../../analysis/report/render-markdown.ts";
import { fillsCsv, lotsCsv } from "../../analysis/report/tax-csv.ts";
import { tradesCsv } from "../../analysis/report/trades-csv.ts";
import { countTrials, ledgerPathOf } from "../../adapters/stores/runs/trials-ledger.ts";
import { finishRun, type FinishedRun } from "../runs/finish-run.ts";
import { KiwiError } from "../../base/errors.ts";
import { readFailConditions, tryFailConditions } from "../runs/fail-conditions.ts";
import { defineJob, type JobContext } from "../../jobs/job.ts";
import { runManifestSchema } from "./request-schemas.ts";
import { prepareWatched } from "./prepare-watched.ts";
import { changesSince, requestOf } from "./run-again.ts";
import { artifactFiles, runDocument } from "./run-document.ts";
import { shownCommand } from "./shown-command.ts";
import { htmlOf } from "./store-run.ts";

const request = z.strictObject({
  manifest: runManifestSchema,
  formats: z.array(z.string()).readonly(),
  out: z.string(),
  /** The folder that the person is in. */
  workFolder: z.string(),
});
export type ReportInput = z.output<typeof request>;
export type ReportOutput = {
  readonly paths: Readonly<Record<string, string>>;
  readonly changes: readonly string[];
};

const writers: Readonly<
  Record<string, (finished: FinishedRun, failIf: readonly string[]) => Promise<string>>
> = {
  html: htmlOf,
  md: async ({ input }) => renderMarkdown(input),
  csv: async ({ input }) => tradesCsv(input),
  fills: async ({ input }) => fillsCsv(input),
  lots: async ({ input }) => lotsCsv(input),
  json: async ({ input, result }, failIf) =>
    `${JSON.stringify(runDocument(input, tryFailConditions(readFailConditions(failIf), result.metrics), {}), null, 2)}\n`,
};

/** Runs a stored run again and writes its report in the formats asked for. */
async function performReport(input: ReportInput, context: JobContext): Promise<ReportOutput> {
  const { manifest, formats, out, workFolder } = input;
  for (const format of formats) if (!Object.hasOwn(writers, format)) throw unknownFormat(format);
  const startedMs = performance.now();
  const request = requestOf(manifest);
  const prepared = await prepareWatched(request, context);
  const total = Math.max(...prepared.setup.bars.map(({ length }) => length));
  const finished = finishRun(prepared, {
    runId: manifest.runId,
    command: shownCommand(manifest.command),
    countTrials: (trial) => countTrials(ledgerPathOf(request.folder), trial),
    startedMs,
    nowMs: () => performance.now(),
    watch: context.board,
    onProgress: (done) => context.board.report(Math.min(done, total), total),
    onStage: context.stage,
    onRuns: (done, all) => context.board.report(done, all),
  });
  await context.settle();
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
    fix: didYouMean(format, known, (name) => `--format ${name}`),
    topic: "runs",
  });
}

export default defineJob({ request, perform: performReport });

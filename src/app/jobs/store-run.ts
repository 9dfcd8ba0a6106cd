import { join, relative, resolve } from "node:path";
import type { RunManifest } from "../../adapters/stores/runs/run-manifest.ts";
import { saveRun } from "../../adapters/stores/runs/run-store.ts";
import { ledgerPathOf, recordTrials } from "../../adapters/stores/runs/trials-ledger.ts";
import { tradesCsv } from "../../analysis/report/trades-csv.ts";
import { KiwiError } from "../../base/errors.ts";
import { withoutPasswords } from "../../base/open-password.ts";
import { fileHash } from "../plugins/code-identity.ts";
import type { FinishedRun } from "../runs/finish-run.ts";
import type { PreparedRun } from "../runs/prepare-run.ts";
import type { FailOutcome } from "../runs/fail-conditions.ts";
import { artifactFiles, runDocument, type RunDocument } from "./run-document.ts";

/** A run that was kept. */
export type StoredOutcome = {
  readonly document: RunDocument;
  /** What could not be done and does no harm to the result. */
  readonly warnings: readonly string[];
};

/** Keeps a finished run: manifest, result and what else was asked for. Throws `DISK_FULL` or `NOT_WRITABLE`. */
export async function storeRun(
  prepared: PreparedRun,
  finished: FinishedRun,
  outcomes: readonly FailOutcome[],
  command: readonly string[],
): Promise<StoredOutcome> {
  const { request } = prepared;
  const { input } = finished;
  const root = resolve(request.folder, request.config.out);
  const { report } = request.config;
  const wanted = [
    "manifest",
    "json",
    ...report.filter((name) => name !== "json"),
  ] as (keyof typeof artifactFiles)[];
  const folder = join(root, input.meta.runId);
  const artifacts = Object.fromEntries(
    wanted.map((name) => [name, relative(request.folder, join(folder, artifactFiles[name]))]),
  );
  const document = runDocument(input, outcomes, artifacts);
  const manifest = manifestOf(prepared, finished, command);
  const files: Record<string, string> = {
    [artifactFiles.manifest]: jsonText(manifest),
    [artifactFiles.json]: jsonText(document),
  };
  if (report.includes("csv")) files[artifactFiles.csv] = tradesCsv(input);
  if (report.includes("html")) files[artifactFiles.html] = await htmlOf(finished);
  const warnings = countTrial(prepared, finished);
  saveRun(root, input.meta.runId, files);
  return { document, warnings };
}

/** The report of a run as one HTML file. */
export async function htmlOf({ input }: FinishedRun): Promise<string> {
  const { renderHtml } = await import("../../analysis/report/render-html.ts");
  return renderHtml(input);
}

function countTrial({ request, setup }: PreparedRun, { input, tried }: FinishedRun): readonly string[] {
  try {
    recordTrials(ledgerPathOf(request.folder), {
      timeMs: request.nowMs,
      runId: input.meta.runId,
      strategy: setup.strategy.name,
      ...tried,
    });
    return [];
  } catch (error) {
    if (error instanceof KiwiError && error.parts.code === "LEDGER_EDITED") throw error;
    return [`this run is not counted among the trials on its data: ${(error as Error).message}`];
  }
}

function manifestOf(
  prepared: PreparedRun,
  { input, hash }: FinishedRun,
  command: readonly string[],
): RunManifest {
  const { request, found, loaded, detail, news, setup } = prepared;
  return {
    schema: "run@1",
    runId: input.meta.runId,
    createdMs: request.nowMs,
    command: command.map(withoutPasswords),
    kiwiVersion: input.meta.kiwiVersion,
    nodeVersion: input.meta.nodeVersion,
    folder: request.folder,
    strategy: request.strategy,
    strategyName: setup.strategy.name,
    strategySha256: found.file === null ? null : fileHash(found.file),
    params: setup.params,
    config: request.config,
    sources: [...loaded.sources, ...detail].map(({ path, sha256, bars, stored }) => ({
      path,
      sha256,
      symbol: bars.symbol,
      timeframe: bars.timeframe,
      rows: bars.length,
      ...(stored === undefined ? {} : { stored }),
    })),
    ...(news.length === 0 ? {} : { news }),
    nowMs: request.nowMs,
    dataKind: loaded.dataKind,
    seed: request.config.seed,
    hash,
  };
}

/** JSON for people. Numbers that it cannot write are left out, and have their defaults when it is read again. */
function jsonText(value: unknown): string {
  const text = JSON.stringify(
    value,
    (_key, inner: unknown) => (typeof inner === "number" && !Number.isFinite(inner) ? undefined : inner),
    2,
  );
  return `${text}\n`;
}

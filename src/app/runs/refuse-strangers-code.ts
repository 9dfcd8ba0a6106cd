import { existsSync, realpathSync } from "node:fs";
import { relative, resolve, sep } from "node:path";
import type { RunManifest } from "../../adapters/stores/runs/run-manifest.ts";
import { hasTrial, ledgerPathOf } from "../../adapters/stores/runs/trials-ledger.ts";
import { KiwiError } from "../../base/errors.ts";
import { strategies } from "../plugins/registry.ts";

/** Where a person stands, and where the run was found. */
export type RunPlace = {
  readonly folder: string;
  readonly runFolder: string;
  /** The person has looked at the code and says so. */
  readonly isTrusted: boolean;
};

/**
 * Running a stored run again runs the strategy and plug-in files that its manifest names, and a manifest may come from
 * anybody. They are run unasked where this folder made the run itself: its ledger knows it, and the files
 * did not come with the run. Throws `RUN_NOT_YOURS`.
 */
export function refuseStrangersCode(manifest: RunManifest, place: RunPlace): void {
  const files = codeFilesOf(manifest);
  if (files.length === 0 || place.isTrusted) return;
  const why = reasonAgainst(manifest, files, place);
  if (why === null) return;
  throw new KiwiError({
    code: "RUN_NOT_YOURS",
    exit: "safety",
    message: `the run ${manifest.runId} has code of its own, and it was not made here`,
    why,
    fix: `read ${files.join(", ")}; if you would run it yourself, add --trust`,
    topic: "runs",
  });
}

function codeFilesOf({ folder, strategy, config }: RunManifest): readonly string[] {
  const plugins = (Array.isArray(config["plugins"]) ? config["plugins"] : []).map(String);
  const isBuiltIn = strategies.some(({ name }) => name === strategy);
  return [...(isBuiltIn ? [] : [strategy]), ...plugins].map((path) => resolve(folder, path));
}

function reasonAgainst(
  { folder, runId }: RunManifest,
  files: readonly string[],
  place: RunPlace,
): string | null {
  const here = real(place.folder);
  if (real(folder) !== here) return `it says that it was made in ${folder}`;
  if (!hasTrial(ledgerPathOf(here), runId)) return "the ledger of this folder does not know it";
  const foreign = files.find((file) => isInside(place.runFolder, file));
  return foreign === undefined ? null : `${foreign} came with the run`;
}

function real(path: string): string {
  return existsSync(path) ? realpathSync(path) : resolve(path);
}

function isInside(folder: string, file: string): boolean {
  const way = relative(real(folder), real(file));
  return way !== "" && way !== ".." && !way.startsWith(`..${sep}`) && resolve(way) !== way;
}

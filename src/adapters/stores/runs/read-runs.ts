import { readdir, readFile } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { didYouMean } from "../../../base/nearest.ts";
import { KiwiError } from "../../../base/errors.ts";
import { checksumOf } from "../../../base/hash.ts";
import type { RunManifest } from "./run-manifest.ts";
import { shellWord } from "../../../base/shell-word.ts";

/** A run in the store. */
export type StoredRun = {
  readonly folder: string;
  readonly manifest: RunManifest;
  /** `result.json` as it was written. */
  readonly result: Readonly<Record<string, unknown>>;
};

/** The ids of all runs of a store, oldest first. */
export async function runIds(root: string): Promise<readonly string[]> {
  const names = await readdir(root, { withFileTypes: true }).catch(() => []);
  return names
    .filter((entry) => (entry.isDirectory() || entry.isSymbolicLink()) && !entry.name.startsWith("."))
    .map((entry) => entry.name)
    .sort();
}

/**
 * Finds a run by its id, the beginning or end of one, `last`, or the path of its folder.
 * Throws `RUN_UNKNOWN`, `RUN_AMBIGUOUS` or `RUN_DAMAGED`.
 */
export async function readRun(root: string, name: string): Promise<StoredRun> {
  if (/[\\/]/.test(name)) return readFolder(dirname(name), basename(name));
  return readFolder(root, await runIdNamed(root, name));
}

/** The id that is meant by an id, the beginning or end of one, or `last`. Throws `RUN_UNKNOWN` and `RUN_AMBIGUOUS`. */
export async function runIdNamed(root: string, name: string, listIds = runIds): Promise<string> {
  const ids = await listIds(root);
  const last = ids.at(-1);
  if (name === "last" && last !== undefined) return last;
  if (ids.includes(name)) return name;
  const found = ids.filter((id) => id.startsWith(name) || id.endsWith(name));
  if (found.length === 1) return found[0]!;
  throw found.length === 0 ? unknownRun(root, name, ids) : ambiguousRun(name, found);
}

async function readFolder(root: string, runId: string): Promise<StoredRun> {
  const folder = join(root, runId);
  const [manifest, result] = await Promise.all([
    readJson(folder, "manifest.json"),
    readJson(folder, "result.json"),
  ]);
  if (manifest["schema"] !== "run@1") throw damaged(folder, "its manifest is of another version");
  const { sha256 } = result;
  if (sha256 !== undefined && sha256 !== checksumOf(result))
    throw damaged(folder, "result.json is not as it was written: its checksum is another");
  return { folder, manifest: manifest as unknown as RunManifest, result };
}

async function readJson(folder: string, name: string): Promise<Record<string, unknown>> {
  try {
    return JSON.parse(await readFile(join(folder, name), "utf8")) as Record<string, unknown>;
  } catch (cause) {
    throw damaged(folder, `${name}: ${(cause as Error).message}`);
  }
}

function damaged(folder: string, why: string): KiwiError {
  return new KiwiError({
    code: "RUN_DAMAGED",
    exit: "data",
    message: `the run in ${folder} cannot be read`,
    why,
    fix: `run the backtest again, and remove this one: kiwi runs rm ${shellWord(basename(folder))}`,
    topic: "runs",
  });
}

function unknownRun(root: string, name: string, ids: readonly string[]): KiwiError {
  const isEmpty = ids.length === 0;
  return new KiwiError({
    code: "RUN_UNKNOWN",
    exit: "usage",
    message: `there is no run ${name}`,
    why: isEmpty ? `${root} holds no runs` : `${root} holds ${ids.length} runs`,
    fix: isEmpty
      ? "make one: kiwi backtest sma-cross --data FILE"
      : didYouMean(name, ids, undefined, "kiwi runs list shows all; last is the newest"),
    topic: "runs",
  });
}

function ambiguousRun(name: string, found: readonly string[]): KiwiError {
  return new KiwiError({
    code: "RUN_AMBIGUOUS",
    exit: "usage",
    message: `${found.length} runs begin or end with ${name}`,
    why: found.slice(0, 4).join(", "),
    fix: `write more of it: ${found.at(-1)!}`,
    topic: "runs",
  });
}

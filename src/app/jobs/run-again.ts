import { parseOnce } from "../../base/parse-once.ts";
import { codeHash } from "../plugins/code-identity.ts";
import { kiwiConfigSchema } from "../config/config-schema.ts";
import type { PreparedRun } from "../runs/prepare-run.ts";
import { configHash, readHash } from "../runs/run-hashes.ts";
import type { RunRequest } from "../runs/run-request.ts";
import type { RunManifest } from "../../adapters/stores/runs/run-manifest.ts";

/** The request that a stored run came from. */
export function requestOf(manifest: RunManifest): RunRequest {
  const { folder, strategy, params, config, nowMs } = manifest;
  return { folder, strategy, params, config: kiwiConfigSchema.parse(config, parseOnce), nowMs };
}

/** What is not as it was when the run was made; empty when nothing has changed. */
export function changesSince(manifest: RunManifest, prepared: PreparedRun): readonly string[] {
  const { setup, found, request } = prepared;
  const changes: (string | false)[] = [
    readHash(prepared) !== manifest.hash.data && "the data have changed since the run",
    configHash(setup, setup.params, request.config.seed) !== manifest.hash.config &&
      "the defaults of some settings have changed since the run",
    codeHash(found.ownFiles) !== manifest.hash.code &&
      "the code of the strategy or of Kiwi has changed since the run",
  ];
  return changes.filter((change) => change !== false);
}

import { resolve } from "node:path";
import { freeRunId } from "../../adapters/stores/runs/run-store.ts";
import { ledgerPathOf, recordTrials } from "../../adapters/stores/runs/trials-ledger.ts";
import { sha256 } from "../../base/hash.ts";
import { runConfigOf } from "../config/config-schema.ts";
import type { PreparedRun } from "../runs/prepare-run.ts";
import { trialHasher, triedMarkets } from "../runs/run-hashes.ts";
import { configAt } from "./config-at.ts";
import type { SearchHooks } from "./run-search.ts";
import { searchesFolder } from "./search-journal.ts";
import type { SearchRequest } from "./search-request.ts";

/** A folder for a new search. */
export function newSearchFolder({ request, command }: SearchRequest): string {
  const root = searchesFolder(request.folder);
  return resolve(
    root,
    freeRunId(root, request.nowMs, sha256(`${process.pid} ${performance.now()} ${command}`)),
  );
}

/** Everything that was tried counts when luck is reckoned, before its results are used, and also what is thrown away. */
export function onTriedOf(prepared: PreparedRun, runId: string): SearchHooks["onTried"] {
  const { request, setup } = prepared;
  const hashOf = trialHasher(prepared);
  const markets = triedMarkets(prepared);
  return (tasks) => {
    if (tasks.length === 0) return;
    const trials = tasks.map(({ params, settings }) =>
      hashOf(
        params,
        Object.keys(settings).length === 0 ? setup.config : runConfigOf(configAt(request.config, settings)),
      ),
    );
    recordTrials(ledgerPathOf(request.folder), {
      timeMs: request.nowMs,
      runId,
      strategy: setup.strategy.name,
      markets,
      trials: [...new Set(trials)],
    });
  };
}
